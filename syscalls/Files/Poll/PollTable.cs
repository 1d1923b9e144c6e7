using Emu.Host;

namespace Emu.Syscalls;

/// <summary>The queues and descriptors of the host that a task waits for at once. Linux: <c>struct poll_wqueues</c>, fs/select.c.</summary>
internal class PollTable
{
    private readonly Task _task;
    private readonly List<TaskWaitEntry> _entries = [];
    private int _used, _hostCount;
    private HostPollEntry[] _hosts = [];

    /// <summary>A table without entries.</summary>
    public PollTable(Task task) => _task = task;

    /// <summary>What the task waits for. Linux: <c>_key</c>.</summary>
    public PollEvents Wanted { get; set; } = PollEvents.All;

    /// <summary>The task is to be woken by a queue. Linux: <c>poll_wait</c>.</summary>
    public virtual void Wait(WaitQueue queue)
    {
        if (_used == _entries.Count)
            _entries.Add(new TaskWaitEntry(_task));
        queue.Add(_entries[_used++]);
    }

    /// <summary>The task is to be woken by a descriptor of the host.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="events">What for.</param>
    public virtual void WaitHost(int fd, PollEvents events)
    {
        if (_hostCount == _hosts.Length)
            Array.Resize(ref _hosts, Math.Max(4, _hosts.Length * 2));
        _hosts[_hostCount++] = new HostPollEntry(fd, (short)(events & PollEvents.Host));
    }

    /// <summary>Waits for any of them. Linux: <c>poll_schedule_timeout</c>.</summary>
    /// <param name="deadline">Monotonic time in nanoseconds.</param>
    /// <returns>
    /// <see cref="Task.Suspended"/>, which the system call returns at once, with the entries left where they are: it is run again from its
    /// start. Or 0 after a wake; -ETIME after the deadline; -ERESTARTSYS if a signal is pending; then all queues have been left.
    /// </returns>
    public long Sleep(ulong deadline)
    {
        long result = _hostCount == 0
            ? _task.Kernel.Scheduler.Suspend(_task, deadline)
            : _task.Kernel.Scheduler.Block(_task, deadline, _hosts.AsSpan(0, _hostCount));
        if (result != Task.Suspended)
            Clear();
        return result;
    }

    /// <summary>Leaves all queues. Linux: <c>poll_freewait</c>.</summary>
    public void Clear()
    {
        for (int i = 0; i < _used; i++)
            _entries[i].Leave();
        _used = _hostCount = 0;
    }
}
