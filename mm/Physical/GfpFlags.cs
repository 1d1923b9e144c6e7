namespace Emu.Mm;

/// <summary>How a frame may be got and what it is for. Linux: include/linux/gfp_types.h.</summary>
[Flags]
public enum GfpFlags : uint
{
    /// <summary>No wish.</summary>
    None = 0,

    /// <summary>From ZONE_DMA.</summary>
    Dma = 1u << 0,

    /// <summary>Zone modifier of the kernel's highmem; on x86-64 only half of <see cref="MovableMask"/>'s meaning.</summary>
    HighMem = 1u << 1,

    /// <summary>From ZONE_DMA32 or below.</summary>
    Dma32 = 1u << 2,

    /// <summary>The page can be moved by migration; with <see cref="HighMem"/> it may come from ZONE_MOVABLE.</summary>
    Movable = 1u << 3,

    /// <summary>The page can be given back by a shrinker.</summary>
    Reclaimable = 1u << 4,

    /// <summary>May dip into the reserve (min watermark halved).</summary>
    High = 1u << 5,

    /// <summary>May start disk I/O.</summary>
    Io = 1u << 6,

    /// <summary>May call into the file system.</summary>
    Fs = 1u << 7,

    /// <summary>The page is zeroed.</summary>
    Zero = 1u << 8,

    /// <summary>The caller may sleep in reclaim.</summary>
    DirectReclaim = 1u << 10,

    /// <summary>kswapd is woken when the low watermark is reached.</summary>
    KswapdReclaim = 1u << 11,

    /// <summary>The caller will dirty the page: spread by dirty limits.</summary>
    Write = 1u << 12,

    /// <summary>No warning on failure.</summary>
    NoWarn = 1u << 13,

    /// <summary>Try hard, but fail rather than invoke the OOM killer.</summary>
    RetryMayFail = 1u << 14,

    /// <summary>Never fail.</summary>
    NoFail = 1u << 15,

    /// <summary>Fail rather than try hard.</summary>
    NoRetry = 1u << 16,

    /// <summary>Use all reserves.</summary>
    MemAlloc = 1u << 17,

    /// <summary>A compound page.</summary>
    Comp = 1u << 18,

    /// <summary>Never use reserves.</summary>
    NoMemAlloc = 1u << 19,

    /// <summary>Only the memory of the task's own cpuset.</summary>
    HardWall = 1u << 20,

    /// <summary>Only the named node.</summary>
    ThisNode = 1u << 21,

    /// <summary>Charged to the memory cgroup of the caller.</summary>
    Account = 1u << 22,

    /// <summary>Both ways of reclaim.</summary>
    Reclaim = DirectReclaim | KswapdReclaim,

    /// <summary>An ordinary allocation of the kernel's own. Linux: <c>GFP_KERNEL</c>.</summary>
    Kernel = Reclaim | Io | Fs,

    /// <summary>The same, charged to the caller's cgroup. Linux: <c>GFP_KERNEL_ACCOUNT</c>.</summary>
    KernelAccount = Kernel | Account,

    /// <summary>Must not sleep. Linux: <c>GFP_ATOMIC</c>.</summary>
    Atomic = High | KswapdReclaim,

    /// <summary>For user space. Linux: <c>GFP_USER</c>.</summary>
    User = Reclaim | Io | Fs | HardWall,

    /// <summary>For user space, movable. Linux: <c>GFP_HIGHUSER_MOVABLE</c>.</summary>
    HighUserMovable = User | HighMem | Movable,

    /// <summary>A huge page without direct reclaim. Linux: <c>GFP_TRANSHUGE_LIGHT</c>.</summary>
    TransHugeLight = (HighUserMovable | Comp | NoMemAlloc | NoWarn) & ~Reclaim,

    /// <summary>A huge page with direct reclaim. Linux: <c>GFP_TRANSHUGE</c>.</summary>
    TransHuge = TransHugeLight | DirectReclaim,

    /// <summary>The bits that choose the migrate type. Linux: <c>GFP_MOVABLE_MASK</c>.</summary>
    MovableMask = Reclaimable | Movable,
}

/// <summary>Rules that flow from <see cref="GfpFlags"/>.</summary>
public static class Gfp
{
    /// <summary>The highest zone that may serve. Linux: <c>gfp_zone</c>.</summary>
    public static ZoneType Zone(GfpFlags gfp) => (gfp & (GfpFlags.Dma | GfpFlags.Dma32)) switch
    {
        GfpFlags.Dma => ZoneType.Dma,
        GfpFlags.Dma32 => ZoneType.Dma32,
        _ => (gfp & (GfpFlags.Movable | GfpFlags.HighMem)) == (GfpFlags.Movable | GfpFlags.HighMem)
            ? ZoneType.Movable
            : ZoneType.Normal,
    };

    /// <summary>The free lists to take from. Linux: <c>gfp_migratetype</c>.</summary>
    public static MigrateType MigrateType(GfpFlags gfp)
    {
        if ((gfp & GfpFlags.Movable) != 0)
            return Mm.MigrateType.Movable;
        return (gfp & GfpFlags.Reclaimable) != 0 ? Mm.MigrateType.Reclaimable : Mm.MigrateType.Unmovable;
    }
}
