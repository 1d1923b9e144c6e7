using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An open file, shared by the descriptors that were duplicated from one. Linux: <c>struct file</c> with its <c>file_operations</c>.</summary>
internal abstract class OpenFile : VmFile
{
    private int _users = 1;

    /// <summary>A file that was opened; its path is set by whoever opened it.</summary>
    /// <param name="inode">The file; a reference is taken.</param>
    /// <param name="flags">How it was opened.</param>
    protected OpenFile(Inode inode, OpenFlags flags)
    {
        Inode = inode.Get();
        inode.FileSystem.Vfs.OpenFileCount++;
        Flags = flags & (OpenFlags.AccessMode | OpenFlags.Status);
        OpenFlags mode = flags & OpenFlags.AccessMode;
        bool isPath = (flags & OpenFlags.Path) != 0;
        CanRead = !isPath && mode is OpenFlags.ReadOnly or OpenFlags.ReadWrite;
        CanWrite = !isPath && mode is OpenFlags.WriteOnly or OpenFlags.ReadWrite;
    }

    /// <summary>The file. Linux: <c>f_inode</c>.</summary>
    public Inode Inode { get; }

    /// <summary>Under what name it was opened. Linux: <c>f_path</c>. The file holds a reference.</summary>
    public VfsPath Path { get; private set; }

    /// <summary>Access mode and status flags. Linux: <c>f_flags</c>.</summary>
    public OpenFlags Flags { get; set; }

    /// <summary>Where the next read or write is. Linux: <c>f_pos</c>.</summary>
    public ulong Position { get; set; }

    /// <summary>Who opened it. Linux: <c>f_cred</c>.</summary>
    public Credentials Opener { get; private set; } = Credentials.Root;

    /// <summary>Who gets SIGIO. Linux: <c>f_owner</c>.</summary>
    public int Owner { get; set; }

    /// <summary>Whether <see cref="Owner"/> is a thread. Linux: <c>F_OWNER_TID</c>.</summary>
    public bool IsOwnerThread { get; set; }

    /// <summary>The signal in place of SIGIO. Linux: <c>f_owner.signum</c>.</summary>
    public int OwnerSignal { get; set; }

    /// <summary>Epoll instances that watch it. Linux: <c>f_ep</c>.</summary>
    public EpollItem? EpollItems { get; set; }

    /// <summary>Whether it has a position. Linux: not <c>FMODE_STREAM</c>; <c>FMODE_LSEEK</c>.</summary>
    public virtual bool CanSeek => false;

    /// <summary>Whether <see cref="Position"/> says where the next read or write is; for a descriptor of the host, the host knows that.</summary>
    public virtual bool HasPosition => CanSeek;

    /// <summary>Whether nothing can be done but to name it. Linux: <c>FMODE_PATH</c>.</summary>
    public bool IsPath => (Flags & OpenFlags.Path) != 0;

    /// <inheritdoc/>
    public override bool CanRead { get; }

    /// <inheritdoc/>
    public override bool CanWrite { get; }

    /// <inheritdoc/>
    public override bool CanMap => false;

    /// <inheritdoc/>
    public override PageCache? Mapping => null;

    /// <inheritdoc/>
    public override bool NoExec => Path.Mount.IsNoExec;

    /// <inheritdoc/>
    public override byte[] MapsPath => Vfs.NameOf(Path);

    /// <inheritdoc/>
    public override (uint Major, uint Minor) Device => (Inode.Device.Major, Inode.Device.Minor);

    /// <inheritdoc/>
    public override ulong InodeNumber => Inode.Number;

    /// <summary>Notes by whom and under what name it was opened; once.</summary>
    public void SetPath(VfsPath path, Credentials opener)
    {
        Path = path.Get();
        Opener = opener;
    }

    /// <summary>Reads. Linux: <c>read_iter</c>.</summary>
    /// <returns>Bytes, 0 at the end, or a negative errno.</returns>
    public virtual long Read(ref Kiocb iocb, ref IovIter to) => -Errno.EINVAL;

    /// <summary>Writes. Linux: <c>write_iter</c>.</summary>
    /// <returns>Bytes or a negative errno.</returns>
    public virtual long Write(ref Kiocb iocb, ref IovIter from) => -Errno.EINVAL;

    /// <summary>Moves the position. Linux: <c>llseek</c>.</summary>
    /// <returns>The position or a negative errno.</returns>
    public virtual long Seek(Task task, long offset, int whence) => -Errno.ESPIPE;

    /// <summary>What it is ready for; whoever waits is noted in the table. Linux: <c>poll</c>.</summary>
    public virtual PollEvents Poll(Task task, PollTable? table) => PollEvents.DefaultMask;

    /// <summary>Whether it can be waited for at all. Linux: <c>file_can_poll</c>.</summary>
    public virtual bool CanPoll => false;

    /// <summary>Does what only this kind of file knows. Linux: <c>unlocked_ioctl</c>.</summary>
    /// <returns>A result or a negative errno.</returns>
    public virtual long Ioctl(Task task, uint command, ulong argument) => -Errno.ENOTTY;

    /// <summary>Brings data to where it lasts. Linux: <c>fsync</c>.</summary>
    public virtual int Sync(ulong start, ulong end, bool dataOnly) => -Errno.EINVAL;

    /// <summary>Changes the size of a regular file that was opened to be written. Linux: <c>do_ftruncate</c>.</summary>
    public virtual int Truncate(Task task, ulong size) => -Errno.EINVAL;

    /// <summary>Makes room or holes. Linux: <c>fallocate</c>.</summary>
    public virtual int Allocate(int mode, ulong offset, ulong length) => Inode.IsDirectory ? -Errno.EISDIR : -Errno.ENODEV;

    /// <summary>Whether flags may be changed so. Linux: <c>check_flags</c>.</summary>
    public virtual int CheckFlags(OpenFlags flags) => 0;

    /// <summary>A descriptor of it is closed. Linux: <c>flush</c>.</summary>
    public virtual int Flush(Task task) => 0;

    /// <summary>The last user is gone. Linux: <c>release</c>.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>Writes what /proc/PID/fdinfo shows beside the common lines. Linux: <c>show_fdinfo</c>.</summary>
    public virtual void ShowInfo(ProcWriter writer)
    {
    }

    /// <inheritdoc/>
    public override int Mmap(VmArea area) => -Errno.ENODEV;

    /// <inheritdoc/>
    public sealed override void Get() => _users++;

    /// <inheritdoc/>
    public sealed override void Put()
    {
        Bug.On(_users <= 0, "a file was put once too often");
        if (--_users != 0)
            return;
        if (EpollItems != null)
            EpollItem.RemoveAll(this);
        Inode.FileSystem.Vfs.OpenFileCount--;
        Inode.Locks?.ReleaseFile(this);
        Release();
        Inode.Put();
        if (!Path.IsNone)
            Path.Put();
    }

    /// <summary>Linux: <c>file_count</c>.</summary>
    public int Users => _users;

    /// <summary>The name, for messages.</summary>
    public override string ToString() => Path.IsNone ? GetType().Name : Encoding.UTF8.GetString(MapsPath);
}
