using Emu.Cpu;
using Emu.Host;

namespace Emu.Syscalls;

/// <summary>The machine's clock. Linux: kernel/time/timekeeping.c.</summary>
/// <remarks>
/// Virtual: an instruction takes a nanosecond, and time jumps where nothing can run. Host: the host's monotonic clock. Realtime is monotonic
/// time plus an offset that is fixed at the start and changed by settimeofday.
/// </remarks>
public sealed class Clock : ITimeSource
{
    /// <summary>Nanoseconds of a second.</summary>
    public const ulong Second = 1_000_000_000;

    /// <summary>Nanoseconds of a tick: what coarse clocks go by. Linux: <c>TICK_NSEC</c> with CONFIG_HZ=250.</summary>
    public const ulong Tick = 4_000_000;

    // By the host's clock timers are looked at in time if a slice ends soon enough: no host is slower than this, and none faster by far.
    private const ulong NanosecondsPerInstruction = 4, LeastInstructions = 1000;

    private readonly long _hostStart;
    private ulong _skipped;

    /// <summary>A clock that starts now.</summary>
    public Clock(KernelOptions options)
    {
        IsVirtual = options.Clock == ClockKind.Virtual;
        _hostStart = HostClock.Monotonic();
        RealtimeOffset = options.Epoch ?? HostClock.Realtime();
    }

    /// <summary>Whether time is the number of instructions.</summary>
    public bool IsVirtual { get; }

    /// <summary>Realtime less monotonic time, in nanoseconds.</summary>
    public long RealtimeOffset { get; set; }

    /// <summary>Instructions retired by all CPUs, kept up to date by the run loop.</summary>
    public ulong Retired { get; set; }

    /// <summary>Monotonic time in nanoseconds. It starts at one second, as no machine is up in no time.</summary>
    public ulong Monotonic => Nanoseconds(Retired);

    /// <summary>Realtime in nanoseconds since 1970.</summary>
    public long Realtime => (long)Monotonic + RealtimeOffset;

    /// <summary>A time by the monotonic clock.</summary>
    /// <param name="time">Nanoseconds, not more than 63 bits.</param>
    /// <param name="isRealtime">Whether it is realtime; else it is monotonic time already.</param>
    public ulong ToMonotonic(ulong time, bool isRealtime) =>
        isRealtime ? (ulong)Math.Max((long)time - RealtimeOffset, 0) : time;

    /// <summary>Moves virtual time on, as nothing can run until then.</summary>
    public void SkipTo(ulong nanoseconds)
    {
        if (IsVirtual && nanoseconds > Monotonic)
            _skipped += nanoseconds - Monotonic;
    }

    /// <summary>Moves virtual time on by what the host took while nothing could run.</summary>
    public void Pass(long nanoseconds)
    {
        if (IsVirtual && nanoseconds > 0)
            _skipped += (ulong)nanoseconds;
    }

    /// <summary>Instructions that may be executed before one has to look at the clock again.</summary>
    /// <param name="deadline">Monotonic time; <see cref="ulong.MaxValue"/> is never.</param>
    public ulong InstructionsUntil(ulong deadline)
    {
        if (deadline == ulong.MaxValue)
            return ulong.MaxValue;
        ulong now = Monotonic;
        return InstructionsIn(deadline > now ? deadline - now : 0);
    }

    /// <summary>Instructions that may be executed before so much time can have passed.</summary>
    public ulong InstructionsIn(ulong nanoseconds) =>
        IsVirtual || nanoseconds == ulong.MaxValue ? nanoseconds : Math.Max(nanoseconds / NanosecondsPerInstruction, LeastInstructions);

    /// <inheritdoc/>
    public ulong Nanoseconds(ulong retired) => Second + (IsVirtual ? retired + _skipped : (ulong)(HostClock.Monotonic() - _hostStart));

    /// <inheritdoc/>
    public ulong TimeStamp(ulong retired) => Nanoseconds(retired);
}
