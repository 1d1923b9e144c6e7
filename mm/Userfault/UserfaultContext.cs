namespace Emu.Mm;

/// <summary>One userfaultfd: who waits, and what is to be told. Linux: <c>struct userfaultfd_ctx</c> (fs/userfaultfd.c).</summary>
/// <remarks>
/// Faults wait until they are woken; they are told once, by <see cref="TryRead"/>. Events wait until they are read. Lock: the kernel lock;
/// ranges change under the mmap lock for writing.
/// </remarks>
public sealed partial class UserfaultContext
{
    private readonly LinkedList<UserfaultWait> _pending = new(), _told = new(), _events = new();
    private readonly bool _userModeOnly;
    private bool _initialised;

    /// <summary>A userfaultfd of an address space. Linux: <c>new_userfaultfd</c>.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="userModeOnly">UFFD_USER_MODE_ONLY: accesses of the kernel are not served, they fail.</param>
    public UserfaultContext(MemoryDescriptor mm, bool userModeOnly)
    {
        Mm = mm;
        _userModeOnly = userModeOnly;
    }

    /// <summary>The address space.</summary>
    public MemoryDescriptor Mm { get; }

    /// <summary>What was asked for with UFFDIO_API.</summary>
    public UserfaultFeatures Features { get; private set; }

    /// <summary>Whether UFFDIO_API was done: before, nothing else works. Linux: <c>userfaultfd_is_initialized</c>.</summary>
    public bool IsInitialised => _initialised;

    /// <summary>Whether the file was closed. Linux: <c>released</c>.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Who is told that there is something to read; set by the file.</summary>
    public IUserfaultFile? File { get; set; }

    /// <summary>Operations on mappings that are under way and not told yet: the ranges are not what the reader thinks. Linux: <c>mmap_changing</c>.</summary>
    public int MmapChanging { get; internal set; }

    /// <summary>Whether there is something to read. Linux: <c>userfaultfd_poll</c>.</summary>
    public bool HasMessages => _pending.Count != 0 || _events.Count != 0;

    /// <summary>Faults that are not read yet.</summary>
    public int PendingFaults => _pending.Count;

    /// <summary>Faults that wait, read or not.</summary>
    public int WaitingFaults => _pending.Count + _told.Count;

    /// <summary>Settles what it can do; once. Linux: <c>userfaultfd_api</c>.</summary>
    /// <param name="features">Wanted.</param>
    /// <param name="mayFork">Whether the process may have <see cref="UserfaultFeatures.EventFork"/> (CAP_SYS_PTRACE).</param>
    /// <returns>0, or EPERM, EINVAL (unknown, or done before), negated.</returns>
    public int Initialise(UserfaultFeatures features, bool mayFork)
    {
        if ((features & UserfaultFeatures.EventFork) != 0 && !mayFork)
            return -Errno.EPERM;
        if ((features & UserfaultFeatures.WpAsync) != 0)
            features |= UserfaultFeatures.WpUnpopulated;
        if ((features & ~UserfaultFeatures.All) != 0 || _initialised)
            return -Errno.EINVAL;
        Features = features;
        _initialised = true;
        return 0;
    }

    /// <summary>Takes the next message: events first come after faults, as in Linux. Linux: <c>userfaultfd_ctx_read</c>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="child">For a fork, the child's userfaultfd, which the reader gets a descriptor of.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out UserfaultMessage message, out UserfaultContext? child)
    {
        child = null;
        if (_pending.First is { } fault)
        {
            _pending.Remove(fault);
            _told.AddLast(fault);
            message = fault.Value.Message;
            return true;
        }
        message = default;
        if (_events.First is not { } told)
            return false;
        message = told.Value.Message;
        child = told.Value.Child;
        // The operation goes on as soon as it is known.
        told.Value.IsRead = true;
        _events.Remove(told);
        Release(told.Value);
        return true;
    }

    /// <summary>Wakes those who wait for a page of a range. Linux: <c>wake_userfault</c>.</summary>
    /// <param name="start">First address.</param>
    /// <param name="length">Bytes; 0 for everybody.</param>
    public void Wake(ulong start, ulong length)
    {
        Wake(_pending, start, length);
        Wake(_told, start, length);
    }

    /// <summary>The file is closed: nobody waits any more, no range is registered. Linux: <c>userfaultfd_release</c>.</summary>
    public void Close()
    {
        IsReleased = true;
        if (!Mm.IsGone)
            ClearAll();
        Wake(0, 0);
        while (_events.First is { } told)
        {
            _events.Remove(told);
            Release(told.Value);
        }
    }

    /// <summary>Puts a fault into the queue. Linux: <c>handle_userfault</c>.</summary>
    internal UserfaultWait Enqueue(in VmFault fault, ulong realAddress, int threadId)
    {
        UserfaultFlags flags = fault.IsWrite ? UserfaultFlags.Write : UserfaultFlags.None;
        if ((fault.Userfault & VmFlags.UffdWp) != 0)
            flags |= UserfaultFlags.Wp;
        if ((fault.Userfault & VmFlags.UffdMinor) != 0)
            flags |= UserfaultFlags.Minor;
        UserfaultMessage message = new()
        {
            Event = UserfaultEvent.PageFault,
            Argument0 = (ulong)flags,
            Argument1 = (Features & UserfaultFeatures.ExactAddress) != 0 ? realAddress : fault.Address,
            Argument2 = (Features & UserfaultFeatures.ThreadId) != 0 ? (ulong)threadId : 0,
        };
        UserfaultWait wait = new(this, message, fault.Address);
        _pending.AddLast(wait);
        File?.OnMessage();
        return wait;
    }

    /// <summary>Whether a fault is for the reader, or ends the access. Linux: the first half of <c>handle_userfault</c>.</summary>
    internal bool Serves(FaultFlags flags)
    {
        if ((Features & UserfaultFeatures.Sigbus) != 0)
            return false;
        return !_userModeOnly || (flags & FaultFlags.User) != 0;
    }

    internal void Forget(UserfaultWait wait)
    {
        _ = _pending.Remove(wait) || _told.Remove(wait) || _events.Remove(wait);
    }

    private void Wake(LinkedList<UserfaultWait> waits, ulong start, ulong length)
    {
        for (LinkedListNode<UserfaultWait>? at = waits.First; at != null;)
        {
            LinkedListNode<UserfaultWait> node = at;
            at = at.Next;
            if (length != 0 && node.Value.Address - start >= length)
                continue;
            waits.Remove(node);
            Release(node.Value);
        }
    }

    private void Release(UserfaultWait wait)
    {
        wait.IsWoken = true;
        Mm.Manager.FaultWait?.Wake(wait);
    }
}
