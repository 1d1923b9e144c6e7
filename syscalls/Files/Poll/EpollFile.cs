using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What epoll_ctl is given and epoll_wait tells. Linux: <c>struct epoll_event</c>, packed on x86-64.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal record struct EpollEvent(PollEvents Events, ulong Data);

/// <summary>A set of files to wait for. Linux: <c>struct eventpoll</c>, fs/eventpoll.c.</summary>
internal sealed class EpollFile : OpenFile
{
    private const int MaxNesting = 5;
    private const PollEvents Private = PollEvents.WakeUp | PollEvents.OneShot | PollEvents.EdgeTriggered | PollEvents.Exclusive;

    private readonly Dictionary<(OpenFile File, int Fd), EpollItem> _items = [];
    private readonly LinkedList<EpollItem> _ready = new();
    private readonly List<EpollItem> _hosts = [];

    /// <summary>An empty set.</summary>
    public EpollFile(Inode inode)
        : base(inode, OpenFlags.ReadWrite)
    {
    }

    /// <summary>Who waits for the set.</summary>
    public WaitQueue Wait { get; } = new();

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <summary>Adds a file. Linux: <c>ep_insert</c>.</summary>
    /// <returns>0, or EEXIST, ELOOP, EPERM, negated.</returns>
    public int Add(Task task, OpenFile file, int fd, EpollEvent wanted)
    {
        if (_items.ContainsKey((file, fd)))
            return -Errno.EEXIST;
        if (file is EpollFile inner && (inner.Contains(this) || inner.Depth() + 1 >= MaxNesting))
            return -Errno.ELOOP;
        EpollItem item = new(this, file, fd, wanted with { Events = wanted.Events | PollEvents.Always });
        _items.Add((file, fd), item);
        item.Attach(task);
        if (item.HostFd >= 0)
            _hosts.Add(item);
        if (item.IsReady(task))
            MakeReady(item);
        return 0;
    }

    /// <summary>Changes what is waited for. Linux: <c>ep_modify</c>.</summary>
    public int Modify(Task task, OpenFile file, int fd, EpollEvent wanted)
    {
        if (!_items.TryGetValue((file, fd), out EpollItem? item))
            return -Errno.ENOENT;
        if ((item.Wanted.Events & PollEvents.Exclusive) != 0)
            return -Errno.EINVAL;
        item.Wanted = wanted with { Events = wanted.Events | PollEvents.Always };
        item.IsArmed = true;
        if (item.IsReady(task))
            MakeReady(item);
        return 0;
    }

    /// <summary>Removes a file. Linux: <c>ep_remove</c>.</summary>
    public int Remove(OpenFile file, int fd)
    {
        if (!_items.Remove((file, fd), out EpollItem? item))
            return -Errno.ENOENT;
        _ = _hosts.Remove(item);
        if (item.ReadyNode.List != null)
            _ready.Remove(item.ReadyNode);
        item.Detach();
        return 0;
    }

    /// <summary>Something has happened to a file. Linux: <c>ep_poll_callback</c>.</summary>
    public void MakeReady(EpollItem item)
    {
        if ((item.Wanted.Events & ~Private) == 0)
            return; // a one-shot that has told already
        if (item.ReadyNode.List == null)
            _ready.AddLast(item.ReadyNode);
        Wait.Wake(PollEvents.Readable);
    }

    /// <summary>Waits for the set. Linux: <c>ep_poll</c>.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="address">Where the events go.</param>
    /// <param name="max">How many fit.</param>
    /// <param name="deadline">Monotonic time in nanoseconds; 0 to only look.</param>
    /// <returns>Events told, 0 after the deadline, <see cref="Task.Suspended"/>, or a negative errno.</returns>
    public long WaitFor(Task task, ulong address, int max, ulong deadline)
    {
        PollTable table = task.PollTable;
        table.Clear(); // what a run before this one has left
        while (true)
        {
            LookAtHosts();
            long sent = Send(task, address, max);
            if (sent != 0 || deadline == 0)
                return sent;
            table.Wait(Wait);
            WaitForHosts(table);
            long result = table.Sleep(deadline);
            switch (result)
            {
                case 0:
                    break;
                case -Errno.ETIME:
                    return 0;
                case -KernelErrno.ERESTARTSYS:
                    return -Errno.EINTR;
                default:
                    return result;
            }
        }
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(Wait);
        if (table != null)
            WaitForHosts(table);
        LookAtHosts();
        foreach (EpollItem item in _ready)
        {
            if (item.IsReady(task))
                return PollEvents.Readable;
        }
        return PollEvents.None;
    }

    /// <inheritdoc/>
    /// <remarks>Linux: <c>noop_llseek</c>.</remarks>
    public override long Seek(Task task, long offset, int whence) => (long)Position;

    /// <inheritdoc/>
    public override void ShowInfo(ProcWriter writer)
    {
        foreach (EpollItem item in _items.Values)
        {
            _ = item.File.Inode.GetAttributes(out FileStat stat); // what is not known is 0
            writer.Append("tfd: "u8).Decimal((long)item.Fd, 8).Append(" events: "u8).PaddedHex((uint)item.Wanted.Events, 8);
            writer.Append(" data: "u8).PaddedHex(item.Wanted.Data, 16).Append("  pos:"u8).Decimal(item.File.Position);
            writer.Append(" ino:"u8).Hex(stat.Number).Append(" sdev:"u8).Hex(stat.Device.Kernel).Append("\n"u8);
        }
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        foreach (EpollItem item in _items.Values)
            item.Detach();
        _items.Clear();
        _ready.Clear();
        _hosts.Clear();
    }

    // Linux: ep_send_events
    private long Send(Task task, ulong address, int max)
    {
        long sent = 0;
        LinkedListNode<EpollItem>? last = _ready.Last;
        while (_ready.First is { } node && sent < max)
        {
            EpollItem item = node.Value;
            _ready.Remove(node);
            PollEvents events = item.Look(task) & item.Wanted.Events;
            if (events != PollEvents.None)
            {
                if (!task.User.TryPut(address + ((ulong)sent * 12), new EpollEvent(events, item.Wanted.Data)))
                {
                    _ready.AddFirst(node);
                    return sent != 0 ? sent : -Errno.EFAULT;
                }
                sent++;
                if ((item.Wanted.Events & PollEvents.OneShot) != 0)
                    item.Wanted = item.Wanted with { Events = item.Wanted.Events & Private };
                else if ((item.Wanted.Events & PollEvents.EdgeTriggered) == 0)
                    _ready.AddLast(node); // it tells again until it is ready no more
                else
                    item.IsArmed = false;
            }
            if (ReferenceEquals(node, last))
                break;
        }
        return sent;
    }

    // The host does not call back: its descriptors are looked at before each wait.
    private void LookAtHosts()
    {
        foreach (EpollItem item in _hosts)
        {
            bool isWaitedFor = item.ReadyNode.List == null && item.IsArmed && (item.Wanted.Events & ~Private) != 0;
            if (isWaitedFor && (HostWait.Look(item.HostFd, item.Wanted.Events & PollEvents.Host) & item.Wanted.Events) != 0)
                _ready.AddLast(item.ReadyNode);
        }
    }

    private void WaitForHosts(PollTable table)
    {
        foreach (EpollItem item in _hosts)
        {
            if (item.IsArmed && (item.Wanted.Events & ~Private) != 0)
                table.WaitHost(item.HostFd, item.Wanted.Events);
        }
    }

    private bool Contains(EpollFile other)
    {
        if (ReferenceEquals(this, other))
            return true;
        foreach (EpollItem item in _items.Values)
        {
            if (item.File is EpollFile inner && inner.Contains(other))
                return true;
        }
        return false;
    }

    private int Depth()
    {
        int depth = 0;
        foreach (EpollItem item in _items.Values)
        {
            if (item.File is EpollFile inner)
                depth = Math.Max(depth, inner.Depth() + 1);
        }
        return depth;
    }
}
