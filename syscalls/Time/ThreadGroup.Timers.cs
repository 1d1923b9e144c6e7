namespace Emu.Syscalls;

/// <content>The timers of the process.</content>
public sealed partial class ThreadGroup
{
    private readonly Dictionary<int, PosixTimer> _posixTimers = [];
    private int _nextTimerId;

    /// <summary>The timer of setitimer(ITIMER_REAL). Linux: <c>real_timer</c>.</summary>
    internal RealIntervalTimer RealTimer { get; }

    /// <summary>What runs with its CPU time. Linux: <c>posix_cputimers</c>, <c>it</c>.</summary>
    internal CpuTimers CpuTimers { get; }

    /// <summary>A number for a new timer: one that was not given before, until all were. Linux: <c>posix_timer_add</c>.</summary>
    internal int TakeTimerId()
    {
        int id;
        do
        {
            id = _nextTimerId;
            _nextTimerId = (_nextTimerId + 1) & int.MaxValue;
        }
        while (_posixTimers.ContainsKey(id));
        return id;
    }

    /// <summary>Keeps a new timer.</summary>
    internal void AddPosixTimer(PosixTimer timer) => _posixTimers.Add(timer.Id, timer);

    /// <summary>A timer of timer_create, or null. Linux: <c>lock_timer</c>.</summary>
    internal PosixTimer? FindPosixTimer(int id) => _posixTimers.GetValueOrDefault(id);

    /// <summary>Deletes a timer.</summary>
    internal void DeletePosixTimer(PosixTimer timer)
    {
        timer.Delete();
        _posixTimers.Remove(timer.Id);
    }

    /// <summary>The process ends or runs another program. Linux: <c>exit_itimers</c>.</summary>
    internal void DeletePosixTimers()
    {
        foreach (PosixTimer timer in _posixTimers.Values)
            timer.Delete();
        _posixTimers.Clear();
    }

    /// <summary>A signal is ignored no more. Linux: <c>posixtimer_sig_unignore</c>.</summary>
    internal void UnignoreTimers(int signal)
    {
        foreach (PosixTimer timer in _posixTimers.Values)
            timer.Unignore(signal);
    }
}
