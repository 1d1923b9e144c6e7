using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A descriptor of a process or thread. Linux: fs/pidfs.c, pidfd_open(2).</summary>
internal sealed class PidFile : OpenFile
{
    /// <summary>PIDFD_THREAD: a thread, not a process.</summary>
    public const OpenFlags Thread = OpenFlags.Exclusive;

    /// <summary>A descriptor.</summary>
    public PidFile(Inode inode, OpenFlags flags, Pid pid)
        : base(inode, (flags & OpenFlags.NonBlock) | OpenFlags.ReadWrite)
    {
        Pid = pid;
        IsThread = (flags & Thread) != 0;
    }

    /// <summary>The process or thread. The number may have passed to another meanwhile; this does not.</summary>
    public Pid Pid { get; }

    /// <summary>Whether it stands for a thread.</summary>
    public bool IsThread { get; }

    /// <summary>The task, null once it was reaped.</summary>
    public Task? Target => Pid.Task;

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(Pid.ExitWaiters);
        if (Target is not { } target)
            return PollEvents.Readable | PollEvents.HangUp;
        bool hasEnded = target.ExitState != ExitState.None && (IsThread || target.Group.HasOneThread);
        return hasEnded ? PollEvents.Readable : PollEvents.None;
    }

    /// <inheritdoc/>
    public override void ShowInfo(ProcWriter writer)
    {
        string number = Target == null ? "-1" : Pid.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        writer.Append("Pid:\t"u8).Append(number).Append("\nNSpid:\t"u8).Append(number).Append("\n"u8);
    }
}
