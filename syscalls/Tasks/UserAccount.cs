namespace Emu.Syscalls;

/// <summary>What the processes of one user have together. Linux: <c>struct ucounts</c>.</summary>
public sealed class UserAccount
{
    /// <summary>Threads. Linux: <c>UCOUNT_RLIMIT_NPROC</c>.</summary>
    public int Tasks { get; internal set; }

    /// <summary>Signals in queues. Linux: <c>UCOUNT_RLIMIT_SIGPENDING</c>.</summary>
    public int PendingSignals { get; internal set; }

    /// <summary>Pages of System V segments that it keeps in memory. Linux: <c>UCOUNT_RLIMIT_MEMLOCK</c>.</summary>
    public ulong LockedPages { get; internal set; }

    /// <summary>A queued signal is gone.</summary>
    internal void ReleaseSignal()
    {
        Mm.Bug.On(PendingSignals <= 0, "more queued signals were dropped than counted");
        PendingSignals--;
    }
}
