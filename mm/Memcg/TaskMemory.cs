namespace Emu.Mm;

/// <summary>What mm keeps of a task. Linux: the fields of <c>struct task_struct</c> that belong to mm.</summary>
/// <remarks>
/// The kernel around mm makes one for each task and sets <see cref="Running"/> whenever a host thread goes on with another. Lock: the
/// task's own.
/// </remarks>
public class TaskMemory
{
    [ThreadStatic] private static TaskMemory? _running;

    /// <summary>Of the task that the calling host thread runs; null for none. Linux: <c>current</c>.</summary>
    public static TaskMemory? Running
    {
        get => _running;
        set => _running = value;
    }

    /// <summary>Its address space; null for a thread of the kernel. Linux: <c>mm</c>.</summary>
    public MemoryDescriptor? Mm { get; set; }

    /// <summary>Whether a fatal signal is pending or it is on its way out. Linux: <c>task_is_dying</c>.</summary>
    public virtual bool IsDying => false;

    /// <summary>Whether it frees memory, and so may use all there is. Linux: PF_MEMALLOC.</summary>
    internal bool IsMemAlloc { get; set; }

    /// <summary>Whether it is the one to be killed if memory runs out: it does what takes much of it (swapoff). Linux: <c>oom_task_origin</c>.</summary>
    public bool IsOomOrigin { get; internal set; }

    /// <summary>Where its memory comes from, unless an area says otherwise; null for the local node. Linux: <c>mempolicy</c>.</summary>
    public MemPolicy? Policy { get; private set; }

    /// <summary>The node that the last page of an interleaving policy came from. Linux: <c>il_prev</c>.</summary>
    public int LastInterleaved { get; internal set; }

    /// <summary>Pages that the node of <see cref="LastInterleaved"/> is still to give. Linux: <c>il_weight</c>.</summary>
    public int WeightLeft { get; internal set; }

    /// <summary>Sets the policy. Linux: <c>do_set_mempolicy</c>.</summary>
    public void SetPolicy(MemPolicy? policy)
    {
        Policy = policy;
        if (policy is not { Mode: PolicyMode.Interleave or PolicyMode.WeightedInterleave })
            return;
        LastInterleaved = NodeMask.Capacity - 1;
        WeightLeft = 0;
    }

    /// <summary>A new task begins with the policy of the one that made it. Linux: <c>copy_process</c>.</summary>
    public void InheritPolicy(TaskMemory parent)
    {
        Policy = parent.Policy;
        LastInterleaved = parent.LastInterleaved;
        WeightLeft = parent.WeightLeft;
    }

    /// <summary>Pages that it charged while a group of it was above memory.high. Linux: <c>memcg_nr_pages_over_high</c>.</summary>
    public long PagesOverHigh { get; internal set; }
}
