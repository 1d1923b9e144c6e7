using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A directory. Linux: the <c>inode_operations</c> of directories.</summary>
/// <remarks>
/// The functions that change it are called after all checks that do not depend on the file system. They do not touch the dentry cache; the
/// caller does.
/// </remarks>
internal abstract class DirectoryInode : Inode
{
    /// <summary>A directory with one reference, the creator's.</summary>
    protected DirectoryInode(FileSystem fileSystem)
        : base(fileSystem, ModeBits.Directory)
    {
    }

    /// <summary>Whether it was removed: nothing can be made in it. Linux: <c>IS_DEADDIR</c>.</summary>
    public bool IsDead { get; set; }

    /// <summary>Finds a name. Linux: <c>lookup</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="name">Neither <c>.</c> nor <c>..</c>.</param>
    /// <param name="inode">What it names, with a reference; null for nothing.</param>
    /// <returns>0, also for nothing, or a negative errno.</returns>
    public abstract int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode);

    /// <summary>Whether a remembered name still means the same. Linux: <c>d_revalidate</c>.</summary>
    public virtual bool RevalidateChild(Task task, Dentry child) => true;

    /// <summary>Makes a file of any type. Linux: <c>create</c>, <c>mkdir</c>, <c>mknod</c>, <c>symlink</c>.</summary>
    /// <param name="name">Nothing has it.</param>
    /// <param name="made">What to make.</param>
    /// <param name="inode">The new inode, with a reference.</param>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Create(ReadOnlySpan<byte> name, in NewInode made, out Inode? inode)
    {
        inode = null;
        return -Errno.EPERM;
    }

    /// <summary>Makes a file that no name leads to. Linux: <c>tmpfile</c>.</summary>
    public virtual int CreateTemporary(in NewInode made, out Inode? inode)
    {
        inode = null;
        return -Errno.EOPNOTSUPP;
    }

    /// <summary>Gives a file one more name. Linux: <c>link</c>.</summary>
    public virtual int Link(Inode target, ReadOnlySpan<byte> name) => -Errno.EPERM;

    /// <summary>Removes a name of a file. Linux: <c>unlink</c>.</summary>
    public virtual int Unlink(ReadOnlySpan<byte> name, Inode victim) => -Errno.EPERM;

    /// <summary>Removes an empty directory. Linux: <c>rmdir</c>.</summary>
    /// <returns>0, -ENOTEMPTY or another negative errno.</returns>
    public virtual int RemoveDirectory(ReadOnlySpan<byte> name, DirectoryInode victim) => -Errno.EPERM;

    /// <summary>Moves a name. Linux: <c>rename</c>.</summary>
    /// <param name="name">In this directory.</param>
    /// <param name="inode">What it names.</param>
    /// <param name="target">Directory of the new name, of the same file system.</param>
    /// <param name="newName">The new name.</param>
    /// <param name="replaced">What it names now, or null.</param>
    /// <param name="flags">RENAME_EXCHANGE: both change places.</param>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Rename(ReadOnlySpan<byte> name, Inode inode, DirectoryInode target, ReadOnlySpan<byte> newName, Inode? replaced,
        RenameFlags flags) => -Errno.EPERM;

    /// <summary>Lists the names. Linux: <c>iterate_shared</c>.</summary>
    /// <param name="file">The open directory, whose position says where to go on.</param>
    /// <param name="to">Takes the entries, <c>.</c> and <c>..</c> among them, and says when it is full.</param>
    /// <returns>0 or a negative errno.</returns>
    public abstract int Iterate(DirectoryFile file, ref DirectoryEmitter to);

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = new DirectoryFile(this, request.Flags);
        return 0;
    }
}

/// <summary>Flags of renameat2. Linux: include/uapi/linux/fs.h (<c>RENAME_*</c>).</summary>
[Flags]
internal enum RenameFlags : uint
{
    None = 0,
    NoReplace = 1,
    Exchange = 2,
    Whiteout = 4,
}
