using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Writes dirty pages back every dirty_writeback_centisecs, and when there are too many. Linux: <c>wb_workfn</c>.</summary>
internal sealed class FlusherThread : KernelThread
{
    private const ulong NanosecondsPerCentisecond = 10_000_000, StandardPause = 500;

    private readonly MemoryManager _memory;

    /// <summary>Makes the thread of a machine.</summary>
    public FlusherThread(Kernel kernel)
        : base(kernel.Threads)
    {
        _memory = kernel.Memory;
        _memory.Flusher.Wake = Wake;
        kernel.Threads.Add(this);
        Wake();
    }

    /// <inheritdoc/>
    public override string Name => "flush-hostfs";

    /// <inheritdoc/>
    protected override ulong Step(ulong now)
    {
        _memory.Flusher.Run(now);
        ulong pause = (ulong)_memory.Sysctl.DirtyWritebackCentisecs;
        return now + ((pause == 0 ? StandardPause : pause) * NanosecondsPerCentisecond);
    }
}
