using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file, whatever names lead to it. Linux: <c>struct inode</c> with its <c>inode_operations</c>.</summary>
/// <remarks>
/// Directories are in <see cref="DirectoryInode"/>, files with contents in <see cref="RegularInode"/>. Whoever keeps an inode holds a
/// reference; functions that give one out give a reference with it.
/// </remarks>
internal abstract class Inode
{
    private int _users = 1;

    /// <summary>An inode with one reference, the creator's.</summary>
    /// <param name="fileSystem">Where it lives.</param>
    /// <param name="type">Type bits of its mode, which never change.</param>
    protected Inode(FileSystem fileSystem, uint type)
    {
        FileSystem = fileSystem;
        Type = type & ModeBits.TypeMask;
    }

    /// <summary>Where it lives. Linux: <c>i_sb</c>.</summary>
    public FileSystem FileSystem { get; }

    /// <summary>Type bits of its mode.</summary>
    public uint Type { get; }

    /// <summary>Its number. Linux: <c>i_ino</c>.</summary>
    public abstract ulong Number { get; }

    /// <summary>What stat tells as its device.</summary>
    public virtual DeviceNumber Device => FileSystem.Device;

    /// <summary>Type and permissions as far as known. Linux: <c>i_mode</c>.</summary>
    public abstract uint Mode { get; }

    /// <summary>Owner. Linux: <c>i_uid</c>.</summary>
    public abstract uint Uid { get; }

    /// <summary>Group. Linux: <c>i_gid</c>.</summary>
    public abstract uint Gid { get; }

    /// <summary>For a device, its number. Linux: <c>i_rdev</c>.</summary>
    public virtual DeviceNumber SpecialDevice => default;

    /// <summary>Whether pages are swapped to it: nothing else may write to it, and no name of it goes. Linux: <c>IS_SWAPFILE</c>.</summary>
    public bool IsSwapFile { get; set; }

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Type == ModeBits.Directory;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => Type == ModeBits.Regular;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => Type == ModeBits.Link;

    /// <summary>Locks on it, made when the first is taken. Linux: <c>i_flctx</c>.</summary>
    public FileLocks? Locks { get; set; }

    /// <summary>The pipe behind a FIFO while it is open. Linux: <c>i_pipe</c>.</summary>
    public Pipe? Pipe { get; set; }

    /// <summary>The socket that is bound to a name, while it is open. Linux: found by <c>unix_find_socket_byinode</c>.</summary>
    public UnixSocket? UnixSocket { get; set; }

    /// <summary>Users of it.</summary>
    public int Users => _users;

    /// <summary>One more user. Linux: <c>ihold</c>.</summary>
    public Inode Get()
    {
        _users++;
        return this;
    }

    /// <summary>One user less; the last lets it go. Linux: <c>iput</c>.</summary>
    public void Put()
    {
        Bug.On(_users <= 0, "an inode was put once too often");
        if (--_users == 0)
            Evict();
    }

    /// <summary>Nobody uses it any more. Linux: <c>evict_inode</c>. A file system that keeps it may take a new reference later.</summary>
    protected virtual void Evict()
    {
    }

    /// <summary>What is known of it. Linux: <c>getattr</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract int GetAttributes(out FileStat stat);

    /// <summary>Changes what is known of it; whether the caller may was checked. Linux: <c>setattr</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public virtual int SetAttributes(in AttributeChange change) => -Errno.EPERM;

    /// <summary>Whether a caller may access it so. Linux: <c>permission</c>.</summary>
    /// <returns>0 or -EACCES.</returns>
    public virtual int CheckAccess(Credentials who, Access wanted) => Permissions.Generic(this, who, wanted);

    /// <summary>Where a symbolic link leads to. Linux: <c>get_link</c>.</summary>
    /// <param name="task">Who follows it.</param>
    /// <param name="target">The path to go on with; null where <paramref name="jump"/> counts.</param>
    /// <param name="jump">Where a magic link leads to at once.</param>
    /// <returns>0 or a negative errno.</returns>
    public virtual int GetLink(Task task, out byte[]? target, out VfsPath jump)
    {
        target = null;
        jump = default;
        return -Errno.EINVAL;
    }

    /// <summary>Whether the link leads somewhere at once, not by its text. Linux: <c>nd_jump_link</c>.</summary>
    public virtual bool IsMagicLink => false;

    /// <summary>What readlink tells. Linux: <c>readlink</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public virtual int ReadLink(Task task, out byte[] text)
    {
        int error = GetLink(task, out byte[]? target, out _);
        text = target ?? [];
        return error;
    }

    /// <summary>Opens it; access was checked. Linux: <c>f_op->open</c>.</summary>
    /// <param name="request">How, by whom and under what name.</param>
    /// <param name="file">The open file; its path is set by the caller.</param>
    /// <returns>0 or a negative errno.</returns>
    public abstract int Open(in OpenRequest request, out OpenFile? file);

    /// <summary>The value of an extended attribute. Linux: <c>xattr_handler->get</c>.</summary>
    /// <param name="name">With its prefix.</param>
    /// <param name="value">Where it goes; empty to ask for its size.</param>
    /// <returns>Its size, or a negative errno.</returns>
    public virtual int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => -Errno.EOPNOTSUPP;

    /// <summary>Sets an extended attribute. Linux: <c>xattr_handler->set</c>.</summary>
    public virtual int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => -Errno.EOPNOTSUPP;

    /// <summary>Removes an extended attribute.</summary>
    public virtual int RemoveXattr(ReadOnlySpan<byte> name) => -Errno.EOPNOTSUPP;

    /// <summary>The names of the extended attributes, each with its NUL. Linux: <c>listxattr</c>.</summary>
    /// <returns>Their size, or a negative errno.</returns>
    public virtual int ListXattr(Span<byte> list) => 0;
}

/// <summary>How a file is to be opened.</summary>
/// <param name="Task">By whom.</param>
/// <param name="Path">Under what name.</param>
/// <param name="Flags">How.</param>
/// <param name="Created">Whether it was made by this open.</param>
internal readonly record struct OpenRequest(Task Task, VfsPath Path, OpenFlags Flags, bool Created);
