namespace Emu.Mm;

/// <summary>The files memory.* of a cgroup, as the kernel prints and reads them. Linux: mm/memcontrol.c (<c>memory_files</c>, <c>swap_files</c>).</summary>
/// <remarks>Values are bytes; what is written is cut to whole pages.</remarks>
public static class MemcgFiles
{
    // In the order of memory.stat. Linux: memory_stats
    private static readonly (string Name, NodeStat Stat)[] Stats =
    [
        ("anon", NodeStat.AnonMapped), ("file", NodeStat.FilePages), ("kernel", Kernel), ("kernel_stack", NodeStat.KernelStack),
        ("pagetables", NodeStat.PageTable), ("sec_pagetables", NodeStat.SecPageTablePages), ("percpu", Zero), ("sock", Zero), ("vmalloc", Zero),
        ("shmem", NodeStat.Shmem), ("zswap", Zero), ("zswapped", Zero), ("file_mapped", NodeStat.FileMapped), ("file_dirty", NodeStat.FileDirty),
        ("file_writeback", NodeStat.Writeback), ("swapcached", NodeStat.Swapcached), ("anon_thp", NodeStat.AnonHuge),
        ("file_thp", NodeStat.FileHugepages), ("shmem_thp", NodeStat.ShmemHugepages), ("inactive_anon", NodeStat.InactiveAnon),
        ("active_anon", NodeStat.ActiveAnon), ("inactive_file", NodeStat.InactiveFile), ("active_file", NodeStat.ActiveFile),
        ("unevictable", NodeStat.Unevictable), ("slab_reclaimable", NodeStat.SlabReclaimable), ("slab_unreclaimable", NodeStat.SlabUnreclaimable),
        ("slab", NodeStat.SlabReclaimable), ("hugetlb", NodeStat.Hugetlb), ("workingset_refault_anon", NodeStat.WorkingsetRefaultAnon),
        ("workingset_refault_file", NodeStat.WorkingsetRefaultFile), ("workingset_activate_anon", NodeStat.WorkingsetActivateAnon),
        ("workingset_activate_file", NodeStat.WorkingsetActivateFile), ("workingset_restore_anon", NodeStat.WorkingsetRestoreAnon),
        ("workingset_restore_file", NodeStat.WorkingsetRestoreFile), ("workingset_nodereclaim", NodeStat.WorkingsetNodereclaim),
        ("pgdemote_kswapd", NodeStat.DemoteKswapd), ("pgdemote_direct", NodeStat.DemoteDirect), ("pgdemote_khugepaged", NodeStat.DemoteKhugepaged),
        ("pgdemote_proactive", NodeStat.DemoteProactive), ("pgpromote_success", NodeStat.PromoteSuccess),
    ];

    // Linux: memcg_vm_event_stat
    private static readonly VmEvent[] Events =
    [
        VmEvent.SwapIn, VmEvent.SwapOut, VmEvent.ScanKswapd, VmEvent.ScanDirect, VmEvent.ScanKhugepaged, VmEvent.ScanProactive,
        VmEvent.StealKswapd, VmEvent.StealDirect, VmEvent.StealKhugepaged, VmEvent.StealProactive, VmEvent.Fault, VmEvent.MajorFault,
        VmEvent.Refill, VmEvent.Activate, VmEvent.Deactivate, VmEvent.LazyFree, VmEvent.LazyFreed, VmEvent.SwpinZero, VmEvent.SwpoutZero,
        VmEvent.Zswpin, VmEvent.Zswpout, VmEvent.Zswpwb, VmEvent.ThpFaultAlloc, VmEvent.ThpCollapseAlloc, VmEvent.ThpSwpout,
        VmEvent.ThpSwpoutFallback, VmEvent.NumaPagesMigrated, VmEvent.NumaPteUpdates, VmEvent.NumaHintFaults,
    ];

    // Rows that no node counts.
    private const NodeStat Kernel = (NodeStat)(-1), Zero = (NodeStat)(-2);

    /// <summary>memory.stat. Linux: <c>memcg_stat_format</c>.</summary>
    public static void WriteStat(MemoryManager manager, MemoryCgroup group, ProcWriter writer)
    {
        foreach ((string name, NodeStat stat) in Stats)
            Line(writer, name, ValueOf(manager, group, stat));
        Line(writer, "pgscan", Sum(group, VmEvent.ScanKswapd, VmEvent.ScanProactive));
        Line(writer, "pgsteal", Sum(group, VmEvent.StealKswapd, VmEvent.StealProactive));
        foreach (VmEvent item in Events)
            Line(writer, VmStatNames.Event[(int)item], group.EventCount(item));
    }

    /// <summary>memory.numa_stat. Linux: <c>memory_numa_stat_show</c>.</summary>
    public static void WriteNumaStat(MemoryManager manager, MemoryCgroup group, ProcWriter writer)
    {
        foreach ((string name, NodeStat stat) in Stats)
        {
            if (stat < 0 || name == "slab")
                continue;
            writer.Append(name);
            foreach (Node node in manager.Nodes)
                writer.Append($" N{node.Id}=").Decimal(group.Stat(stat, node.Id) * UnitOf(stat));
            writer.Append("\n"u8);
        }
    }

    /// <summary>memory.events. Linux: <c>memory_events_show</c>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="local">Whether what happened in groups below is left out: memory.events.local.</param>
    /// <param name="writer">Takes the text.</param>
    public static void WriteEvents(MemoryCgroup group, bool local, ProcWriter writer)
    {
        ReadOnlySpan<string> names = ["low", "high", "max", "oom", "oom_kill", "oom_group_kill"];
        long[] counts = local ? group.LocalEvents : group.Events;
        for (int i = 0; i < names.Length; i++)
            Line(writer, names[i], counts[i]);
    }

    /// <summary>memory.swap.events. Linux: <c>swap_events_show</c>.</summary>
    public static void WriteSwapEvents(MemoryCgroup group, ProcWriter writer)
    {
        ReadOnlySpan<string> names = ["high", "max", "fail"];
        for (int i = 0; i < names.Length; i++)
            Line(writer, names[i], group.Events[(int)MemcgEvent.SwapHigh + i]);
    }

    /// <summary>A limit: "max" or bytes. Linux: <c>seq_puts_memcg_tunable</c>.</summary>
    public static void WriteLimit(long pages, ProcWriter writer)
    {
        if (pages == PageCounter.NoLimit)
            writer.Append("max\n"u8);
        else
            WritePages(pages, writer);
    }

    /// <summary>A number of pages in bytes.</summary>
    public static void WritePages(long pages, ProcWriter writer) => writer.Decimal(pages << MmConstants.PageShift).Append("\n"u8);

    /// <summary>Reads a limit. Linux: <c>page_counter_memparse</c>.</summary>
    /// <param name="text">What was written, without white space at the ends.</param>
    /// <param name="pages">The limit.</param>
    /// <returns>0 or -EINVAL.</returns>
    public static int TryParseLimit(string text, out long pages)
    {
        pages = PageCounter.NoLimit;
        if (text == "max")
            return 0;
        if (!TryParseBytes(text, out ulong bytes, out int end) || end != text.Length)
            return -Errno.EINVAL;
        pages = (long)Math.Min(bytes >> MmConstants.PageShift, PageCounter.NoLimit);
        return 0;
    }

    /// <summary>Reads what memory.reclaim is asked for: "1G", "1G swappiness=60", "1G swappiness=max". Linux: <c>user_proactive_reclaim</c>.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public static int TryParseReclaim(string text, out long pages, out int swappiness)
    {
        swappiness = -1;
        pages = 0;
        string[] words = text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || TryParseLimit(words[0], out pages) != 0 || words[0] == "max")
            return -Errno.EINVAL;
        foreach (string word in words.AsSpan(1))
        {
            if (word == "swappiness=max")
                swappiness = ScanControl.AnonOnly;
            else if (!word.StartsWith("swappiness=", StringComparison.Ordinal) || !int.TryParse(word.AsSpan(11), out swappiness) || swappiness is < 0 or > 200)
                return -Errno.EINVAL;
        }
        return 0;
    }

    /// <summary>Reads a number with a suffix K, M, G, T, P or E. Linux: <c>memparse</c>.</summary>
    /// <param name="text">Decimal, octal with a leading 0 or hexadecimal with 0x.</param>
    /// <param name="bytes">The number.</param>
    /// <param name="end">Where it ends in the text.</param>
    /// <returns>Whether there is a digit at all.</returns>
    public static bool TryParseBytes(string text, out ulong bytes, out int end)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length > 2 && char.IsAsciiHexDigit(text[2]);
        uint radix = hex ? 16u : text.StartsWith('0') ? 8u : 10u;
        end = hex ? 2 : 0;
        int start = end;
        bytes = 0;
        for (; end < text.Length && char.IsAsciiHexDigit(text[end]); end++)
        {
            uint digit = Convert.ToUInt32(text[end].ToString(), 16);
            if (digit >= radix)
                break;
            bytes = (bytes * radix) + digit;
        }
        if (end == start)
            return false;
        int unit = end < text.Length ? "KMGTPE".IndexOf(char.ToUpperInvariant(text[end])) : -1;
        if (unit < 0)
            return true;
        bytes <<= 10 * (unit + 1);
        end++;
        return true;
    }

    // Bytes, but for what is counted in events. Linux: memcg_page_state_output
    private static long ValueOf(MemoryManager manager, MemoryCgroup group, NodeStat stat)
    {
        if (stat == Zero)
            return 0;
        if (stat != Kernel)
            return group.Stat(stat) * UnitOf(stat);
        return (group.IsRoot ? manager.Stat(NodeStat.PageTable) : group.KernelPagesBelow()) << MmConstants.PageShift;
    }

    // Linux: memcg_page_state_output_unit
    private static long UnitOf(NodeStat stat) => stat switch
    {
        NodeStat.KernelStack => 1024,
        NodeStat.AnonHuge or NodeStat.ShmemHugepages or NodeStat.FileHugepages => (long)MmConstants.PmdSize,
        >= NodeStat.WorkingsetNodes and <= NodeStat.WorkingsetNodereclaim => 1,
        >= NodeStat.PromoteSuccess and <= NodeStat.DemoteProactive => 1,
        _ => (long)MmConstants.PageSize,
    };

    private static long Sum(MemoryCgroup group, VmEvent first, VmEvent last)
    {
        long sum = 0;
        for (VmEvent item = first; item <= last; item++)
            sum += group.EventCount(item);
        return sum;
    }

    private static void Line(ProcWriter writer, string name, long value) => writer.Append(name).Append(" "u8).Decimal(value).Append("\n"u8);
}
