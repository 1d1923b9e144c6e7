namespace Emu.Syscalls;

/// <summary>/proc. Linux: fs/proc/root.c.</summary>
internal sealed class ProcFileSystem : PseudoFileSystem
{
    /// <summary>The file system; there is one for the machine.</summary>
    public ProcFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "proc";

    /// <inheritdoc/>
    protected override long Magic => 0x9FA0;

    /// <inheritdoc/>
    protected override Inode MakeRoot() => new ProcRootDirectory(this);
}

/// <summary>The root of /proc: a table, and a directory for each process.</summary>
internal sealed class ProcRootDirectory : TableDirectory
{
    private const ulong FirstProcess = 256; // Linux: FIRST_PROCESS_ENTRY

    /// <summary>The directory.</summary>
    public ProcRootDirectory(ProcFileSystem fileSystem)
        : base(fileSystem, new PseudoContext(fileSystem.Vfs.Kernel, null, null), 0x16D, ProcRootTable.Entries)
    {
    }

    /// <inheritdoc/>
    protected override uint LinkCount => base.LinkCount + (uint)Context.Kernel.Pids.Processes.Count();

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        if (!TryParse(name, out int number))
            return base.Lookup(task, name, out inode);
        // A thread is found by its number too, though it is not listed.
        Task? found = Context.Kernel.Pids.FindTask(number);
        inode = found == null ? null : new ProcTaskDirectory(Pseudo, found, isProcess: true);
        return inode == null ? NotFound : 0;
    }

    /// <inheritdoc/>
    public override bool RevalidateChild(Task task, Dentry child) =>
        child.Inode is ProcTaskDirectory directory ? directory.IsAlive : child.Inode != null;

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (!ListTable(file, ref to))
            return 0;
        IEnumerable<int> numbers = Context.Kernel.Pids.Processes.Select(static process => process.ProcessId).Order();
        _ = ListNumbers(file, ref to, numbers, FirstProcess, ModeBits.Directory); // what was not taken is taken the next time
        return 0;
    }
}

/// <summary>/proc/PID, and /proc/PID/task/TID. Linux: fs/proc/base.c.</summary>
internal sealed class ProcTaskDirectory : TableDirectory
{
    /// <summary>The directory of a task.</summary>
    public ProcTaskDirectory(PseudoFileSystem fileSystem, Task task, bool isProcess)
        : base(fileSystem, new PseudoContext(fileSystem.Vfs.Kernel, null, task), 0x16D, isProcess ? ProcTaskTable.ProcessEntries : ProcTaskTable.ThreadEntries)
    {
    }

    /// <summary>Whether the task is there still. Linux: <c>pid_revalidate</c>.</summary>
    public bool IsAlive => Context.Task.ExitState != ExitState.Dead && Context.Kernel.Pids.FindTask(Context.Task.ThreadId) == Context.Task;

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        // Linux: what was opened of a process that is gone speaks of nobody.
        return IsAlive ? base.Lookup(task, name, out inode) : -Mm.Errno.ESRCH;
    }

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to) => IsAlive ? base.Iterate(file, ref to) : -Mm.Errno.ENOENT;
}
