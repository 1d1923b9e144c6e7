namespace Emu.Syscalls;

/// <summary>A number that a thread, a process, a process group or a session goes by, or several of them. Linux: <c>struct pid</c>.</summary>
/// <remarks>It can be used again when none goes by it any more.</remarks>
public sealed class Pid(int number)
{
    private readonly List<ThreadGroup> _processGroup = [], _session = [];
    private WaitQueue? _exitWaiters;

    /// <summary>The number.</summary>
    public int Number => number;

    /// <summary>The thread. Linux: <c>PIDTYPE_PID</c>.</summary>
    public Task? Task { get; internal set; }

    /// <summary>The process. Linux: <c>PIDTYPE_TGID</c>.</summary>
    public ThreadGroup? Process { get; internal set; }

    /// <summary>The members of the process group, in the order in which they joined. Linux: <c>PIDTYPE_PGID</c>.</summary>
    public IReadOnlyList<ThreadGroup> ProcessGroup => _processGroup;

    /// <summary>The members of the session. Linux: <c>PIDTYPE_SID</c>.</summary>
    public IReadOnlyList<ThreadGroup> Session => _session;

    /// <summary>Who waits for the process to end: pidfds. Linux: <c>wait_pidfd</c>.</summary>
    internal WaitQueue ExitWaiters => _exitWaiters ??= new WaitQueue("pidfd");

    /// <summary>Whether nobody goes by it.</summary>
    internal bool IsUnused => Task == null && Process == null && _processGroup.Count == 0 && _session.Count == 0;

    /// <summary>Tells pidfds. Linux: <c>do_notify_pidfd</c>.</summary>
    internal void NotifyExit() => _exitWaiters?.Wake();

    internal void AddToGroup(ThreadGroup member) => _processGroup.Add(member);

    internal void RemoveFromGroup(ThreadGroup member) => _processGroup.Remove(member);

    internal void AddToSession(ThreadGroup member) => _session.Add(member);

    internal void RemoveFromSession(ThreadGroup member) => _session.Remove(member);
}
