namespace Emu.Mm;

/// <summary>/proc/meminfo. Linux: fs/proc/meminfo.c; proc_meminfo(5).</summary>
public static class MemInfo
{
    private const int Width = 8;

    /// <summary>Writes the whole file.</summary>
    public static void Write(MemoryManager manager, ProcWriter writer)
    {
        long free = manager.FreePages, filePages = manager.Stat(NodeStat.FilePages), shmem = manager.Stat(NodeStat.Shmem);
        long activeAnon = manager.Stat(NodeStat.ActiveAnon), inactiveAnon = manager.Stat(NodeStat.InactiveAnon);
        long activeFile = manager.Stat(NodeStat.ActiveFile), inactiveFile = manager.Stat(NodeStat.InactiveFile);
        Line(writer, "MemTotal:       ", (long)manager.TotalRamPages);
        Line(writer, "MemFree:        ", free);
        Line(writer, "MemAvailable:   ", Available(manager, free, activeFile + inactiveFile));
        Line(writer, "Buffers:        ", 0);
        Line(writer, "Cached:         ", filePages - manager.Swap.CachedPages);
        Line(writer, "SwapCached:     ", manager.Swap.CachedPages);
        Line(writer, "Active:         ", activeAnon + activeFile);
        Line(writer, "Inactive:       ", inactiveAnon + inactiveFile);
        Line(writer, "Active(anon):   ", activeAnon);
        Line(writer, "Inactive(anon): ", inactiveAnon);
        Line(writer, "Active(file):   ", activeFile);
        Line(writer, "Inactive(file): ", inactiveFile);
        Line(writer, "Unevictable:    ", manager.Stat(NodeStat.Unevictable));
        Line(writer, "Mlocked:        ", manager.Stat(ZoneStat.Mlock));
        Line(writer, "SwapTotal:      ", (long)manager.Swap.TotalPages);
        Line(writer, "SwapFree:       ", (long)manager.Swap.FreePages);
        Line(writer, "Dirty:          ", manager.Stat(NodeStat.FileDirty));
        Line(writer, "Writeback:      ", manager.Stat(NodeStat.Writeback));
        Line(writer, "AnonPages:      ", manager.Stat(NodeStat.AnonMapped));
        Line(writer, "Mapped:         ", manager.Stat(NodeStat.FileMapped));
        Line(writer, "Shmem:          ", shmem);
        WriteKernel(manager, writer);
    }

    private static void WriteKernel(MemoryManager manager, ProcWriter writer)
    {
        Line(writer, "KReclaimable:   ", 0);
        Line(writer, "Slab:           ", 0);
        Line(writer, "SReclaimable:   ", 0);
        Line(writer, "SUnreclaim:     ", 0);
        Line(writer, "KernelStack:    ", 0);
        Line(writer, "PageTables:     ", manager.Stat(NodeStat.PageTable));
        Line(writer, "SecPageTables:  ", 0);
        Line(writer, "NFS_Unstable:   ", 0);
        Line(writer, "Bounce:         ", 0);
        Line(writer, "WritebackTmp:   ", 0);
        Line(writer, "CommitLimit:    ", (long)manager.CommitLimit());
        Line(writer, "Committed_AS:   ", manager.CommittedPages);
        writer.Kilobytes("VmallocTotal:   ", 34359738367, Width);
        Line(writer, "VmallocUsed:    ", 0);
        Line(writer, "VmallocChunk:   ", 0);
        Line(writer, "Percpu:         ", 0);
        Line(writer, "AnonHugePages:  ", manager.Stat(NodeStat.AnonHuge) << MmConstants.HugePageOrder);
        Line(writer, "ShmemHugePages: ", 0);
        Line(writer, "ShmemPmdMapped: ", 0);
        Line(writer, "FileHugePages:  ", 0);
        Line(writer, "FilePmdMapped:  ", 0);
        Line(writer, "CmaTotal:       ", manager.CmaAreas.Sum(static area => (long)area.Pages));
        Line(writer, "CmaFree:        ", manager.Nodes.Sum(static node => node.Zones.Sum(static zone => zone.Buddy.FreeCmaPages)));
        Line(writer, "Balloon:        ", 0);
        HugetlbPool pool = manager.Hugetlb;
        writer.Append("HugePages_Total:   "u8).Decimal(pool.Total, 5).Append("\nHugePages_Free:    "u8).Decimal(pool.Free, 5);
        writer.Append("\nHugePages_Rsvd:    "u8).Decimal(pool.Reserved, 5).Append("\nHugePages_Surp:    "u8).Decimal(pool.Surplus, 5);
        writer.Append("\nHugepagesize:       2048 kB\n"u8);
        Line(writer, "Hugetlb:        ", pool.Total << MmConstants.HugePageOrder);
        // The kernel's own map of RAM: whole pages of 2 MiB, and what is left.
        ulong ram = manager.Memory.Layout.Bytes;
        writer.Kilobytes("DirectMap4k:    ", (ram & ~MmConstants.PmdMask) >> 10, Width);
        writer.Kilobytes("DirectMap2M:    ", (ram & MmConstants.PmdMask) >> 10, Width);
    }

    // What could be had without swapping. Linux: si_mem_available
    private static long Available(MemoryManager manager, long free, long pageCache)
    {
        long low = manager.Nodes.Sum(static node => node.Zones.Sum(static zone => zone.Watermarks[(int)Watermark.Low]));
        long reserve = manager.Nodes.Sum(static node => node.Zones.Sum(static zone =>
            zone.Watermarks[(int)Watermark.High] + zone.LowmemReserve.Max()));
        return Math.Max(0, free - reserve + pageCache - Math.Min(pageCache / 2, low));
    }

    private static void Line(ProcWriter writer, string name, long pages) =>
        writer.Kilobytes(name, (ulong)pages << (MmConstants.PageShift - 10), Width);
}
