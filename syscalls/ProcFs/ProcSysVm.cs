using System.Globalization;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/sys/vm. Linux: Documentation/admin-guide/sysctl/vm.rst. What governs nothing here can be read and not set.</summary>
internal static class ProcSysVm
{
    private const uint WriteOnly = 0x80, OwnerOnly = 0x180;

    /// <summary>The rows.</summary>
    public static PseudoEntry[] Entries { get; } =
    [
        Value("overcommit_memory", static vm => vm.OvercommitMemory, static (vm, value) => vm.OvercommitMemory = (int)value, 0, 2),
        Value("overcommit_ratio", static vm => vm.OvercommitRatio, static (vm, value) => (vm.OvercommitRatio, vm.OvercommitKbytes) = ((int)value, 0), 0, int.MaxValue),
        Value("overcommit_kbytes", static vm => (long)vm.OvercommitKbytes, static (vm, value) => (vm.OvercommitKbytes, vm.OvercommitRatio) = ((ulong)value, 0)),
        Value("user_reserve_kbytes", static vm => (long)vm.UserReserveKbytes, static (vm, value) => vm.UserReserveKbytes = (ulong)value),
        Value("admin_reserve_kbytes", static vm => (long)vm.AdminReserveKbytes, static (vm, value) => vm.AdminReserveKbytes = (ulong)value),
        Value("max_map_count", static vm => vm.MaxMapCount, static (vm, value) => vm.MaxMapCount = (int)value, 0, int.MaxValue),
        Value("mmap_min_addr", static vm => (long)vm.MmapMinAddr, static (vm, value) => vm.MmapMinAddr = (ulong)value),
        Watermarks("min_free_kbytes", static vm => vm.MinFreeKbytes, static (vm, value) => vm.MinFreeKbytes = value, 1, int.MaxValue),
        Watermarks("watermark_scale_factor", static vm => vm.WatermarkScaleFactor, static (vm, value) => vm.WatermarkScaleFactor = (int)value, 1, 3000),
        Value("watermark_boost_factor", static vm => vm.WatermarkBoostFactor, static (vm, value) => vm.WatermarkBoostFactor = (int)value, 0, int.MaxValue),
        PseudoEntry.File("lowmem_reserve_ratio", ShowReserve, StoreReserve),
        Value("page-cluster", static vm => vm.PageCluster, static (vm, value) => vm.PageCluster = (int)value, 0, 31),
        Value("swappiness", static vm => vm.Swappiness, static (vm, value) => vm.Swappiness = (int)value, 0, 200),
        Value("zone_reclaim_mode", static vm => vm.ZoneReclaimMode, static (vm, value) => vm.ZoneReclaimMode = (int)value, 0, int.MaxValue),
        Value("min_unmapped_ratio", static vm => vm.MinUnmappedRatio, static (vm, value) => vm.MinUnmappedRatio = (int)value, 0, 100),
        Value("defrag_mode", static vm => vm.DefragMode ? 1 : 0, static (vm, value) => vm.DefragMode = value != 0, 0, 1),
        Value("compaction_proactiveness", static vm => vm.CompactionProactiveness, static (vm, value) => vm.CompactionProactiveness = (int)value, 0, 100),
        Value("compact_unevictable_allowed", static vm => vm.CompactUnevictableAllowed, static (vm, value) => vm.CompactUnevictableAllowed = (int)value, 0, 1),
        Value("extfrag_threshold", static vm => vm.ExtfragThreshold, static (vm, value) => vm.ExtfragThreshold = (int)value, 0, 1000),
        Value("panic_on_oom", static vm => vm.PanicOnOom, static (vm, value) => vm.PanicOnOom = (int)value, 0, 2),
        Value("oom_kill_allocating_task", static vm => vm.OomKillAllocatingTask ? 1 : 0, static (vm, value) => vm.OomKillAllocatingTask = value != 0, int.MinValue, int.MaxValue),
        Value("oom_dump_tasks", static vm => vm.OomDumpTasks ? 1 : 0, static (vm, value) => vm.OomDumpTasks = value != 0, int.MinValue, int.MaxValue),
        Value("unprivileged_userfaultfd", static vm => vm.UnprivilegedUserfaultfd ? 1 : 0, static (vm, value) => vm.UnprivilegedUserfaultfd = value != 0, 0, 1),
        Value("dirty_ratio", static vm => vm.DirtyRatio, static (vm, value) => (vm.DirtyRatio, vm.DirtyBytes) = ((int)value, 0), 0, 100),
        Value("dirty_bytes", static vm => vm.DirtyBytes, static (vm, value) => (vm.DirtyBytes, vm.DirtyRatio) = (value, 0), 8192),
        Value("dirty_background_ratio", static vm => vm.DirtyBackgroundRatio,
            static (vm, value) => (vm.DirtyBackgroundRatio, vm.DirtyBackgroundBytes) = ((int)value, 0), 0, 100),
        Value("dirty_background_bytes", static vm => vm.DirtyBackgroundBytes,
            static (vm, value) => (vm.DirtyBackgroundBytes, vm.DirtyBackgroundRatio) = (value, 0), 1),
        PseudoEntry.Number("nr_hugepages", static kernel => kernel.Memory.Hugetlb.Total, static (kernel, value) => kernel.Memory.Hugetlb.Resize(value)),
        PseudoEntry.Number("nr_hugepages_mempolicy", static kernel => kernel.Memory.Hugetlb.Total, static (kernel, value) => kernel.Memory.Hugetlb.Resize(value)),
        PseudoEntry.Number("nr_overcommit_hugepages", static kernel => kernel.Memory.Hugetlb.Overcommit,
            static (kernel, value) => kernel.Memory.Hugetlb.Overcommit = value),
        Fixed("hugetlb_optimize_vmemmap", 0),
        Fixed("hugetlb_shm_group", 0),
        PseudoEntry.File("drop_caches", null, StoreDropCaches, WriteOnly),
        PseudoEntry.File("compact_memory", null, StoreCompact, WriteOnly),
        Value("dirty_expire_centisecs", static vm => vm.DirtyExpireCentisecs, static (vm, value) => vm.DirtyExpireCentisecs = (int)value, 0),
        Value("dirty_writeback_centisecs", static vm => vm.DirtyWritebackCentisecs, static (vm, value) => vm.DirtyWritebackCentisecs = (int)value, 0),
        Fixed("dirtytime_expire_seconds", 43200),
        Fixed("laptop_mode", 0),
        Fixed("legacy_va_layout", 0),
        Fixed("memfd_noexec", 0),
        Fixed("min_slab_ratio", 5),
        PseudoEntry.File("mmap_rnd_bits", static (in PseudoContext _, ProcWriter writer) => writer.Append("28\n"u8), OwnerOnly),
        Fixed("numa_stat", 1),
        PseudoEntry.File("numa_zonelist_order", static (in PseudoContext _, ProcWriter writer) => writer.Append("Node\n"u8)),
        Fixed("page_lock_unfairness", 5),
        Fixed("percpu_pagelist_high_fraction", 0),
        Fixed("stat_interval", 1),
        PseudoEntry.File("stat_refresh", static (in PseudoContext _, ProcWriter _) => { }, static (in PseudoContext _, ReadOnlySpan<byte> _) => 0, OwnerOnly),
        Fixed("vfs_cache_pressure", 100),
        Fixed("vfs_cache_pressure_denom", 100),
    ];

    private static PseudoEntry Fixed(string name, long value) => PseudoEntry.Number(name, _ => value);

    private static PseudoEntry Value(string name, Func<MmSysctl, long> get, Action<MmSysctl, long> set, long minimum = 0, long maximum = long.MaxValue) =>
        PseudoEntry.Number(name, kernel => get(kernel.Memory.Sysctl), (kernel, value) => set(kernel.Memory.Sysctl, value), minimum, maximum);

    // What the watermarks follow from. Linux: min_free_kbytes_sysctl_handler
    private static PseudoEntry Watermarks(string name, Func<MmSysctl, long> get, Action<MmSysctl, long> set, long minimum, long maximum) =>
        PseudoEntry.Number(name, kernel => get(kernel.Memory.Sysctl), (kernel, value) =>
        {
            set(kernel.Memory.Sysctl, value);
            kernel.Memory.UpdateWatermarks();
        }, minimum, maximum);

    private static void ShowReserve(in PseudoContext context, ProcWriter writer)
    {
        int[] ratios = context.Kernel.Memory.Sysctl.LowmemReserveRatio;
        for (int zone = 0; zone < ratios.Length; zone++)
            writer.Decimal((long)ratios[zone]).Append(zone == ratios.Length - 1 ? "\n"u8 : "\t"u8);
    }

    // As many numbers as are given. Linux: lowmem_reserve_ratio_sysctl_handler
    private static int StoreReserve(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        int[] ratios = context.Kernel.Memory.Sysctl.LowmemReserveRatio;
        string[] words = System.Text.Encoding.Latin1.GetString(text).Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        int[] values = new int[Math.Min(words.Length, ratios.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            if (!int.TryParse(words[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[i]))
                return -Errno.EINVAL;
        }
        for (int i = 0; i < values.Length; i++)
            ratios[i] = values[i] < 1 ? 0 : values[i];
        context.Kernel.Memory.UpdateWatermarks();
        return 0;
    }

    // Linux: drop_caches_sysctl_handler
    private static int StoreDropCaches(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value) || value < 1)
            return -Errno.EINVAL;
        DropCaches.Drop(context.Kernel.Memory, (int)value);
        return 0;
    }

    // Linux: sysctl_compaction_handler
    private static int StoreCompact(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value) || value != 1)
            return -Errno.EINVAL;
        foreach (Node node in context.Kernel.Memory.Nodes)
            context.Kernel.Memory.Compaction.CompactNode(node);
        return 0;
    }
}
