using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The tunables of /proc/sys: one row each. Linux: kernel/sysctl.c; Documentation/admin-guide/sysctl.</summary>
internal static class ProcSysTable
{
    /// <summary>The rows of /proc/sys.</summary>
    public static PseudoEntry[] Entries { get; } =
    [
        PseudoEntry.Directory("fs",
        [
            PseudoEntry.File("file-nr", static (in PseudoContext context, ProcWriter writer) =>
                writer.Decimal((long)context.Kernel.Vfs.OpenFileCount).Append("\t0\t"u8).Decimal(long.MaxValue).Append("\n"u8)),
            PseudoEntry.Number("file-max", static _ => long.MaxValue),
            PseudoEntry.Number("nr_open", static kernel => (long)kernel.Vfs.Sysctl.MaxOpenFiles,
                static (kernel, value) => kernel.Vfs.Sysctl.MaxOpenFiles = (ulong)value, 64, int.MaxValue - 63),
            PseudoEntry.Number("pipe-max-size", static kernel => kernel.Vfs.Sysctl.PipeMaxSize,
                static (kernel, value) => kernel.Vfs.Sysctl.PipeMaxSize = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value), 4096, int.MaxValue),
            PseudoEntry.Number("protected_symlinks", static kernel => kernel.Vfs.Sysctl.ProtectedSymlinks ? 1 : 0,
                static (kernel, value) => kernel.Vfs.Sysctl.ProtectedSymlinks = value != 0, 0, 1),
            PseudoEntry.Number("protected_hardlinks", static kernel => kernel.Vfs.Sysctl.ProtectedHardlinks ? 1 : 0,
                static (kernel, value) => kernel.Vfs.Sysctl.ProtectedHardlinks = value != 0, 0, 1),
            PseudoEntry.Number("overflowuid", static _ => 65534),
            PseudoEntry.Number("overflowgid", static _ => 65534),
        ]),
        PseudoEntry.Directory("kernel",
        [
            Text("ostype", static _ => "Linux"),
            Text("osrelease", static kernel => kernel.Options.Release),
            Text("version", static kernel => kernel.Options.Version),
            Text("hostname", static kernel => kernel.HostName, static (kernel, name) => kernel.HostName = name),
            Text("domainname", static kernel => kernel.DomainName, static (kernel, name) => kernel.DomainName = name),
            PseudoEntry.Number("cap_last_cap", static _ => (long)Capability.Last),
            PseudoEntry.Number("ngroups_max", static _ => 65536),
            PseudoEntry.Number("overflowuid", static _ => 65534),
            PseudoEntry.Number("overflowgid", static _ => 65534),
            PseudoEntry.Number("pid_max", static kernel => kernel.Pids.Maximum),
            PseudoEntry.Number("threads-max", static kernel => kernel.Pids.Limit),
            PseudoEntry.Number("randomize_va_space", static _ => 0),
            PseudoEntry.Number("tainted", static _ => 0),
            .. ProcSysvIpc.SysKernelEntries,
            PseudoEntry.Number("numa_balancing", static kernel => kernel.Memory.NumaBalancing.Enabled ? 1 : 0,
                static (kernel, value) => kernel.Memory.NumaBalancing.Enabled = value != 0, 0, 1),
            PseudoEntry.Directory("random",
            [
                Text("boot_id", static kernel => kernel.BootId.ToString()),
                Text("uuid", static kernel => kernel.Random.NextGuid().ToString()),
                PseudoEntry.Number("entropy_avail", static _ => 256),
                PseudoEntry.Number("poolsize", static _ => 256),
            ]),
        ]),
        PseudoEntry.Directory("vm", ProcSysVm.Entries),
    ];

    private static PseudoEntry Text(string name, Func<Kernel, string> get, Action<Kernel, string>? set = null)
    {
        void Show(in PseudoContext context, ProcWriter writer) => writer.Append(get(context.Kernel)).Append("\n"u8);
        int Store(in PseudoContext context, ReadOnlySpan<byte> text)
        {
            const int MaxLength = 64;
            text = PseudoText.Trim(text);
            set!(context.Kernel, System.Text.Encoding.Latin1.GetString(text[..Math.Min(text.Length, MaxLength)]));
            return 0;
        }
        return set == null ? PseudoEntry.File(name, Show) : PseudoEntry.File(name, Show, Store);
    }
}
