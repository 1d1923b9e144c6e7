using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of /proc and /sys that mm prints: one row each.</summary>
internal static class ProcMmTable
{
    /// <summary>Rows of /proc.</summary>
    public static PseudoEntry[] RootEntries { get; } =
    [
        PseudoEntry.File("meminfo", static (in PseudoContext context, ProcWriter writer) => MemInfo.Write(context.Kernel.Memory, writer)),
    ];

    /// <summary>Rows of /proc/PID and /proc/PID/task/TID; they write nothing for a task that has no memory any more.</summary>
    public static PseudoEntry[] TaskEntries { get; } =
    [
        PseudoEntry.File("maps", static (in PseudoContext context, ProcWriter writer) => Of(context.Mm, writer, Maps.Write)),
        PseudoEntry.File("statm", Statm),
    ];

    /// <summary>Rows of /proc/sys/vm.</summary>
    public static PseudoEntry[] SysVmEntries { get; } =
    [
        PseudoEntry.Number("max_map_count", static kernel => (long)kernel.Memory.Sysctl.MaxMapCount,
            static (kernel, value) => kernel.Memory.Sysctl.MaxMapCount = (int)value, 0, int.MaxValue),
        PseudoEntry.Number("mmap_min_addr", static kernel => (long)kernel.Memory.Sysctl.MmapMinAddr),
    ];

    /// <summary>Rows of /sys/kernel/mm.</summary>
    public static PseudoEntry[] KernelMmEntries { get; } = [];

    private static void Of(MemoryDescriptor? mm, ProcWriter writer, Action<MemoryDescriptor, ProcWriter> write)
    {
        if (mm != null)
            write(mm, writer);
    }

    private static void Statm(in PseudoContext context, ProcWriter writer)
    {
        if (context.Mm is { } mm)
            Status.WriteStatm(mm, writer);
        else
            writer.Append("0 0 0 0 0 0 0\n"u8);
    }
}
