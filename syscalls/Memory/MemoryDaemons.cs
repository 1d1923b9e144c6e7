using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Puts small pages into huge ones. Linux: <c>khugepaged</c> (mm/khugepaged.c).</summary>
internal sealed class KhugepagedDaemon(MemoryManager manager) : KernelDaemon
{
    /// <inheritdoc/>
    public override bool HasWork => manager.Khugepaged.HasWork;

    /// <inheritdoc/>
    public override ulong Work()
    {
        KhugepagedPass pass = manager.Khugepaged.Scan();
        uint milliseconds = pass.AllocationFailed ? manager.Thp.AllocSleepMilliseconds : manager.Thp.ScanSleepMilliseconds;
        return milliseconds * MemoryDaemons.Millisecond;
    }
}

/// <summary>Merges pages of the same contents. Linux: <c>ksmd</c> (mm/ksm.c: <c>ksm_scan_thread</c>).</summary>
internal sealed class KsmDaemon(MemoryManager manager) : KernelDaemon
{
    /// <inheritdoc/>
    public override bool HasWork => manager.Ksm.ShouldRun;

    /// <inheritdoc/>
    public override ulong Work()
    {
        manager.Ksm.Scan();
        return manager.Ksm.Settings.SleepMilliseconds * MemoryDaemons.Millisecond;
    }
}

/// <summary>The threads of the kernel that belong to mm.</summary>
internal static class MemoryDaemons
{
    /// <summary>Nanoseconds.</summary>
    public const ulong Millisecond = 1_000_000;
}
