using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Merges pages of the same contents in the background. Linux: <c>ksmd</c> (mm/ksm.c: <c>ksm_scan_thread</c>).</summary>
internal sealed class Ksmd : KernelThread, IBackgroundThread
{
    private const ulong Millisecond = 1_000_000;

    private readonly Ksm _ksm;

    /// <summary>Makes the thread of a machine.</summary>
    public Ksmd(Kernel kernel)
        : base(kernel.Threads)
    {
        _ksm = kernel.Memory.Ksm;
        kernel.Threads.Add(this);
    }

    /// <inheritdoc/>
    public override string Name => "ksmd";

    /// <inheritdoc/>
    protected override ulong Step(ulong now)
    {
        if (!_ksm.ShouldRun)
            return Scheduler.Never;
        _ksm.Scan();
        return now + (_ksm.Settings.SleepMilliseconds * Millisecond);
    }
}
