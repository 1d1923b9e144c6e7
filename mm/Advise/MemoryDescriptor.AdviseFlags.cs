namespace Emu.Mm;

/// <content>Advice that becomes a flag or the name of an area. Linux: <c>madvise_vma_behavior</c>, <c>madvise_update_vma</c>.</content>
public sealed partial class MemoryDescriptor
{
    private int AdviseFlags(ref Advised advised)
    {
        VmArea area = advised.Area;
        VmFlags flags = area.Flags;
        int error = advised.Advice is Advice.Mergeable or Advice.Unmergeable
            ? AdviseMerging(ref advised, ref flags)
            : ApplyAdvice(area, advised.Advice, ref flags);
        if (error == 0)
            error = UpdateAdvised(ref advised, flags);
        if (error == 0 && advised.Advice == Advice.HugePage)
            Manager.Khugepaged.Enter(advised.Area);
        return error == -Errno.ENOMEM ? -Errno.EAGAIN : error;
    }

    private static int ApplyAdvice(VmArea area, Advice advice, ref VmFlags flags)
    {
        int error = CheckAdvice(area, advice);
        if (error != 0)
            return error;
        (VmFlags cleared, VmFlags set) = FlagsOf(advice);
        flags = (flags & ~cleared) | set;
        return 0;
    }

    private static (VmFlags Cleared, VmFlags Set) FlagsOf(Advice advice) => advice switch
    {
        Advice.Normal => (VmFlags.RandRead | VmFlags.SeqRead, VmFlags.None),
        Advice.Sequential => (VmFlags.RandRead, VmFlags.SeqRead),
        Advice.Random => (VmFlags.SeqRead, VmFlags.RandRead),
        Advice.DontFork => (VmFlags.None, VmFlags.DontCopy),
        Advice.DoFork => (VmFlags.DontCopy, VmFlags.None),
        Advice.WipeOnFork => (VmFlags.None, VmFlags.WipeOnFork),
        Advice.KeepOnFork => (VmFlags.WipeOnFork, VmFlags.None),
        Advice.DontDump => (VmFlags.None, VmFlags.DontDump),
        Advice.DoDump => (VmFlags.DontDump, VmFlags.None),
        Advice.HugePage => (VmFlags.NoHugePage, VmFlags.HugePage),
        Advice.NoHugePage => (VmFlags.HugePage, VmFlags.NoHugePage),
        _ => default,
    };

    private static int CheckAdvice(VmArea area, Advice advice)
    {
        bool refused = advice switch
        {
            Advice.DoFork => area.HasAny(VmFlags.Special),
            Advice.WipeOnFork => area.File != null || area.HasAny(VmFlags.Shared),
            Advice.KeepOnFork => area.HasAny(VmFlags.Droppable),
            Advice.DoDump => (!area.HasAny(VmFlags.HugeTlb) && area.HasAny(VmFlags.Special)) || area.HasAny(VmFlags.Droppable),
            _ => false,
        };
        if (refused)
            return -Errno.EINVAL;
        // Names are for memory without a file; that of shared memory is its own. Linux: vma_is_anon_shmem
        return advice == Advice.SetAnonName && area.File is not (null or ShmemFile { IsAnonymous: true }) ? -Errno.EBADF : 0;
    }

    // Linux: madvise_update_vma
    private int UpdateAdvised(ref Advised advised, VmFlags flags)
    {
        VmArea area = advised.Area;
        bool names = advised.Advice == Advice.SetAnonName;
        string? name = names ? advised.AnonName : area.AnonName;
        if (flags == area.Flags && name == area.AnonName)
            return 0;
        int error = ModifyArea(area, advised.Start, advised.End, flags, name, out VmArea modified);
        if (error == 0)
            advised.Area = modified;
        return error;
    }
}
