using System.Globalization;
using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of /proc about the machine as a whole. Linux: fs/proc/stat.c, uptime.c, loadavg.c, version.c, arch/x86/kernel/cpu/proc.c.</summary>
internal static class ProcMachineText
{
    private const ulong Megahertz = 1000; // an instruction takes a nanosecond

    private static readonly string[] FileSystems = ["sysfs", "tmpfs", "proc", "cgroup2", "devtmpfs", "sockfs", "pipefs", "ramfs", "devpts", "overlay", "mqueue"];

    // The names of the features, in the order of their bits. Linux: arch/x86/include/asm/cpufeatures.h
    private static readonly string[] Leaf1Edx =
    [
        "fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8", "apic", "", "sep", "mtrr", "pge", "mca", "cmov", "pat", "pse36", "pn",
        "clflush", "", "dts", "acpi", "mmx", "fxsr", "sse", "sse2", "ss", "ht", "tm", "ia64", "pbe",
    ];

    private static readonly string[] ExtendedEdx =
    [
        "", "", "", "", "", "", "", "", "", "", "", "syscall", "", "", "", "", "", "", "", "mp", "nx", "", "mmxext", "", "", "fxsr_opt", "pdpe1gb",
        "rdtscp", "", "lm", "3dnowext", "3dnow",
    ];

    private static readonly string[] Leaf1Ecx =
    [
        "pni", "pclmulqdq", "dtes64", "monitor", "ds_cpl", "vmx", "smx", "est", "tm2", "ssse3", "cid", "sdbg", "fma", "cx16", "xtpr", "pdcm", "",
        "pcid", "dca", "sse4_1", "sse4_2", "x2apic", "movbe", "popcnt", "tsc_deadline_timer", "aes", "xsave", "", "avx", "f16c", "rdrand", "hypervisor",
    ];

    private static readonly string[] ExtendedEcx =
    [
        "lahf_lm", "cmp_legacy", "svm", "extapic", "cr8_legacy", "abm", "sse4a", "misalignsse", "3dnowprefetch", "osvw", "ibs", "xop", "skinit", "wdt",
        "", "lwp", "fma4", "tce", "", "nodeid_msr", "", "tbm", "topoext",
    ];

    private static readonly string[] Leaf7Ebx =
    [
        "fsgsbase", "tsc_adjust", "sgx", "bmi1", "hle", "avx2", "", "smep", "bmi2", "erms", "invpcid", "rtm", "cqm", "", "mpx", "rdt_a", "avx512f",
        "avx512dq", "rdseed", "adx", "smap", "avx512ifma", "", "clflushopt", "clwb", "intel_pt", "avx512pf", "avx512er", "avx512cd", "sha_ni",
        "avx512bw", "avx512vl",
    ];

    private static readonly string[] LeafDEax = ["xsaveopt", "xsavec", "xgetbv1", "xsaves"];

    /// <summary>version. Linux: <c>version_proc_show</c>.</summary>
    public static void Version(in PseudoContext context, ProcWriter writer)
    {
        KernelOptions options = context.Kernel.Options;
        writer.Append("Linux version "u8).Append(options.Release).Append(" (emu) "u8).Append(options.Version).Append("\n"u8);
    }

    /// <summary>filesystems. Linux: <c>filesystems_proc_show</c>.</summary>
    public static void FileSystemTypes(in PseudoContext context, ProcWriter writer)
    {
        foreach (string name in FileSystems)
            writer.Append("nodev\t"u8).Append(name).Append("\n"u8);
    }

    /// <summary>uptime. Linux: <c>uptime_proc_show</c>.</summary>
    public static void Uptime(in PseudoContext context, ProcWriter writer)
    {
        ulong up = context.Kernel.Clock.Monotonic, busy = context.Kernel.BusyTime;
        WriteSeconds(writer, up);
        writer.Append(" "u8);
        WriteSeconds(writer, (up * (ulong)context.Kernel.Processors.Length) - Math.Min(busy, up));
        writer.Append("\n"u8);
    }

    /// <summary>loadavg: how many tasks are ready now; the averages are of a machine that has just begun. Linux: <c>loadavg_proc_show</c>.</summary>
    public static void LoadAverage(in PseudoContext context, ProcWriter writer)
    {
        Kernel kernel = context.Kernel;
        long running = kernel.Scheduler.WaitingTasks + 1;
        writer.Append("0.00 0.00 0.00 "u8).Decimal(running).Append("/"u8).Decimal((long)kernel.Pids.TaskCount).Append(" "u8);
        writer.Decimal((long)(kernel.Pids.Processes.Count == 0 ? 0 : kernel.Pids.Processes.Max(static process => process.ProcessId))).Append("\n"u8);
    }

    /// <summary>stat. Linux: <c>show_stat</c>.</summary>
    public static void Stat(in PseudoContext context, ProcWriter writer)
    {
        Kernel kernel = context.Kernel;
        int cpus = kernel.Processors.Length;
        ulong up = kernel.Clock.Monotonic, busy = kernel.BusyTime;
        WriteCpu(writer, "cpu "u8, busy, (up * (ulong)cpus) - Math.Min(busy, up));
        for (int cpu = 0; cpu < cpus; cpu++)
            WriteCpu(writer, System.Text.Encoding.ASCII.GetBytes($"cpu{cpu}"), busy / (ulong)cpus, up - Math.Min(busy / (ulong)cpus, up));
        writer.Append("intr 0\nctxt "u8).Decimal(kernel.Scheduler.Switches).Append("\nbtime "u8);
        writer.Decimal(kernel.Clock.RealtimeOffset / (long)Clock.Second).Append("\nprocesses "u8).Decimal(kernel.Pids.TotalForks);
        writer.Append("\nprocs_running "u8).Decimal((long)kernel.Scheduler.WaitingTasks + 1);
        writer.Append("\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n"u8);
    }

    /// <summary>cpuinfo: what CPUID says. Linux: <c>show_cpuinfo</c>.</summary>
    public static void CpuInfo(in PseudoContext context, ProcWriter writer)
    {
        CpuModel model = context.Kernel.Options.Model;
        uint signature = model.Signature, family = (signature >> 8 & 15) == 15 ? 15 + (signature >> 20 & 0xFF) : signature >> 8 & 15;
        uint number = (signature >> 4 & 15) | (signature >> 12 & 0xF0);
        int cpus = context.Kernel.Processors.Length;
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            writer.Append(CultureInfo.InvariantCulture, $"processor\t: {cpu}\nvendor_id\t: {VendorOf(model)}\ncpu family\t: {family}\nmodel\t\t: {number}\n");
            writer.Append(CultureInfo.InvariantCulture, $"model name\t: {model.Brand}\nstepping\t: {signature & 15}\ncpu MHz\t\t: {Megahertz}.000\n");
            writer.Append(CultureInfo.InvariantCulture, $"physical id\t: 0\nsiblings\t: {cpus}\ncore id\t\t: {cpu}\ncpu cores\t: {cpus}\n");
            writer.Append(CultureInfo.InvariantCulture, $"apicid\t\t: {cpu}\ninitial apicid\t: {cpu}\nfpu\t\t: yes\nfpu_exception\t: yes\n");
            writer.Append(CultureInfo.InvariantCulture, $"cpuid level\t: {model.Cpuid(0, 0).Eax}\nwp\t\t: yes\nflags\t\t:");
            WriteFlags(writer, model);
            writer.Append(CultureInfo.InvariantCulture, $"\nbugs\t\t:\nbogomips\t: {Megahertz * 2}.00\nclflush size\t: 64\ncache_alignment\t: 64\n");
            writer.Append("address sizes\t: 48 bits physical, 48 bits virtual\npower management:\n\n"u8);
        }
    }

    /// <summary>swaps. Linux: <c>swap_show</c>.</summary>
    public static void Swaps(in PseudoContext context, ProcWriter writer)
    {
        writer.Append("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"u8);
        foreach (SwapArea area in context.Kernel.Memory.Swap.Areas)
        {
            writer.Padded(area.Name, Math.Max(40, area.Name.Length + 1)).Append(area.IsFile ? "file\t\t"u8 : "partition\t"u8);
            ulong size = area.Pages << 2, used = area.InUse << 2;
            writer.Decimal(size).Append(size < 10_000_000 ? "\t\t"u8 : "\t"u8).Decimal(used).Append(used < 10_000_000 ? "\t\t"u8 : "\t"u8);
            writer.Decimal((long)area.Priority).Append("\n"u8);
        }
    }

    private static void WriteCpu(ProcWriter writer, ReadOnlySpan<byte> name, ulong busy, ulong idle) =>
        writer.Append(name).Append(" "u8).Decimal(CpuTicks.From(busy)).Append(" 0 0 "u8).Decimal(CpuTicks.From(idle)).Append(" 0 0 0 0 0 0\n"u8);

    private static void WriteSeconds(ProcWriter writer, ulong nanoseconds)
    {
        ulong hundredths = nanoseconds / (Clock.Second / 100);
        writer.Decimal(hundredths / 100).Append("."u8).Append((hundredths % 100).ToString("00", CultureInfo.InvariantCulture));
    }

    private static string VendorOf(CpuModel model)
    {
        CpuidResult zero = model.Cpuid(0, 0);
        Span<byte> name = stackalloc byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(name, zero.Ebx);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(name[4..], zero.Edx);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(name[8..], zero.Ecx);
        return System.Text.Encoding.ASCII.GetString(name);
    }

    private static void WriteFlags(ProcWriter writer, CpuModel model)
    {
        CpuidResult one = model.Cpuid(1, 0), extended = model.Cpuid(0x80000001, 0);
        WriteNames(writer, Leaf1Edx, one.Edx);
        WriteNames(writer, ExtendedEdx, extended.Edx);
        WriteNames(writer, Leaf1Ecx, one.Ecx);
        WriteNames(writer, ExtendedEcx, extended.Ecx);
        WriteNames(writer, Leaf7Ebx, model.Cpuid(7, 0).Ebx);
        WriteNames(writer, LeafDEax, model.Cpuid(0xD, 1).Eax);
    }

    private static void WriteNames(ProcWriter writer, string[] names, uint bits)
    {
        for (int bit = 0; bit < names.Length; bit++)
        {
            if ((bits >> bit & 1) != 0 && names[bit].Length != 0)
                writer.Append(" "u8).Append(names[bit]);
        }
    }

    private static void Append(this ProcWriter writer, CultureInfo culture, FormattableString text) => writer.Append(text.ToString(culture));
}
