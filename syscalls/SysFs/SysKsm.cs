using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/sys/kernel/mm/ksm. Linux: mm/ksm.c (<c>ksm_attrs</c>).</summary>
/// <remarks>There is no advisor: pages_to_scan is what was written to it, and no other mode can be chosen.</remarks>
internal static class SysKsm
{
    /// <summary>The directory.</summary>
    public static PseudoEntry Directory { get; } = PseudoEntry.Directory("ksm",
    [
        SysAttribute.Number("sleep_millisecs", static kernel => kernel.Memory.Ksm.Settings.SleepMilliseconds, SetSleep),
        Set("pages_to_scan", static settings => settings.PagesToScan, static (settings, value) => settings.PagesToScan = value),
        SysAttribute.Number("run", static kernel => (long)kernel.Memory.Ksm.Settings.Run, SetRun),
        Get("pages_scanned", static settings => settings.PagesScanned),
        Get("pages_shared", static settings => settings.PagesShared),
        Get("pages_sharing", static settings => settings.PagesSharing),
        Get("pages_unshared", static settings => settings.PagesUnshared),
        Get("pages_volatile", static settings => settings.PagesVolatile),
        Get("pages_skipped", static settings => settings.PagesSkipped),
        Get("ksm_zero_pages", static settings => settings.ZeroPages),
        Get("full_scans", static settings => settings.FullScans),
        SysAttribute.Number("merge_across_nodes", static kernel => kernel.Memory.Ksm.Settings.MergeAcrossNodes ? 1 : 0, SetAcross, ulong.MaxValue, Errno.ERANGE),
        SysAttribute.Number("max_page_sharing", static kernel => kernel.Memory.Ksm.Settings.MaxPageSharing,
            static (kernel, value) => kernel.Memory.Ksm.SetMaxPageSharing((int)value), int.MaxValue, Errno.ERANGE),
        Get("stable_node_chains", static settings => settings.StableNodeChains),
        Get("stable_node_dups", static settings => settings.StableNodeDups),
        Set("stable_node_chains_prune_millisecs", static settings => settings.ChainsPruneMilliseconds,
            static (settings, value) => settings.ChainsPruneMilliseconds = value),
        SysAttribute.Bool("use_zero_pages", static kernel => kernel.Memory.Ksm.Settings.UseZeroPages,
            static (kernel, value) => kernel.Memory.Ksm.Settings.UseZeroPages = value),
        Get("general_profit", static settings => settings.GeneralProfit),
        SysAttribute.Bool("smart_scan", static kernel => kernel.Memory.Ksm.Settings.SmartScan,
            static (kernel, value) => kernel.Memory.Ksm.Settings.SmartScan = value),
        SysAttribute.Choice("advisor_mode", ["none", "scan-time"], static _ => 0, static (_, mode) => mode == 0 ? 0 : -Errno.EINVAL),
        Get("advisor_max_cpu", static _ => 70),
        Get("advisor_min_pages_to_scan", static _ => 500),
        Get("advisor_max_pages_to_scan", static _ => 30000),
        Get("advisor_target_scan_time", static _ => 200),
    ]);

    private static PseudoEntry Get(string name, Func<KsmSettings, long> get) => SysAttribute.Read(name, kernel => get(kernel.Memory.Ksm.Settings));

    private static PseudoEntry Set(string name, Func<KsmSettings, long> get, Action<KsmSettings, uint> set) =>
        SysAttribute.Number(name, kernel => get(kernel.Memory.Ksm.Settings), (kernel, value) =>
        {
            set(kernel.Memory.Ksm.Settings, (uint)value);
            return 0;
        });

    private static int SetRun(Kernel kernel, ulong value) =>
        value > (ulong)KsmRun.Unmerge ? -Errno.EINVAL : kernel.Memory.Ksm.SetRun((KsmRun)value);

    // It takes effect in the sleep that is under way. Linux: sleep_millisecs_store
    private static int SetSleep(Kernel kernel, ulong value)
    {
        kernel.Memory.Ksm.Settings.SleepMilliseconds = (uint)value;
        kernel.Memory.Ksm.Thread?.Wake();
        return 0;
    }

    private static int SetAcross(Kernel kernel, ulong value) => value > 1 ? -Errno.EINVAL : kernel.Memory.Ksm.SetMergeAcrossNodes(value == 1);
}
