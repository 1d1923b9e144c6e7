namespace Emu.Mm;

/// <content>Telling the reader that mappings change. Linux: the non-cooperative events of fs/userfaultfd.c.</content>
public sealed partial class UserfaultContext
{
    /// <summary>The child of a fork gets a userfaultfd of its own, if that is told of. Linux: <c>dup_userfaultfd</c>.</summary>
    /// <param name="copy">The child's area; loses its registration otherwise.</param>
    internal static void Fork(VmArea copy)
    {
        if (copy.Userfault is not { } parent)
            return;
        if ((parent.Features & UserfaultFeatures.EventFork) == 0)
        {
            copy.Userfault = null;
            copy.SetFlags(copy.Flags & ~VmFlags.UffdMask);
            return;
        }
        Dictionary<UserfaultContext, UserfaultContext> children = copy.Mm.ForkedUserfaults ??= [];
        if (!children.TryGetValue(parent, out UserfaultContext? child))
        {
            child = new UserfaultContext(copy.Mm, parent._userModeOnly) { Features = parent.Features, _initialised = true };
            children.Add(parent, child);
            parent.MmapChanging++;
        }
        copy.Userfault = child;
    }

    /// <summary>The fork is done: the readers learn of it. Linux: <c>dup_userfaultfd_complete</c>.</summary>
    internal static void FinishFork(MemoryDescriptor mm)
    {
        if (mm.ForkedUserfaults is not { } children)
            return;
        mm.ForkedUserfaults = null;
        foreach ((UserfaultContext parent, UserfaultContext child) in children)
        {
            UserfaultMessage message = new() { Event = UserfaultEvent.Fork };
            parent.WaitForReader(new UserfaultWait(parent, message, 0) { Child = child });
        }
    }

    /// <summary>The fork failed. Linux: <c>dup_userfaultfd_fail</c>.</summary>
    internal static void CancelFork(MemoryDescriptor mm)
    {
        if (mm.ForkedUserfaults is not { } children)
            return;
        mm.ForkedUserfaults = null;
        foreach ((UserfaultContext parent, _) in children)
            parent.MmapChanging--;
    }

    /// <summary>Notes an event that is told when the operation is done. Linux: <c>userfaultfd_unmap_prep</c>, <c>mremap_userfaultfd_prep</c>.</summary>
    internal void Prepare(UserfaultEvent kind, ulong first, ulong second, ulong third)
    {
        MmapChanging++;
        UserfaultMessage message = new() { Event = kind, Argument0 = first, Argument1 = second, Argument2 = third };
        (Mm.UserfaultEvents ??= []).Add(new UserfaultWait(this, message, 0));
    }

    /// <summary>Whether events of a kind are told.</summary>
    internal bool Wants(UserfaultFeatures kind) => (Features & kind) != 0;

    /// <summary>Sleeps until an event was read. Linux: <c>userfaultfd_event_wait_completion</c>.</summary>
    internal void WaitForReader(UserfaultWait wait)
    {
        if (!IsReleased && Mm.Manager.FaultWait is { } port)
        {
            _events.AddLast(wait);
            File?.OnMessage();
            _ = port.Wait(wait); // a task that dies does not wait for the reader
        }
        MmapChanging--;
        // Nobody will ever read the child's.
        if (wait is { Child: { } child, IsRead: false })
            child.Close();
    }
}
