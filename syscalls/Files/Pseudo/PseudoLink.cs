using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A link of /proc or /sys. Linux: <c>proc_pid_link_inode_operations</c>, <c>proc_self_inode_operations</c>.</summary>
internal sealed class PseudoLink : Inode
{
    private readonly PseudoAttributes _attributes;
    private readonly PseudoEntry _entry;

    /// <summary>A link.</summary>
    public PseudoLink(PseudoFileSystem fileSystem, in PseudoContext context, PseudoEntry entry)
        : base(fileSystem, ModeBits.Link)
    {
        _attributes = new PseudoAttributes(fileSystem, context, entry.Mode);
        _entry = entry;
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
    public override bool IsMagicLink => _entry.Jump != null;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = _attributes.ToStat(this, 1, 0);
        return 0;
    }

    /// <inheritdoc/>
    public override int GetLink(Task task, out byte[]? target, out VfsPath jump)
    {
        jump = default;
        target = null;
        PseudoContext context = _attributes.Context with { Reader = task };
        if (_entry.Target is { } text)
        {
            target = text(context);
            return target.Length != 0 ? 0 : -Errno.ENOENT;
        }
        if (_entry.NeedsTrace && !PtraceAccess.MayRead(task, context.Task))
            return -Errno.EACCES;
        return _entry.Jump!(context, out jump);
    }

    /// <inheritdoc/>
    public override int ReadLink(Task task, out byte[] text)
    {
        int error = GetLink(task, out byte[]? target, out VfsPath jump);
        text = error != 0 ? [] : target ?? Vfs.NameOf(jump, task.Fs.Root, out _);
        return error;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Errno.ELOOP;
    }
}

/// <summary>Who may look into another task. Linux: kernel/ptrace.c (<c>ptrace_may_access</c>).</summary>
internal static class PtraceAccess
{
    /// <summary>Whether a task may read another's secrets. Linux: <c>PTRACE_MODE_READ_FSCREDS</c>.</summary>
    public static bool MayRead(Task reader, Task other)
    {
        if (reader.Group == other.Group)
            return true;
        Credentials own = reader.Credentials, theirs = other.Credentials;
        bool sameUser = own.FileUid == theirs.EffectiveUid && own.FileUid == theirs.SavedUid && own.FileUid == theirs.Uid;
        bool sameGroup = own.FileGid == theirs.EffectiveGid && own.FileGid == theirs.SavedGid && own.FileGid == theirs.Gid;
        return (sameUser && sameGroup) || own.Can(Capability.SysPtrace);
    }
}
