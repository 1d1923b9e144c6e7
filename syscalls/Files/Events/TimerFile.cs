using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A timer that is read. Linux: fs/timerfd.c.</summary>
/// <remarks>A periodic timer rests from its expiration until somebody reads: then what has expired meanwhile is counted.</remarks>
internal sealed class TimerFile : OpenFile
{
    private const int Absolute = 1, CancelOnSet = 2;

    private readonly ClockSource _clock;
    private readonly Kernel _kernel;
    private readonly int _clockId;
    private readonly WaitQueue _wait = new("a timer");
    private readonly Alarm _alarm;
    private ulong _ticks, _expires, _period;
    private int _flags;
    private bool _hasExpired, _isCancelled;

    /// <summary>A timer, not set.</summary>
    public TimerFile(Kernel kernel, ClockSource clock, int clockId, OpenFlags flags)
        : base(kernel.Vfs.Anonymous.Inode, flags | OpenFlags.ReadWrite)
    {
        _kernel = kernel;
        _clock = clock;
        _clockId = clockId;
        _alarm = new Alarm(this);
    }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    // A relative timer takes no notice of realtime being set.
    private bool FollowsRealtime => _clock.IsRealtime && (_flags & Absolute) != 0;

    private ulong Now => FollowsRealtime ? _clock.Now : _kernel.Clock.Monotonic;

    /// <summary>Sets the timer. Linux: <c>do_timerfd_settime</c>.</summary>
    /// <param name="value">Nanoseconds until it expires, or the time of that; 0 turns it off.</param>
    /// <param name="period">Nanoseconds between the following; 0 for none.</param>
    /// <param name="flags">TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET.</param>
    public void Set(ulong value, ulong period, int flags)
    {
        _kernel.Timers.Cancel(_alarm);
        _ticks = 0;
        _hasExpired = _isCancelled = false;
        _flags = flags;
        _period = period;
        _expires = value;
        if (value == 0)
            return;
        if ((flags & Absolute) == 0)
            _expires = value > long.MaxValue - Now ? long.MaxValue : Now + value;
        Start();
    }

    /// <summary>What is left until it expires, and the period. Linux: <c>do_timerfd_gettime</c>.</summary>
    public (ulong Left, ulong Period) GetTime()
    {
        CountMissed();
        ulong now = Now;
        return (_alarm.IsActive ? Math.Max(_expires > now ? _expires - now : 0, 1) : 0, _period);
    }

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (to.Count < sizeof(ulong))
            return -Errno.EINVAL;
        if (_ticks == 0 && !_isCancelled)
        {
            if (iocb.IsNonBlocking)
                return -Errno.EAGAIN;
            int error = _wait.Wait(iocb.Task, this, static file => file._ticks != 0 || file._isCancelled);
            if (error != 0)
                return error;
        }
        if (_isCancelled)
        {
            _isCancelled = false;
            _ticks = 0;
            return -Errno.ECANCELED;
        }
        CountMissed();
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, _ticks);
        _ticks = 0;
        return to.CopyTo(value) == sizeof(ulong) ? sizeof(ulong) : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    /// <remarks>It has no position, and says nothing. Linux: <c>noop_llseek</c>.</remarks>
    public override long Seek(Task task, long offset, int whence) => 0;

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(_wait);
        return _ticks != 0 || _isCancelled ? PollEvents.In : PollEvents.None;
    }

    /// <inheritdoc/>
    public override void ShowInfo(ProcWriter writer)
    {
        (ulong left, ulong period) = GetTime();
        writer.Append("clockid: "u8).Decimal((ulong)_clockId).Append("\nticks: "u8).Decimal(_ticks);
        writer.Append("\nsettime flags: 0"u8).Append(Convert.ToString(_flags, 8)).Append("\n"u8);
        Show(writer, "it_value: ("u8, left);
        Show(writer, "it_interval: ("u8, period);
    }

    /// <inheritdoc/>
    protected override void Release() => _kernel.Timers.Cancel(_alarm);

    private static void Show(ProcWriter writer, ReadOnlySpan<byte> name, ulong nanoseconds)
    {
        Timespec time = Timespec.From(nanoseconds);
        writer.Append(name).Decimal((ulong)time.Seconds).Append(", "u8).Decimal((ulong)time.Nanoseconds).Append(")\n"u8);
    }

    private void Start()
    {
        _hasExpired = false;
        _kernel.Timers.Start(_alarm, _kernel.Clock.ToMonotonic(_expires, FollowsRealtime));
    }

    // What has expired since a periodic timer rests.
    private void CountMissed()
    {
        if (!_hasExpired || _period == 0)
            return;
        ulong now = Now, missed = now > _expires ? (now - _expires) / _period : 0;
        _ticks += missed;
        _expires += (missed + 1) * _period;
        Start();
    }

    private void OnExpired()
    {
        _ticks++;
        _hasExpired = true;
        _wait.Wake(PollEvents.In);
    }

    private void OnClockSet()
    {
        if ((_flags & (Absolute | CancelOnSet)) == (Absolute | CancelOnSet) && _clock.IsRealtime)
        {
            _isCancelled = true;
            _wait.Wake(PollEvents.In);
        }
        else if (FollowsRealtime)
        {
            Start();
        }
    }

    private sealed class Alarm(TimerFile file) : KernelTimer
    {
        public override void Expire() => file.OnExpired();

        public override void Realign() => file.OnClockSet();
    }
}
