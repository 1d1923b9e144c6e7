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

    /// <summary>Kilobytes read ahead at most. Linux: read_ahead_kb of the backing device.</summary>
    public int ReadAheadKbytes { get; set; } = 128;

    /// <summary>log2 of the slots that are read around a swapped-out page. Linux: page-cluster.</summary>
    public int PageCluster { get; set; } = 3;

    /// <summary>How readily anonymous pages are reclaimed against file pages, 0 to 200. Linux: swappiness.</summary>
    public int Swappiness { get; set; } = 60;
}
