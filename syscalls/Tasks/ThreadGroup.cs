using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What the threads of a process have together. Linux: <c>struct signal_struct</c>, and the process-wide part of its leader.</summary>
/// <remarks>Its numbers, kin and threads stand here; signals, times and limits in the other parts. Lock: the kernel lock.</remarks>
public sealed partial class ThreadGroup
{
    private readonly List<Task> _threads = [];
    private readonly List<ThreadGroup> _children = [];

    internal ThreadGroup(Kernel kernel, Pid pid, ResourceLimits limits, SignalActions actions)
    {
        Kernel = kernel;
        Pid = pid;
        Limits = limits;
        Actions = actions;
        RealTimer = new RealIntervalTimer(this);
        CpuTimers = new CpuTimers(this);
    }

    /// <summary>The machine.</summary>
    public Kernel Kernel { get; }

    /// <summary>The process's number.</summary>
    public Pid Pid { get; }

    /// <summary>The same as a number. Linux: <c>tgid</c>.</summary>
    public int ProcessId => Pid.Number;

    /// <summary>The process group. Linux: <c>pids[PIDTYPE_PGID]</c>.</summary>
    public Pid ProcessGroup { get; private set; } = null!;

    /// <summary>The session. Linux: <c>pids[PIDTYPE_SID]</c>.</summary>
    public Pid Session { get; private set; } = null!;

    /// <summary>Whether it made its session. Linux: <c>leader</c>.</summary>
    public bool IsSessionLeader { get; internal set; }

    /// <summary>The thread that goes by the process's number. Linux: <c>group_leader</c>.</summary>
    public Task Leader { get; internal set; } = null!;

    /// <summary>Threads that were not reaped, in the order of their making. Linux: <c>thread_head</c>.</summary>
    public IReadOnlyList<Task> Threads => _threads;

    /// <summary>Threads that have not begun to end. Linux: <c>live</c>.</summary>
    public int LiveThreads { get; internal set; }

    /// <summary>The parent, or null: the process was started from outside, or its parent is init.</summary>
    public ThreadGroup? Parent { get; internal set; }

    /// <summary>The parent's thread that made it. Linux: <c>real_parent</c>.</summary>
    public Task? ParentThread { get; internal set; }

    /// <summary>Whether init took it in when its parent ended.</summary>
    public bool IsOrphan { get; internal set; }

    /// <summary>Number of the parent; 0 for a process that was started from outside. Linux: <c>getppid</c>.</summary>
    public int ParentId => Parent?.ProcessId ?? (IsOrphan ? PidTable.Init : 0);

    /// <summary>Children, oldest first. Linux: <c>children</c>.</summary>
    public IReadOnlyList<ThreadGroup> Children => _children;

    /// <summary>Signal that tells the parent of its end; 0 for none. Linux: <c>exit_signal</c> of the leader.</summary>
    public int ExitSignal { get; internal set; }

    /// <summary>Whether orphans below it come to it. Linux: <c>is_child_subreaper</c>.</summary>
    public bool IsSubreaper { get; internal set; }

    /// <summary>Whether an ancestor takes in orphans. Linux: <c>has_child_subreaper</c>.</summary>
    public bool HasSubreaper { get; internal set; }

    /// <summary>Threads that wait for a child. Linux: <c>wait_chldexit</c>.</summary>
    internal WaitQueue ChildWaiters { get; } = new("a child");

    /// <summary>Its control group. Linux: <c>cgroups</c> (css_set).</summary>
    internal ControlGroup ControlGroup { get; set; } = null!;

    /// <summary>Has its memory charged to a group from now on; what was charged before stays where it is. Linux: <c>mem_cgroup_attach</c>.</summary>
    internal void ChargeMemoryTo(MemoryCgroup group)
    {
        if (_threads.FirstOrDefault(static thread => thread is { IsExiting: false, IsKernelThread: false }) is { } thread)
            thread.Mm.MemoryCgroup = group;
    }

    /// <summary>How readily the OOM killer takes it, -1000 to 1000. Linux: <c>oom_score_adj</c>.</summary>
    public int OomScoreAdjust { get; internal set; }

    /// <summary>The least value that it may get without privilege. Linux: <c>oom_score_adj_min</c>.</summary>
    public int OomScoreAdjustMin { get; internal set; }

    /// <summary>Whether it has run exec since it was made. Linux: the negation of <c>PF_FORKNOEXEC</c>.</summary>
    public bool HasExecuted { get; internal set; }

    /// <summary>Whether others of its user may look into it. Linux: <c>PR_SET_DUMPABLE</c>.</summary>
    public bool IsDumpable { get; internal set; } = true;

    /// <summary>Kinds of membarrier that it has registered for. Linux: <c>membarrier_state</c>.</summary>
    internal int Membarriers { get; set; }

    /// <summary>Limits.</summary>
    public ResourceLimits Limits { get; }

    /// <summary>How it ended, as wait reports it. Linux: <c>wait_task_zombie</c>.</summary>
    public int WaitStatus => IsExiting ? GroupExitCode : Leader.ExitCode;

    /// <summary>Puts a process into a process group. Linux: <c>change_pid(PIDTYPE_PGID)</c>.</summary>
    internal void JoinProcessGroup(Pid group)
    {
        Pid? old = ProcessGroup;
        group.AddToGroup(this);
        ProcessGroup = group;
        old?.RemoveFromGroup(this);
        if (old != null)
            Kernel.Pids.Release(old);
    }

    /// <summary>Puts a process into a session. Linux: <c>change_pid(PIDTYPE_SID)</c>.</summary>
    internal void JoinSession(Pid session)
    {
        Pid? old = Session;
        session.AddToSession(this);
        Session = session;
        old?.RemoveFromSession(this);
        if (old != null)
            Kernel.Pids.Release(old);
    }

    /// <summary>Takes it out of its group and session: it was reaped. Linux: <c>__unhash_process</c>.</summary>
    internal void LeaveGroups()
    {
        ProcessGroup.RemoveFromGroup(this);
        Session.RemoveFromSession(this);
        Pid.Process = null;
        Kernel.Pids.Release(ProcessGroup);
        Kernel.Pids.Release(Session);
        Kernel.Pids.Release(Pid);
        Kernel.Pids.Remove(this);
    }

    internal void AddThread(Task thread)
    {
        if (_threads.Count == 0)
            Leader = thread;
        _threads.Add(thread);
        LiveThreads++;
    }

    /// <summary>A thread was reaped.</summary>
    internal void RemoveThread(Task thread)
    {
        _threads.Remove(thread);
        if (CurrentTarget == thread)
            CurrentTarget = null;
    }

    internal void AddChild(ThreadGroup child, Task? parentThread)
    {
        child.Parent = this;
        child.ParentThread = parentThread;
        _children.Add(child);
    }

    internal void RemoveChild(ThreadGroup child)
    {
        _children.Remove(child);
        child.Parent = null;
        child.ParentThread = null;
    }

    /// <summary>The thread after another, round and round. Linux: <c>next_thread</c>.</summary>
    internal Task ThreadAfter(Task thread)
    {
        int index = _threads.IndexOf(thread);
        Bug.On(index < 0, "a thread is not in its group");
        return _threads[(index + 1) % _threads.Count];
    }

    /// <summary>Whether the leader alone is left, or nobody. Linux: <c>thread_group_empty</c>.</summary>
    internal bool HasOneThread => _threads.Count <= 1;
}
