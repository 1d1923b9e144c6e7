using Emu.Host;

namespace Emu.Syscalls;

/// <summary>Waits for a descriptor of the host.</summary>
internal static class HostWait
{
    /// <summary>Waits until a descriptor is ready. Errors and hang-ups count as ready: the call that follows will tell.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="fd">The host's descriptor.</param>
    /// <param name="events">What for.</param>
    /// <param name="deadline">Monotonic time in nanoseconds, or <see cref="Scheduler.Never"/>.</param>
    /// <returns>0; -ETIME after the deadline; -ERESTARTSYS if a signal is pending.</returns>
    public static int For(Task task, int fd, PollEvents events, ulong deadline = Scheduler.Never)
    {
        Span<HostPollEntry> entries = [new HostPollEntry(fd, (short)events)];
        while (true)
        {
            int result = task.Kernel.Scheduler.Block(task, deadline, entries);
            if (result != 0 || entries[0].REvents != 0)
                return result;
        }
    }

    /// <summary>What a descriptor is ready for now, without a wait.</summary>
    public static PollEvents Look(int fd, PollEvents events)
    {
        int result = HostPoll.Poll(fd, (short)events, 0);
        return result < 0 ? PollEvents.Error : (PollEvents)result;
    }
}
