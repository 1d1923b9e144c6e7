namespace Emu.Mm;

/// <summary>A process as the OOM killer sees it.</summary>
public sealed class OomProcess
{
    /// <summary>Number of the process. Linux: <c>tgid</c>.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Owner. Linux: <c>task_uid</c>.</summary>
    public required uint Uid { get; init; }

    /// <summary>Name. Linux: <c>comm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its address space.</summary>
    public required MemoryDescriptor Mm { get; init; }

    /// <summary>-1000 to 1000. Linux: <c>oom_score_adj</c>.</summary>
    public required int ScoreAdjust { get; init; }

    /// <summary>Whether it must not be killed: the first process. Linux: <c>is_global_init</c>.</summary>
    public bool IsUnkillable { get; init; }

    /// <summary>Whether it is on its way out already. Linux: <c>SIGNAL_GROUP_EXIT</c>, PF_EXITING.</summary>
    public bool IsExiting { get; init; }

    /// <summary>Whether it has brought the shortage about knowingly: <see cref="TaskMemory.IsOomOrigin"/>.</summary>
    public bool IsOrigin { get; init; }

    /// <summary>Whether its address space is its parent's still. Linux: <c>in_vfork</c>.</summary>
    public bool IsInVfork { get; init; }
}

/// <summary>What the OOM killer needs of whoever runs processes. Owned by mm.</summary>
public interface IOomPort
{
    /// <summary>The processes that have an address space, the oldest first. Linux: <c>for_each_process</c>.</summary>
    IEnumerable<OomProcess> Processes();

    /// <summary>The process of the running task, or null if a thread of the kernel runs.</summary>
    OomProcess? Current { get; }

    /// <summary>Sends SIGKILL to every thread of a process; it dies as soon as it runs. Linux: <c>do_send_sig_info(SIGKILL, SEND_SIG_PRIV)</c>.</summary>
    void Kill(OomProcess process);

    /// <summary>Nothing can be killed: the machine stops. Linux: <c>panic</c>.</summary>
    void Panic(string message);
}

/// <summary>For whom memory ran out. Linux: <c>struct oom_control</c>.</summary>
/// <param name="Gfp">Of the allocation.</param>
/// <param name="Order">Of the allocation.</param>
public readonly record struct OomControl(GfpFlags Gfp, int Order)
{
    /// <summary>The group that met its limit; null for the machine.</summary>
    public MemoryCgroup? Group { get; init; }

    /// <summary>The nodes that a policy binds the allocation to; empty for all.</summary>
    public NodeMask Nodes { get; init; }
}
