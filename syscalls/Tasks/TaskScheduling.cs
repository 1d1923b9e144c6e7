namespace Emu.Syscalls;

/// <summary>Scheduling policies. Linux: include/uapi/linux/sched.h, sched(7).</summary>
internal enum SchedulingPolicy
{
    Other = 0,
    Fifo = 1,
    RoundRobin = 2,
    Batch = 3,
    Idle = 5,
    Deadline = 6,
}

/// <summary>How a task is scheduled. Linux: the scheduling fields of <c>struct task_struct</c>.</summary>
internal struct TaskScheduling
{
    private const int NormalLevel = 100, IdleLevel = 101;

    // A nice value is worth a tenth of the CPU. Linux: sched_prio_to_weight
    private static readonly int[] Weights =
    [
        88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
        1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
    ];

    /// <summary>The policy.</summary>
    public SchedulingPolicy Policy;

    /// <summary>Real-time priority, 1 to 99; 0 for none.</summary>
    public int RtPriority;

    /// <summary>-20 to 19.</summary>
    public int Nice;

    /// <summary>Whether children begin as ordinary tasks. Linux: <c>sched_reset_on_fork</c>.</summary>
    public bool ResetOnFork;

    /// <summary>Whether the policy is a real-time one.</summary>
    public readonly bool IsRealTime => Policy is SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin;

    /// <summary>Level of the run queue; the lowest runs first.</summary>
    public readonly int Level => IsRealTime ? 99 - RtPriority : Policy == SchedulingPolicy.Idle ? IdleLevel : NormalLevel;

    /// <summary>Instructions of a slice, given those of a task with a nice value of 0.</summary>
    public readonly long SliceOf(long standard) => Policy switch
    {
        SchedulingPolicy.Fifo => long.MaxValue / 4,
        SchedulingPolicy.RoundRobin => standard,
        SchedulingPolicy.Idle => Math.Max(standard / 4, 1000),
        _ => Math.Max(standard * Weights[Nice + 20] / Weights[20], 1000),
    };

    /// <summary>What a child begins with. Linux: <c>sched_fork</c>.</summary>
    public readonly TaskScheduling ForChild()
    {
        if (!ResetOnFork)
            return this;
        return IsRealTime ? default : this with { ResetOnFork = false, Nice = Math.Max(Nice, 0) };
    }
}
