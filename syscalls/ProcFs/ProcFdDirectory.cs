using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/fd and /proc/PID/fdinfo. Linux: fs/proc/fd.c.</summary>
internal sealed class ProcFdDirectory : PseudoDirectory
{
    private readonly bool _isInfo;

    /// <summary>The directory.</summary>
    public ProcFdDirectory(PseudoFileSystem fileSystem, in PseudoContext context, bool isInfo)
        : base(fileSystem, context, ModeBits.Directory | (isInfo ? 0x16Du : 0x140)) => _isInfo = isInfo;

    /// <inheritdoc/>
    protected override ulong Size => _isInfo ? 0 : (ulong)Numbers().Count();

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted)
    {
        int error = base.CheckAccess(who, wanted);
        return error != 0 && who.FileUid == Uid ? 0 : error;
    }

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        if (!TryParse(name, out int fd) || Find(fd) is not { } file)
            return NotFound;
        inode = _isInfo
            ? new PseudoFile(Pseudo, Context, PseudoEntry.File("info", (in PseudoContext context, ProcWriter writer) => ShowInfo(fd, writer), 0x124))
            : new ProcFdLink(Pseudo, Context, fd, file);
        return 0;
    }

    /// <inheritdoc/>
    public override bool RevalidateChild(Task task, Dentry child) =>
        TryParse(child.Name, out int fd) && Find(fd) is { } file && (_isInfo || child.Inode is ProcFdLink link && link.IsOf(file));

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        _ = ListNumbers(file, ref to, Numbers(), 2, _isInfo ? ModeBits.Regular : ModeBits.Link); // what was not taken is taken the next time
        return 0;
    }

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to) =>
        Context.Task.ExitState == ExitState.Dead ? -Errno.ENOENT : base.Iterate(file, ref to);

    private OpenFile? Find(int fd) => Context.Task.HasFiles ? Context.Task.Files.Peek(fd) : null;

    private IEnumerable<int> Numbers()
    {
        if (!Context.Task.HasFiles)
            yield break;
        FileTable files = Context.Task.Files;
        for (int fd = files.NextOpen(0); fd >= 0; fd = files.NextOpen(fd + 1))
            yield return fd;
    }

    // Linux: seq_show
    private void ShowInfo(int fd, ProcWriter writer)
    {
        if (Find(fd) is not { } file)
            return;
        uint flags = (uint)file.Flags | (Context.Task.Files.IsCloseOnExec(fd) ? (uint)OpenFlags.CloseOnExec : 0);
        writer.Append("pos:\t"u8).Decimal(file.Position).Append("\nflags:\t0"u8).Octal(flags);
        writer.Append("\nmnt_id:\t"u8).Decimal((long)file.Path.Mount.Id).Append("\nino:\t"u8).Decimal(file.Inode.Number).Append("\n"u8);
        file.ShowInfo(writer);
    }
}

/// <summary>/proc/PID/fd/N: leads to the open file, whatever its name has become. Linux: <c>proc_fd_link</c>.</summary>
internal sealed class ProcFdLink : Inode
{
    private readonly PseudoAttributes _attributes;
    private readonly OpenFile _file;
    private readonly int _fd;

    /// <summary>A link.</summary>
    public ProcFdLink(PseudoFileSystem fileSystem, in PseudoContext context, int fd, OpenFile file)
        : base(fileSystem, ModeBits.Link)
    {
        uint mode = ModeBits.Link | 0x40u | (file.CanRead || file.IsPath ? 0x100u : 0) | (file.CanWrite || file.IsPath ? 0x80u : 0);
        _attributes = new PseudoAttributes(fileSystem, context, mode);
        _fd = fd;
        _file = file;
    }

    /// <inheritdoc/>
    public override ulong Number => _attributes.Number;

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override bool IsMagicLink => true;

    /// <summary>Whether it leads to a file.</summary>
    public bool IsOf(OpenFile file) => ReferenceEquals(file, _file);

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = _attributes.ToStat(this, 1, 64);
        return 0;
    }

    /// <inheritdoc/>
    public override int GetLink(Task task, out byte[]? target, out VfsPath jump)
    {
        target = null;
        jump = default;
        Task owner = _attributes.Context.Task;
        if (!PtraceAccess.MayRead(task, owner))
            return -Errno.EACCES;
        if (!owner.HasFiles || !ReferenceEquals(owner.Files.Peek(_fd), _file))
            return -Errno.ENOENT; // the file may be gone: nothing of it is touched
        jump = _file.Path;
        return 0;
    }

    /// <inheritdoc/>
    public override int ReadLink(Task task, out byte[] text)
    {
        int error = GetLink(task, out _, out VfsPath jump);
        text = error != 0 ? [] : Vfs.NameOf(jump, task.Fs.Root, out _);
        return error;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Errno.ELOOP;
    }
}

/// <summary>/proc/PID/task. Linux: <c>proc_task_inode_operations</c>.</summary>
internal sealed class ProcThreadsDirectory : PseudoDirectory
{
    /// <summary>The directory.</summary>
    public ProcThreadsDirectory(PseudoFileSystem fileSystem, in PseudoContext context)
        : base(fileSystem, context, ModeBits.Directory | 0x16D)
    {
    }

    /// <inheritdoc/>
    protected override uint LinkCount => 2 + (uint)Context.Task.Group.Threads.Count;

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        if (TryParse(name, out int number) && Find(number) is { } thread)
            inode = new ProcTaskDirectory(Pseudo, thread, isProcess: false);
        return inode == null ? NotFound : 0;
    }

    /// <inheritdoc/>
    public override bool RevalidateChild(Task task, Dentry child) => child.Inode is ProcTaskDirectory { IsAlive: true };

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to) =>
        Context.Task.ExitState == ExitState.Dead ? -Errno.ENOENT : base.Iterate(file, ref to);

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        IEnumerable<int> numbers = Context.Task.Group.Threads.Select(static thread => thread.ThreadId).Order();
        _ = ListNumbers(file, ref to, numbers, 2, ModeBits.Directory); // what was not taken is taken the next time
        return 0;
    }

    private Task? Find(int number) => Context.Task.Group.Threads.FirstOrDefault(thread => thread.ThreadId == number);
}
