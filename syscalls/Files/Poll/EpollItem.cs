namespace Emu.Syscalls;

/// <summary>A file in a set of epoll. Linux: <c>struct epitem</c>.</summary>
internal sealed class EpollItem
{
    private readonly EpollFile _set;
    private readonly List<Entry> _entries = [];
    private EpollItem? _nextOfFile;

    /// <summary>A file that is waited for.</summary>
    public EpollItem(EpollFile set, OpenFile file, int fd, EpollEvent wanted)
    {
        _set = set;
        File = file;
        Fd = fd;
        Wanted = wanted;
        ReadyNode = new LinkedListNode<EpollItem>(this);
    }

    /// <summary>The file; no reference is held: it goes from the set when it is closed.</summary>
    public OpenFile File { get; }

    /// <summary>The number by which it was added.</summary>
    public int Fd { get; }

    /// <summary>What is waited for, and what is told with it.</summary>
    public EpollEvent Wanted { get; set; }

    /// <summary>A descriptor of the host to look at, or -1.</summary>
    public int HostFd { get; private set; } = -1;

    /// <summary>For an edge of the host's: whether the file was used since it was told of.</summary>
    public bool IsArmed { get; set; } = true;

    /// <summary>Its place among those that are ready. Linux: <c>rdllink</c>.</summary>
    public LinkedListNode<EpollItem> ReadyNode { get; }

    /// <summary>Enters the queues of the file.</summary>
    public void Attach(Task task)
    {
        _nextOfFile = File.EpollItems;
        File.EpollItems = this;
        _ = File.Poll(task, new Table(task, this) { Wanted = PollEvents.All }); // what it is ready for is asked later
    }

    /// <summary>Leaves the queues of the file.</summary>
    public void Detach()
    {
        foreach (Entry entry in _entries)
            entry.Leave();
        _entries.Clear();
        if (ReferenceEquals(File.EpollItems, this))
        {
            File.EpollItems = _nextOfFile;
            return;
        }
        for (EpollItem? at = File.EpollItems; at != null; at = at._nextOfFile)
        {
            if (!ReferenceEquals(at._nextOfFile, this))
                continue;
            at._nextOfFile = _nextOfFile;
            return;
        }
    }

    /// <summary>What the file is ready for.</summary>
    public PollEvents Look(Task task) => HostFd >= 0 ? HostWait.Look(HostFd, Wanted.Events & PollEvents.Host) : File.Poll(task, null);

    /// <summary>Whether the file is ready for what is waited for.</summary>
    public bool IsReady(Task task) => (Look(task) & Wanted.Events) != 0;

    /// <summary>A file is closed: it goes from all sets. Linux: <c>eventpoll_release</c>.</summary>
    public static void RemoveAll(OpenFile file)
    {
        while (file.EpollItems is { } item)
            _ = item._set.Remove(file, item.Fd);
    }

    /// <summary>A file of the host was read or written: what comes next is a new edge.</summary>
    public static void Rearm(OpenFile file)
    {
        for (EpollItem? at = file.EpollItems; at != null; at = at._nextOfFile)
            at.IsArmed = true;
    }

    private sealed class Entry(EpollItem item) : WaitEntry
    {
        public override void Woken(PollEvents events)
        {
            if ((events & item.Wanted.Events) != 0)
                item._set.MakeReady(item);
        }
    }

    private sealed class Table(Task task, EpollItem item) : PollTable(task)
    {
        public override void Wait(WaitQueue queue)
        {
            Entry entry = new(item);
            queue.Add(entry);
            item._entries.Add(entry);
        }

        public override void WaitHost(int fd, PollEvents events) => item.HostFd = fd;
    }
}
