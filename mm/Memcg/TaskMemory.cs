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

    /// <summary>Pages that it charged while a group of it was above memory.high. Linux: <c>memcg_nr_pages_over_high</c>.</summary>
    public long PagesOverHigh { get; internal set; }
}
