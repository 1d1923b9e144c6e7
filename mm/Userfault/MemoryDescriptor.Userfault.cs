namespace Emu.Mm;

/// <content>What operations on mappings owe to userfaultfd.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Events of the operation that is under way, told at its end.</summary>
    internal List<UserfaultWait>? UserfaultEvents { get; set; }

    /// <summary>What the fork that is under way has made for this child, by the parent's.</summary>
    internal Dictionary<UserfaultContext, UserfaultContext>? ForkedUserfaults { get; set; }

    /// <summary>Whether it has ended. Linux: <c>mmget_not_zero</c> fails.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Gives a part of an area another registration. Linux: <c>vma_modify_flags_uffd</c>.</summary>
    internal int ModifyUserfault(VmArea area, ulong start, ulong end, VmFlags flags, UserfaultContext? context)
    {
        if (VmaMerge.ForRegistered(area, start, end, flags, context).TryMergeModified() != null)
            return 0;
        int error = SplitOut(area, start, end, out VmArea part);
        if (error != 0)
            return error;
        part.Userfault = context;
        part.SetFlags(flags);
        return 0;
    }

    // Each reader is told once, of the whole range, however many areas of it are there. Linux: userfaultfd_unmap_prep
    private void NoteUnmap(VmArea area, ulong start, ulong end)
    {
        if (area.Userfault is not { } context || !context.Wants(UserfaultFeatures.EventUnmap))
            return;
        bool noted = UserfaultEvents?.Any(wait => wait.Context == context && wait.Message is { Event: UserfaultEvent.Unmap } message &&
            message.Argument0 == start && message.Argument1 == end) ?? false;
        if (!noted)
            context.Prepare(UserfaultEvent.Unmap, start, end, 0);
    }

    // An area at its new place keeps its registration only if the reader is told of the move. Linux: mremap_userfaultfd_prep
    private static bool KeepsRegistration(VmArea area) => area.Userfault?.Wants(UserfaultFeatures.EventRemap) ?? false;

    // The operation is done and everything stands: the readers are told, one after the other. Linux: userfaultfd_unmap_complete
    private void TellUserfaults()
    {
        if (UserfaultEvents is not { } events)
            return;
        UserfaultEvents = null;
        foreach (UserfaultWait wait in events)
            wait.Context.WaitForReader(wait);
    }

    // The contents of a range are about to go. Linux: userfaultfd_remove
    private bool TellRemoval(VmArea area, ulong start, ulong end)
    {
        if (area.Userfault is not { } context || !context.Wants(UserfaultFeatures.EventRemove))
            return false;
        context.Prepare(UserfaultEvent.Remove, start, end, 0);
        TellUserfaults();
        return true;
    }
}
