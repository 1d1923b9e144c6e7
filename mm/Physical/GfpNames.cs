namespace Emu.Mm;

/// <summary>The names of allocation flags in messages. Linux: <c>%pGg</c>, include/trace/events/mmflags.h.</summary>
public static class GfpNames
{
    // Combinations come first: what one names, the single flags do not name again.
    private static readonly (GfpFlags Flags, string Name)[] Table =
    [
        (GfpFlags.TransHuge, "GFP_TRANSHUGE"), (GfpFlags.TransHugeLight, "GFP_TRANSHUGE_LIGHT"),
        (GfpFlags.HighUserMovable, "GFP_HIGHUSER_MOVABLE"), (GfpFlags.User | GfpFlags.HighMem, "GFP_HIGHUSER"), (GfpFlags.User, "GFP_USER"),
        (GfpFlags.KernelAccount, "GFP_KERNEL_ACCOUNT"), (GfpFlags.Kernel, "GFP_KERNEL"), (GfpFlags.Reclaim | GfpFlags.Io, "GFP_NOFS"),
        (GfpFlags.Atomic, "GFP_ATOMIC"), (GfpFlags.Reclaim, "GFP_NOIO"), (GfpFlags.KswapdReclaim | GfpFlags.NoWarn, "GFP_NOWAIT"),
        (GfpFlags.Dma, "GFP_DMA"), (GfpFlags.Dma32, "GFP_DMA32"), (GfpFlags.Reclaim, "__GFP_RECLAIM"), (GfpFlags.HighMem, "__GFP_HIGHMEM"),
        (GfpFlags.Movable, "__GFP_MOVABLE"), (GfpFlags.Reclaimable, "__GFP_RECLAIMABLE"), (GfpFlags.High, "__GFP_HIGH"),
        (GfpFlags.Io, "__GFP_IO"), (GfpFlags.Fs, "__GFP_FS"), (GfpFlags.Zero, "__GFP_ZERO"),
        (GfpFlags.DirectReclaim, "__GFP_DIRECT_RECLAIM"), (GfpFlags.KswapdReclaim, "__GFP_KSWAPD_RECLAIM"), (GfpFlags.Write, "__GFP_WRITE"),
        (GfpFlags.NoWarn, "__GFP_NOWARN"), (GfpFlags.RetryMayFail, "__GFP_RETRY_MAYFAIL"), (GfpFlags.NoFail, "__GFP_NOFAIL"),
        (GfpFlags.NoRetry, "__GFP_NORETRY"), (GfpFlags.MemAlloc, "__GFP_MEMALLOC"), (GfpFlags.Comp, "__GFP_COMP"),
        (GfpFlags.NoMemAlloc, "__GFP_NOMEMALLOC"), (GfpFlags.HardWall, "__GFP_HARDWALL"), (GfpFlags.ThisNode, "__GFP_THISNODE"),
        (GfpFlags.Account, "__GFP_ACCOUNT"),
    ];

    /// <summary>As the kernel prints it: "0xcc0(GFP_KERNEL)".</summary>
    public static string Format(GfpFlags flags)
    {
        List<string> names = [];
        GfpFlags left = flags;
        foreach ((GfpFlags mask, string name) in Table)
        {
            if ((left & mask) != mask)
                continue;
            names.Add(name);
            left &= ~mask;
        }
        if (left != 0)
            names.Add($"0x{(uint)left:x}");
        return $"0x{(uint)flags:x}({(names.Count == 0 ? "none" : string.Join('|', names))})";
    }
}
