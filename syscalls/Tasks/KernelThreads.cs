using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The threads of the kernel, and which of them are to run. Linux: kernel/kthread.c.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class KernelThreads(Kernel kernel)
{
    private readonly List<KernelThread> _all = [];
    private readonly Queue<KernelThread> _awake = new();

    /// <summary>All of them, in the order of their making.</summary>
    public IReadOnlyList<KernelThread> All => _all;

    /// <summary>Adds a thread; it sleeps until it is woken.</summary>
    public void Add(KernelThread thread) => _all.Add(thread);

    /// <summary>Has a thread run soon.</summary>
    public void Wake(KernelThread thread)
    {
        if (thread.IsAwake)
            return;
        thread.IsAwake = true;
        _awake.Enqueue(thread);
        if (kernel.Scheduler.Current is { } task)
            task.Work |= TaskWork.Reschedule; // it has slept for long: on Linux it would preempt
    }

    /// <summary>Runs a step of each that is awake. The CPU is held, and no task is in the middle of anything.</summary>
    public void Run()
    {
        if (_awake.Count == 0)
            return;
        TaskMemory? running = TaskMemory.Running;
        TaskMemory.Running = null;
        for (int left = _awake.Count; left > 0; left--)
            _awake.Dequeue().Run(kernel);
        TaskMemory.Running = running;
    }
}
