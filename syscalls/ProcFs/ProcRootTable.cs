using System.Globalization;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of /proc that speak of the whole machine: one row each. Linux: fs/proc.</summary>
internal static class ProcRootTable
{
    /// <summary>The rows.</summary>
    public static PseudoEntry[] Entries { get; } =
    [
        PseudoEntry.Link("self", static (in PseudoContext context) => Number(context.Reader!.ProcessId)),
        PseudoEntry.Link("thread-self", static (in PseudoContext context) => [.. Number(context.Reader!.ProcessId), .. "/task/"u8, .. Number(context.Reader.ThreadId)]),
        PseudoEntry.Link("mounts", static (in PseudoContext _) => "self/mounts"u8.ToArray()),
        PseudoEntry.Directory("sys", ProcSysTable.Entries),
        PseudoEntry.Directory("sysvipc", ProcSysvIpc.Entries),
        PseudoEntry.File("cmdline", static (in PseudoContext _, ProcWriter writer) => writer.Append("\n"u8)),
        PseudoEntry.File("cpuinfo", ProcMachineText.CpuInfo),
        PseudoEntry.File("filesystems", ProcMachineText.FileSystemTypes),
        PseudoEntry.File("loadavg", ProcMachineText.LoadAverage),
        PseudoEntry.File("locks", ProcLocks.Write),
        PseudoEntry.File("stat", ProcMachineText.Stat),
        PseudoEntry.File("swaps", ProcMachineText.Swaps),
        PseudoEntry.File("uptime", ProcMachineText.Uptime),
        PseudoEntry.File("version", ProcMachineText.Version),
        PseudoEntry.File("cgroups", ShowCgroups),
        .. ProcMmTable.RootEntries,
    ];

    // Linux: proc_cgroupstats_show
    private static void ShowCgroups(in PseudoContext context, ProcWriter writer)
    {
        ControlGroup root = context.Kernel.ControlGroups.Root;
        writer.Append("#subsys_name\thierarchy\tnum_cgroups\tenabled\n"u8);
        foreach (string name in (ReadOnlySpan<string>)["memory", "pids"])
            writer.Append(name).Append("\t0\t"u8).Decimal((long)root.Descendants + 1).Append("\t1\n"u8);
    }

    private static byte[] Number(int number) => System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
