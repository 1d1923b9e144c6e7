using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/sys/kernel/mm/transparent_hugepage. Linux: mm/huge_memory.c, mm/khugepaged.c (<c>khugepaged_attr</c>).</summary>
/// <remarks>Of the sizes there is the one of a PMD; files and shmem have none, and saying that they shall is refused.</remarks>
internal static class SysTransparentHuge
{
    private const int Inherit = 1, ShmemNever = 3, ShmemDeny = 4;

    /// <summary>The directory.</summary>
    public static PseudoEntry Directory { get; } = PseudoEntry.Directory("transparent_hugepage",
    [
        Choice("enabled", ["always", "madvise", "never"], static thp => (int)thp.Enabled, static (thp, mode) => thp.Enabled = (ThpMode)mode),
        Choice("defrag", ["always", "defer", "defer+madvise", "madvise", "never"], static thp => (int)thp.Defrag,
            static (thp, mode) => thp.Defrag = (ThpDefrag)mode),
        Flag("use_zero_page", static thp => thp.UseZeroPage, static (thp, value) => thp.UseZeroPage = value),
        SysAttribute.Read("hpage_pmd_size", static _ => (long)MmConstants.PmdSize),
        SysAttribute.Choice("shmem_enabled", ["always", "within_size", "advise", "never", "deny", "force"], static _ => ShmemNever,
            static (_, mode) => mode is ShmemNever or ShmemDeny ? 0 : -Errno.EINVAL),
        SysAttribute.Read("shrink_underused", static _ => 0),
        PseudoEntry.Directory("khugepaged",
        [
            Flag("defrag", static thp => thp.KhugepagedDefrag, static (thp, value) => thp.KhugepagedDefrag = value),
            Limit("max_ptes_none", static thp => thp.MaxPtesNone, static (thp, value) => thp.MaxPtesNone = value),
            Limit("max_ptes_swap", static thp => thp.MaxPtesSwap, static (thp, value) => thp.MaxPtesSwap = value),
            Limit("max_ptes_shared", static thp => thp.MaxPtesShared, static (thp, value) => thp.MaxPtesShared = value),
            SysAttribute.Number("pages_to_scan", static kernel => kernel.Memory.Thp.PagesToScan, SetPagesToScan),
            SysAttribute.Read("pages_collapsed", static kernel => kernel.Memory.Thp.PagesCollapsed),
            SysAttribute.Read("full_scans", static kernel => kernel.Memory.Thp.FullScans),
            Sleep("scan_sleep_millisecs", static thp => thp.ScanSleepMilliseconds, static (thp, value) => thp.ScanSleepMilliseconds = value),
            Sleep("alloc_sleep_millisecs", static thp => thp.AllocSleepMilliseconds, static (thp, value) => thp.AllocSleepMilliseconds = value),
        ]),
        PseudoEntry.Directory("hugepages-2048kB",
        [
            SysAttribute.Choice("enabled", ["always", "inherit", "madvise", "never"], static _ => Inherit, static (_, mode) => mode == Inherit ? 0 : -Errno.EINVAL),
            PseudoEntry.Directory("stats",
            [
                Event("anon_fault_alloc", VmEvent.ThpFaultAlloc),
                Event("anon_fault_fallback", VmEvent.ThpFaultFallback),
                Event("anon_fault_fallback_charge", VmEvent.ThpFaultFallbackCharge),
                Event("split", VmEvent.ThpSplitPage),
                Event("split_failed", VmEvent.ThpSplitPageFailed),
                Event("split_deferred", VmEvent.ThpDeferredSplitPage),
                Event("swpout", VmEvent.ThpSwpout),
                Event("swpout_fallback", VmEvent.ThpSwpoutFallback),
            ]),
        ]),
    ]);

    private static PseudoEntry Event(string name, VmEvent counter) => SysAttribute.Read(name, kernel => kernel.Memory.Events[(int)counter]);

    private static PseudoEntry Choice(string name, string[] words, Func<ThpSettings, int> get, Action<ThpSettings, int> set) =>
        SysAttribute.Choice(name, words, kernel => get(kernel.Memory.Thp), (kernel, mode) =>
        {
            Set(kernel, mode, set);
            kernel.Memory.Khugepaged.Thread?.Wake();
            return 0;
        });

    // Linux: single_hugepage_flag_store
    private static PseudoEntry Flag(string name, Func<ThpSettings, bool> get, Action<ThpSettings, bool> set) =>
        SysAttribute.Number(name, kernel => get(kernel.Memory.Thp) ? 1 : 0,
            (kernel, value) => value > 1 ? -Errno.EINVAL : Set(kernel, value == 1, set), ulong.MaxValue, Errno.ERANGE);

    private static PseudoEntry Limit(string name, Func<ThpSettings, int> get, Action<ThpSettings, int> set) =>
        SysAttribute.Number(name, kernel => get(kernel.Memory.Thp),
            (kernel, value) => value >= MmConstants.HugePagePages ? -Errno.EINVAL : Set(kernel, (int)value, set), ulong.MaxValue);

    // A new time ends the sleep that is under way. Linux: __sleep_millisecs_store
    private static PseudoEntry Sleep(string name, Func<ThpSettings, long> get, Action<ThpSettings, uint> set) =>
        SysAttribute.Number(name, kernel => get(kernel.Memory.Thp), (kernel, value) =>
        {
            Set(kernel, (uint)value, set);
            kernel.Memory.Khugepaged.Thread?.Wake();
            return 0;
        });

    private static int SetPagesToScan(Kernel kernel, ulong value) =>
        value == 0 ? -Errno.EINVAL : Set(kernel, (uint)value, static (thp, pages) => thp.PagesToScan = pages);

    private static int Set<T>(Kernel kernel, T value, Action<ThpSettings, T> set)
    {
        set(kernel.Memory.Thp, value);
        return 0;
    }
}
