namespace Emu.Syscalls;

/// <summary>What a task or process has used. Linux: the sums in <c>struct signal_struct</c>, <c>struct rusage</c>.</summary>
public struct ResourceUsage
{
    /// <summary>Nanoseconds in user mode and in the kernel.</summary>
    public ulong UserTime, SystemTime;

    /// <summary>Faults without and with I/O.</summary>
    public long MinorFaults, MajorFaults;

    /// <summary>Switches to other tasks, by its own wish and not.</summary>
    public long VoluntarySwitches, InvoluntarySwitches;

    /// <summary>Blocks of 512 bytes read and written.</summary>
    public long BlocksIn, BlocksOut;

    /// <summary>Most pages that were in memory at a time.</summary>
    public long MaxRss;

    /// <summary>Nanoseconds altogether.</summary>
    public readonly ulong Time => UserTime + SystemTime;

    /// <summary>Adds another's; of the pages the greater counts.</summary>
    public void Add(in ResourceUsage other)
    {
        UserTime += other.UserTime;
        SystemTime += other.SystemTime;
        MinorFaults += other.MinorFaults;
        MajorFaults += other.MajorFaults;
        VoluntarySwitches += other.VoluntarySwitches;
        InvoluntarySwitches += other.InvoluntarySwitches;
        BlocksIn += other.BlocksIn;
        BlocksOut += other.BlocksOut;
        MaxRss = Math.Max(MaxRss, other.MaxRss);
    }
}

/// <content>Times and counts of the process and of its children.</content>
public sealed partial class ThreadGroup
{
    private ResourceUsage _endedThreads, _reapedChildren;

    /// <summary>What its children used that it has waited for. Linux: <c>cutime</c> and its kin.</summary>
    public ref readonly ResourceUsage ReapedChildren => ref _reapedChildren;

    /// <summary>When the process began, by the monotonic clock.</summary>
    public ulong StartTime { get; internal set; }

    /// <summary>What its threads used, ended ones included. Linux: <c>thread_group_cputime</c>, <c>getrusage(RUSAGE_SELF)</c>.</summary>
    public ResourceUsage Usage()
    {
        ResourceUsage sum = _endedThreads;
        foreach (Task thread in _threads)
            sum.Add(thread.Usage());
        return sum;
    }

    /// <summary>CPU time of all threads in nanoseconds.</summary>
    public ulong CpuTime()
    {
        ulong sum = _endedThreads.Time;
        foreach (Task thread in _threads)
            sum += thread.CpuTime;
        return sum;
    }

    /// <summary>A thread is gone: what it used stays with the process. Linux: <c>__exit_signal</c>.</summary>
    internal void AddEndedThread(Task thread) => _endedThreads.Add(thread.Usage());

    /// <summary>A thread's address space goes away: its high-water mark stays. Linux: <c>setmax_mm_hiwater_rss</c>.</summary>
    internal void NoteMaxRss(long pages) => _endedThreads.MaxRss = Math.Max(_endedThreads.MaxRss, pages);

    /// <summary>A child was reaped. Linux: <c>wait_task_zombie</c>.</summary>
    internal void AddReapedChild(ThreadGroup child)
    {
        _reapedChildren.Add(child.Usage());
        _reapedChildren.Add(child._reapedChildren);
    }
}
