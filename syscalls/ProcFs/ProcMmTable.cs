using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of /proc and /sys that mm prints: one row each.</summary>
internal static class ProcMmTable
{
    private const uint OwnerRead = 0x100, OwnerWrite = 0x80;

    /// <summary>Rows of /proc.</summary>
    public static PseudoEntry[] RootEntries { get; } =
    [
        PseudoEntry.File("meminfo", static (in PseudoContext context, ProcWriter writer) => MemInfo.Write(context.Kernel.Memory, writer)),
        PseudoEntry.File("vmstat", static (in PseudoContext context, ProcWriter writer) => VmStatText.Write(context.Kernel.Memory, writer)),
        PseudoEntry.File("zoneinfo", static (in PseudoContext context, ProcWriter writer) => ZoneInfo.Write(context.Kernel.Memory, writer)),
        PseudoEntry.File("buddyinfo", static (in PseudoContext context, ProcWriter writer) => BuddyInfo.Write(context.Kernel.Memory, writer)),
        PseudoEntry.File("pagetypeinfo", static (in PseudoContext context, ProcWriter writer) => BuddyInfo.WriteTypes(context.Kernel.Memory, writer), OwnerRead),
        PseudoEntry.File("iomem", static (in PseudoContext context, ProcWriter writer) =>
            IoMem.Write(context.Kernel.Memory, context.Reader!.Credentials.Can(Capability.SysAdmin), writer)),
        KernelPagesFile.Row("kpagecount", static (kernel, pfn) => KernelPages.CountOf(kernel.Memory, pfn)),
        KernelPagesFile.Row("kpageflags", static (kernel, pfn) => KernelPages.FlagsOf(kernel.Memory, pfn)),
        KernelPagesFile.Row("kpagecgroup", KernelPagesFile.GroupOf),
    ];

    /// <summary>Rows of /proc/PID and /proc/PID/task/TID; they write nothing for a task that has no memory any more.</summary>
    public static PseudoEntry[] TaskEntries { get; } =
    [
        PseudoEntry.File("maps", static (in PseudoContext context, ProcWriter writer) => Of(context.Mm, writer, Maps.Write)),
        PseudoEntry.File("statm", Statm),
        PseudoEntry.File("smaps", static (in PseudoContext context, ProcWriter writer) => Of(context.Mm, writer, static (mm, writer) => Smaps.Write(mm, writer))),
        PseudoEntry.File("smaps_rollup", static (in PseudoContext context, ProcWriter writer) => Of(context.Mm, writer, Smaps.WriteRollup)),
        PseudoEntry.Special("pagemap", PagemapFile.Open, OwnerRead) with { NeedsTrace = true },
        PseudoEntry.Special("mem", ProcMemFile.Open, OwnerRead | OwnerWrite) with { NeedsTrace = true },
        PseudoEntry.File("clear_refs", null, StoreClearRefs, OwnerWrite),
    ];

    /// <summary>Rows of /sys/kernel/mm.</summary>
    public static PseudoEntry[] KernelMmEntries { get; } = [SysHugepages.Directory, SysKsm.Directory, SysTransparentHuge.Directory];

    private static void Of(MemoryDescriptor? mm, ProcWriter writer, Action<MemoryDescriptor, ProcWriter> write)
    {
        if (mm != null)
            write(mm, writer);
    }

    // Linux: clear_refs_write
    private static int StoreClearRefs(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value) || value is < (long)ClearRefs.All or > (long)ClearRefs.HighWaterRss)
            return -Errno.EINVAL;
        context.Mm?.Clear((ClearRefs)value);
        return 0;
    }

    private static void Statm(in PseudoContext context, ProcWriter writer)
    {
        if (context.Mm is { } mm)
            Status.WriteStatm(mm, writer);
        else
            writer.Append("0 0 0 0 0 0 0\n"u8);
    }
}
