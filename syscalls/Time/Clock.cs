using Emu.Cpu;
using Emu.Host;

namespace Emu.Syscalls;

/// <summary>The machine's clock. Linux: kernel/time/timekeeping.c.</summary>
/// <remarks>
/// Virtual: an instruction takes a nanosecond, and time jumps where nothing can run. Host: the host's monotonic clock. Realtime is monotonic
/// time plus an offset that is fixed at the start.
/// </remarks>
public sealed class Clock : ITimeSource
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly bool _virtual;
    private readonly long _hostStart;
    private ulong _skipped;

    /// <summary>A clock that starts now.</summary>
    public Clock(KernelOptions options)
    {
        _virtual = options.Clock == ClockKind.Virtual;
        _hostStart = HostClock.Monotonic();
        RealtimeOffset = options.Epoch ?? HostClock.Realtime();
    }

    /// <summary>Realtime less monotonic time, in nanoseconds.</summary>
    public long RealtimeOffset { get; set; }

    /// <summary>Instructions retired by all CPUs, kept up to date by the run loop.</summary>
    public ulong Retired { get; set; }

    /// <summary>Monotonic time in nanoseconds. It starts at one second, as no machine is up in no time.</summary>
    public ulong Monotonic => Nanoseconds(Retired);

    /// <summary>Realtime in nanoseconds since 1970.</summary>
    public long Realtime => (long)Monotonic + RealtimeOffset;

    /// <summary>Moves virtual time on, as nothing can run until then.</summary>
    public void SkipTo(ulong nanoseconds)
    {
        if (_virtual && nanoseconds > Monotonic)
            _skipped += nanoseconds - Monotonic;
    }

    /// <inheritdoc/>
    public ulong Nanoseconds(ulong retired) =>
        NanosecondsPerSecond + (_virtual ? retired + _skipped : (ulong)(HostClock.Monotonic() - _hostStart));

    /// <inheritdoc/>
    public ulong TimeStamp(ulong retired) => Nanoseconds(retired);
}
