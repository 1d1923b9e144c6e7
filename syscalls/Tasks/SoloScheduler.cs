using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Waits for the only task that there is: nothing but time, the host and signals can end a wait.</summary>
internal sealed class SoloScheduler(Kernel kernel) : Scheduler
{
    private bool _woken;

    /// <inheritdoc/>
    public override int Block(Task task, ulong deadline, Span<HostPollEntry> hosts = default)
    {
        if (task.IsSignalPending)
            return -KernelErrno.ERESTARTSYS;
        if (_woken)
        {
            _woken = false;
            return 0;
        }
        ulong now = kernel.Clock.Monotonic;
        if (deadline <= now)
            return -Errno.ETIME;
        if (hosts.IsEmpty && deadline == Never)
            return kernel.ReportDeadlock(task);
        if (hosts.IsEmpty && kernel.Options.Clock == ClockKind.Virtual)
        {
            kernel.Clock.SkipTo(deadline);
            return -Errno.ETIME;
        }
        long left = deadline == Never ? HostPoll.Forever : (long)(deadline - now);
        int ready = HostPoll.PollInterruptible(hosts, ref left);
        kernel.Vfs.HostActivity();
        if (ready != 0)
            return ready == -HostErrno.EINTR ? 0 : Math.Min(ready, 0);
        kernel.Clock.SkipTo(deadline);
        return -Errno.ETIME;
    }

    /// <inheritdoc/>
    public override void Wake(Task task) => _woken = true;
}
