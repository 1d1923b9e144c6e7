using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Puts small pages into huge ones in the background. Linux: <c>khugepaged</c> (mm/khugepaged.c).</summary>
internal sealed class KhugepagedThread : KernelThread, IBackgroundThread
{
    private const ulong Millisecond = 1_000_000;

    private readonly MemoryManager _manager;

    /// <summary>Makes the thread of a machine.</summary>
    public KhugepagedThread(Kernel kernel)
        : base(kernel.Threads)
    {
        _manager = kernel.Memory;
        kernel.Threads.Add(this);
    }

    /// <inheritdoc/>
    public override string Name => "khugepaged";

    /// <inheritdoc/>
    protected override ulong Step(ulong now)
    {
        if (!_manager.Khugepaged.HasWork)
            return Scheduler.Never;
        KhugepagedPass pass = _manager.Khugepaged.Scan();
        uint sleep = pass.AllocationFailed ? _manager.Thp.AllocSleepMilliseconds : _manager.Thp.ScanSleepMilliseconds;
        return now + (sleep * Millisecond);
    }
}
