namespace Emu.Mm;

/// <summary>The tunables of /proc/sys/vm. Linux: Documentation/admin-guide/sysctl/vm.rst.</summary>
public sealed class MmSysctl
{
    /// <summary>How far memory may be promised beyond what there is: 0 guess, 1 always, 2 never. Linux: overcommit_memory.</summary>
    public int OvercommitMemory { get; set; }

    /// <summary>Percent of RAM that counts in mode 2. Linux: overcommit_ratio.</summary>
    public int OvercommitRatio { get; set; } = 50;

    /// <summary>Kilobytes that count in mode 2 in place of the ratio; 0 for the ratio. Linux: overcommit_kbytes.</summary>
    public ulong OvercommitKbytes { get; set; }

    /// <summary>Kilobytes kept for users in mode 2. Linux: user_reserve_kbytes.</summary>
    public ulong UserReserveKbytes { get; set; } = 1 << 17;

    /// <summary>Kilobytes kept for root in mode 2. Linux: admin_reserve_kbytes.</summary>
    public ulong AdminReserveKbytes { get; set; } = 1 << 13;

    /// <summary>VMAs that one address space may have. Linux: max_map_count.</summary>
    public int MaxMapCount { get; set; } = 65530;

    /// <summary>Lowest address that mmap gives to the unprivileged. Linux: mmap_min_addr.</summary>
    public ulong MmapMinAddr { get; set; } = 65536;

    /// <summary>Pages that must stay free below a stack. Linux: the stack_guard_gap parameter.</summary>
    public ulong StackGuardGapPages { get; set; } = 256;

    /// <summary>Bytes around a read fault of a file that are mapped with it if at hand. Linux: fault_around_bytes.</summary>
    public ulong FaultAroundBytes { get; set; } = 65536;

    /// <summary>Kilobytes that are kept free, from which the watermarks follow. Linux: min_free_kbytes.</summary>
    public long MinFreeKbytes { get; set; }

    /// <summary>Distance of the watermarks in 1/10000 of memory. Linux: watermark_scale_factor.</summary>
    public int WatermarkScaleFactor { get; set; } = 10;

    /// <summary>Ratios of the low zones' reserves, by zone type. Linux: lowmem_reserve_ratio.</summary>
    public int[] LowmemReserveRatio { get; } = [256, 256, 32, 0, 0];

    /// <summary>Percent of the memory that can be dirty from which writers are held up. Linux: dirty_ratio.</summary>
    public int DirtyRatio { get; set; } = 20;

    /// <summary>Bytes in its place, or 0. Linux: dirty_bytes.</summary>
    public long DirtyBytes { get; set; }

    /// <summary>Percent from which writing back begins. Linux: dirty_background_ratio.</summary>
    public int DirtyBackgroundRatio { get; set; } = 10;

    /// <summary>Bytes in its place, or 0. Linux: dirty_background_bytes.</summary>
    public long DirtyBackgroundBytes { get; set; }

    /// <summary>Kilobytes read ahead at most. Linux: read_ahead_kb of the backing device.</summary>
    public int ReadAheadKbytes { get; set; } = 128;

    /// <summary>log2 of the slots that are read around a swapped-out page. Linux: page-cluster.</summary>
    public int PageCluster { get; set; } = 3;

    /// <summary>How much the watermarks are raised after mobility groups were mixed, in 1/10000 of the high one. Linux: watermark_boost_factor.</summary>
    public int WatermarkBoostFactor { get; set; } = 15000;

    /// <summary>Whether reclaim and compaction come before mixing mobility groups. Linux: defrag_mode.</summary>
    public bool DefragMode { get; set; }

    /// <summary>Whether a node is reclaimed before others are asked: 1 on, 2 with writing, 4 with swapping. Linux: zone_reclaim_mode.</summary>
    public int ZoneReclaimMode { get; set; }

    /// <summary>Percent of a node's pages that file pages beyond the mapped ones must reach before it is reclaimed for. Linux: min_unmapped_ratio.</summary>
    public int MinUnmappedRatio { get; set; } = 1;

    /// <summary>How eagerly kcompactd compacts ahead of need, 0 to 100. Linux: compaction_proactiveness.</summary>
    public int CompactionProactiveness { get; set; } = 20;

    /// <summary>Whether compaction moves locked pages. Linux: compact_unevictable_allowed.</summary>
    public int CompactUnevictableAllowed { get; set; } = 1;

    /// <summary>What to do when memory ran out: 0 kill a process, 1 stop the machine unless a policy bounds it, 2 stop it. Linux: panic_on_oom.</summary>
    public int PanicOnOom { get; set; }

    /// <summary>Whether the process that asked is killed, not the largest. Linux: oom_kill_allocating_task.</summary>
    public bool OomKillAllocatingTask { get; set; }

    /// <summary>Whether the OOM report lists the processes. Linux: oom_dump_tasks.</summary>
    public bool OomDumpTasks { get; set; } = true;

    /// <summary>Below this fragmentation index, 0 to 1000, a large allocation reclaims and does not compact. Linux: extfrag_threshold.</summary>
    public int ExtfragThreshold { get; set; } = 500;

    /// <summary>Whether any process may serve the kernel's faults on its memory. Linux: unprivileged_userfaultfd.</summary>
    public bool UnprivilegedUserfaultfd { get; set; }

    /// <summary>How readily anonymous pages are reclaimed against file pages, 0 to 200. Linux: swappiness.</summary>
    public int Swappiness { get; set; } = 60;

    /// <summary>Hundredths of a second after which a dirty page is due to be written. /proc/sys/vm/dirty_expire_centisecs.</summary>
    public int DirtyExpireCentisecs { get; set; } = 3000;

    /// <summary>Hundredths of a second between two rounds of the flusher; 0 for none. /proc/sys/vm/dirty_writeback_centisecs.</summary>
    public int DirtyWritebackCentisecs { get; set; } = 500;
}
