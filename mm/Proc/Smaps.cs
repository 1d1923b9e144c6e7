namespace Emu.Mm;

/// <summary>/proc/PID/smaps and smaps_rollup. Linux: fs/proc/task_mmu.c (<c>show_smap</c>, <c>show_smaps_rollup</c>); proc_pid_smaps(5).</summary>
public static class Smaps
{
    private const int NameColumn = 72;

    // By bit number, in the order in which they are shown. Linux: show_smap_vma_flags
    private static readonly (VmFlags Flag, string Name)[] FlagNames =
    [
        (VmFlags.Read, "rd"), (VmFlags.Write, "wr"), (VmFlags.Exec, "ex"), (VmFlags.Shared, "sh"), (VmFlags.MayRead, "mr"), (VmFlags.MayWrite, "mw"),
        (VmFlags.MayExec, "me"), (VmFlags.MayShare, "ms"), (VmFlags.GrowsDown, "gd"), (VmFlags.UffdMissing, "um"), (VmFlags.PfnMap, "pf"),
        (VmFlags.MaybeGuard, "gu"), (VmFlags.UffdWp, "uw"), (VmFlags.Locked, "lo"), (VmFlags.Io, "io"), (VmFlags.SeqRead, "sr"), (VmFlags.RandRead, "rr"),
        (VmFlags.DontCopy, "dc"), (VmFlags.DontExpand, "de"), (VmFlags.LockOnFault, "lf"), (VmFlags.Account, "ac"), (VmFlags.NoReserve, "nr"),
        (VmFlags.HugeTlb, "ht"), (VmFlags.Sync, "sf"), (VmFlags.WipeOnFork, "wf"), (VmFlags.DontDump, "dd"), (VmFlags.SoftDirty, "sd"),
        (VmFlags.MixedMap, "mm"), (VmFlags.HugePage, "hg"), (VmFlags.NoHugePage, "nh"), (VmFlags.Mergeable, "mg"), (VmFlags.UffdMinor, "ui"),
        (VmFlags.Droppable, "dp"), (VmFlags.Sealed, "sl"),
    ];

    /// <summary>Writes the lines of each area.</summary>
    public static void Write(MemoryDescriptor mm, ProcWriter writer)
    {
        bool keys = mm.Manager.HasProtectionKeys;
        foreach ((_, _, VmArea area) in mm.Areas.Iterate())
        {
            Maps.WriteArea(area, writer);
            SmapsStatistics statistics = new(mm.Manager);
            statistics.Add(area);
            ulong pageSize = area.HasAny(VmFlags.HugeTlb) ? MmConstants.PmdSize : MmConstants.PageSize;
            WriteBody(writer, statistics, area.Length, pageSize, mm.Manager.IsThpEligible(area));
            if (keys)
                writer.Append("ProtectionKey:  "u8).Decimal((long)area.ProtectionKey, 8).Append("\n"u8);
            WriteFlags(writer, area.Flags);
        }
        Maps.WriteVsyscall(writer);
        WriteBody(writer, new SmapsStatistics(mm.Manager), MmConstants.PageSize, MmConstants.PageSize, eligible: false);
        if (keys)
            writer.Append("ProtectionKey:         0\n"u8);
        WriteFlags(writer, VmFlags.Exec);
    }

    /// <summary>Writes the sum of all areas; nothing for an address space without any.</summary>
    public static void WriteRollup(MemoryDescriptor mm, ProcWriter writer)
    {
        SmapsStatistics statistics = new(mm.Manager);
        ulong start = 0, end = 0;
        foreach ((_, _, VmArea area) in mm.Areas.Iterate())
        {
            if (end == 0)
                start = area.Start;
            end = area.End;
            statistics.Add(area);
        }
        writer.SetWidth(NameColumn);
        writer.Hex(start, 8).Append("-"u8).Hex(end, 8).Append(" ---p 00000000 00:00 0 "u8).Pad().Append("[rollup]\n"u8);
        statistics.Write(writer, rollup: true);
    }

    private static void WriteBody(ProcWriter writer, SmapsStatistics statistics, ulong length, ulong pageSize, bool eligible)
    {
        writer.Kilobytes("Size:           ", length >> 10, 8);
        writer.Kilobytes("KernelPageSize: ", pageSize >> 10, 8);
        writer.Kilobytes("MMUPageSize:    ", pageSize >> 10, 8);
        statistics.Write(writer, rollup: false);
        writer.Append("THPeligible:    "u8).Decimal(eligible ? 1L : 0, 8).Append("\n"u8);
    }

    private static void WriteFlags(ProcWriter writer, VmFlags flags)
    {
        writer.Append("VmFlags: "u8);
        foreach ((VmFlags flag, string name) in FlagNames)
        {
            if ((flags & flag) != 0)
                writer.Append(name).Append(" "u8);
        }
        writer.Append("\n"u8);
    }
}
