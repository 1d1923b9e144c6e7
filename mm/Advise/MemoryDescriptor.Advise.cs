namespace Emu.Mm;

/// <content>madvise: the walk over the areas. Linux: mm/madvise.c (<c>do_madvise</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>One part of one area that an advice is given for. Linux: <c>struct madvise_behavior</c>.</summary>
    private ref struct Advised
    {
        /// <summary>What is advised.</summary>
        public Advice Advice;

        /// <summary>The area.</summary>
        public VmArea Area;

        /// <summary>First address, within the area.</summary>
        public ulong Start;

        /// <summary>One past the last, within the area.</summary>
        public ulong End;

        /// <summary>Name for <see cref="Advice.SetAnonName"/>.</summary>
        public string? AnonName;

        /// <summary>Whose faults they are.</summary>
        public FaultContext Context;

        /// <summary>Something slept: the areas must be looked up again.</summary>
        public bool Slept;
    }

    /// <summary>Takes an advice. Linux: <c>do_madvise</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="advice">The advice.</param>
    /// <param name="context">Whose faults they are.</param>
    /// <returns>0 or a negative errno. A hole is ENOMEM, after everything around it was advised.</returns>
    public int Advise(ulong start, ulong length, Advice advice, in FaultContext context)
    {
        if (!advice.IsKnown())
            return -Errno.EINVAL;
        int error = CheckAdvisedRange(start, length);
        if (error != 0 || length == 0)
            return error;
        ulong end = start + MmConstants.PageAlign(length);
        if (advice is Advice.PopulateRead or Advice.PopulateWrite)
            return PopulateAdvised(start, end, advice == Advice.PopulateWrite, context);
        Advised advised = new() { Advice = advice, Context = context };
        return AdviseAreas(ref advised, start, end);
    }

    /// <summary>Names anonymous memory, for /proc/PID/maps. Linux: <c>madvise_set_anon_name</c>; PR_SET_VMA_ANON_NAME.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="name">The name, or null to take it away.</param>
    /// <returns>0, or EINVAL, ENOMEM (a hole), EBADF (a file), negated.</returns>
    public int SetAnonName(ulong start, ulong length, string? name)
    {
        int error = CheckAdvisedRange(start, length);
        if (error != 0 || length == 0)
            return error;
        Advised advised = new() { Advice = Advice.SetAnonName, AnonName = name };
        return AdviseAreas(ref advised, start, start + MmConstants.PageAlign(length));
    }

    // Linux: check_input_range
    private static int CheckAdvisedRange(ulong start, ulong length)
    {
        ulong rounded = MmConstants.PageAlign(length);
        bool wrong = (start & ~MmConstants.PageMask) != 0 || (length != 0 && rounded == 0) || start + rounded < start;
        return wrong ? -Errno.EINVAL : 0;
    }

    // Linux: madvise_walk_vmas
    private int AdviseAreas(ref Advised advised, ulong start, ulong end)
    {
        int hole = 0;
        while (true)
        {
            VmArea? area = FindArea(start);
            if (area == null)
                return -Errno.ENOMEM;
            if (start < area.Start)
            {
                hole = -Errno.ENOMEM;
                start = area.Start;
                if (start >= end)
                    return hole;
            }
            advised.Area = area;
            advised.Start = start;
            advised.End = Math.Min(area.End, end);
            int error = AdviseArea(ref advised);
            if (error != 0)
                return error;
            start = advised.Slept ? advised.End : Math.Max(advised.End, advised.Area.End);
            advised.Slept = false;
            if (start >= end)
                return hole;
        }
    }

    // Linux: madvise_vma_behavior
    private int AdviseArea(ref Advised advised)
    {
        if (!MayDiscard(advised.Area, advised.Advice))
            return -Errno.EPERM;
        return advised.Advice switch
        {
            Advice.Remove => AdviseRemove(ref advised),
            Advice.WillNeed => AdviseWillNeed(ref advised),
            Advice.Cold => AdviseCold(ref advised, pageOut: false),
            Advice.PageOut => AdviseCold(ref advised, pageOut: true),
            Advice.Free or Advice.DontNeed or Advice.DontNeedLocked => AdviseDontNeed(ref advised),
            Advice.Collapse => AdviseCollapse(ref advised),
            Advice.GuardInstall => InstallGuard(ref advised),
            Advice.GuardRemove => RemoveGuard(ref advised),
            _ => AdviseFlags(ref advised),
        };
    }

    // What is sealed and cannot be written must not be emptied by an advice either. Linux: can_madvise_modify
    private static bool MayDiscard(VmArea area, Advice advice) =>
        (area.Flags & VmFlags.Sealed) == 0 || !advice.Discards() || !area.IsAnonymous || (area.Flags & VmFlags.Write) != 0;
}
