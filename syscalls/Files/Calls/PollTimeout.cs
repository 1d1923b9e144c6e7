using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How long select and its kin wait, and what they do with the time that was left. Linux: fs/select.c (<c>poll_select_set_timeout</c>, <c>poll_select_finish</c>).</summary>
internal readonly struct PollTimeout
{
    private readonly ulong _address;
    private readonly bool _isTimeval;

    private PollTimeout(ulong address, bool isTimeval, ulong deadline)
    {
        _address = address;
        _isTimeval = isTimeval;
        Deadline = deadline;
    }

    /// <summary>When the wait ends: monotonic time in nanoseconds; 0 to only look.</summary>
    public ulong Deadline { get; }

    /// <summary>Reads a timespec; a null pointer is for ever.</summary>
    /// <returns>0, -EFAULT or -EINVAL.</returns>
    public static int TryGetTimespec(Task task, ulong address, out PollTimeout timeout)
    {
        timeout = new PollTimeout(0, false, Scheduler.Never);
        if (address == 0)
            return 0;
        int error = Timespec.TryGet(task, address, out Timespec time);
        if (error == 0)
            timeout = new PollTimeout(address, false, DeadlineAfter(task, time.ToNanoseconds()));
        return error;
    }

    /// <summary>Reads a timeval, whose microseconds may be more than a second; a null pointer is for ever.</summary>
    /// <returns>0, -EFAULT or -EINVAL.</returns>
    public static int TryGetTimeval(Task task, ulong address, out PollTimeout timeout)
    {
        timeout = new PollTimeout(0, true, Scheduler.Never);
        if (address == 0)
            return 0;
        if (!task.User.TryGet(address, out Timeval time))
            return -Errno.EFAULT;
        const long PerSecond = 1_000_000;
        Timespec whole = new(time.Seconds + (time.Microseconds / PerSecond), time.Microseconds % PerSecond * 1000);
        if (!whole.IsValid)
            return -Errno.EINVAL;
        timeout = new PollTimeout(address, true, DeadlineAfter(task, whole.ToNanoseconds()));
        return 0;
    }

    /// <summary>A deadline so many milliseconds from now; negative for ever.</summary>
    public static ulong FromMilliseconds(Task task, int milliseconds) =>
        milliseconds < 0 ? Scheduler.Never : DeadlineAfter(task, (ulong)milliseconds * 1_000_000);

    /// <summary>Ends the call: the signal mask comes back, and the time that is left is told.</summary>
    /// <returns>The result of the call.</returns>
    public long Finish(Task task, long result)
    {
        if (result == Task.Suspended)
            return result;
        task.RestoreMask(interrupted: result == -KernelErrno.ERESTARTNOHAND);
        if (_address == 0 || Deadline == 0)
            return result;
        const uint StickyTimeouts = 0x4000000;
        bool isTold = (task.Personality & StickyTimeouts) == 0 && Tell(task);
        // Where the time that is left cannot be told, the call cannot be repeated: it would wait too long.
        return !isTold && result == -KernelErrno.ERESTARTNOHAND ? -Errno.EINTR : result;
    }

    private bool Tell(Task task)
    {
        ulong now = task.Kernel.Clock.Monotonic;
        ulong left = Deadline > now ? Deadline - now : 0;
        return _isTimeval ? task.User.TryPut(_address, Timeval.From(left)) : task.User.TryPut(_address, Timespec.From(left));
    }

    private static ulong DeadlineAfter(Task task, ulong nanoseconds) => nanoseconds == 0 ? 0 : task.DeadlineAfter(nanoseconds);
}
