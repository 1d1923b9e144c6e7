using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/sys/devices/system: the CPUs and the memory nodes. Linux: drivers/base/cpu.c, node.c.</summary>
internal static class SysDevices
{
    private static readonly PseudoEntry[] CpuEntries =
    [
        PseudoEntry.File("online", static (in PseudoContext _, ProcWriter writer) => writer.Append("1\n"u8)),
        PseudoEntry.Directory("topology",
        [
            PseudoEntry.File("core_id", static (in PseudoContext context, ProcWriter writer) => writer.Decimal((long)context.Index).Append("\n"u8)),
            PseudoEntry.File("physical_package_id", static (in PseudoContext _, ProcWriter writer) => writer.Append("0\n"u8)),
            PseudoEntry.File("thread_siblings_list", static (in PseudoContext context, ProcWriter writer) => writer.Decimal((long)context.Index).Append("\n"u8)),
            PseudoEntry.File("core_siblings_list", Cpus),
        ]),
    ];

    /// <summary>The rows of /sys/devices/system.</summary>
    public static PseudoEntry[] Entries { get; } =
    [
        PseudoEntry.Directory("cpu", static (PseudoFileSystem fs, in PseudoContext context) => new NumberedDirectory(fs, context, "cpu"u8.ToArray(),
            static kernel => kernel.Processors.Length, CpuEntries,
            [
                PseudoEntry.File("online", Cpus),
                PseudoEntry.File("possible", Cpus),
                PseudoEntry.File("present", Cpus),
                PseudoEntry.File("offline", static (in PseudoContext _, ProcWriter writer) => writer.Append("\n"u8)),
                PseudoEntry.File("kernel_max", static (in PseudoContext context, ProcWriter writer) => writer.Decimal((long)context.Kernel.Processors.Length - 1).Append("\n"u8)),
            ])),
        PseudoEntry.Directory("node", static (PseudoFileSystem fs, in PseudoContext context) => new NumberedDirectory(fs, context, "node"u8.ToArray(),
            static kernel => kernel.Memory.Nodes.Count, SysMmTable.NodeEntries,
            [
                PseudoEntry.File("online", Nodes),
                PseudoEntry.File("possible", Nodes),
                PseudoEntry.File("has_memory", Nodes),
                PseudoEntry.File("has_normal_memory", Nodes),
                PseudoEntry.File("has_cpu", static (in PseudoContext _, ProcWriter writer) => writer.Append("0\n"u8)),
            ])),
    ];

    private static void Cpus(in PseudoContext context, ProcWriter writer)
    {
        ProcTaskStatus.WriteRanges(writer, context.Kernel.Processors.Length, static _ => true);
        writer.Append("\n"u8);
    }

    private static void Nodes(in PseudoContext context, ProcWriter writer)
    {
        ProcTaskStatus.WriteRanges(writer, context.Kernel.Memory.Nodes.Count, static _ => true);
        writer.Append("\n"u8);
    }
}

/// <summary>A table, and directories that are numbered: cpu0, cpu1; node0. The number is the context's index.</summary>
internal sealed class NumberedDirectory : TableDirectory
{
    private readonly byte[] _prefix;
    private readonly Func<Kernel, int> _count;
    private readonly PseudoEntry[] _each;

    /// <summary>The directory.</summary>
    /// <param name="fileSystem">Where it is.</param>
    /// <param name="context">What it speaks of.</param>
    /// <param name="prefix">What stands before the number.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="each">The rows of each.</param>
    /// <param name="own">The rows beside them.</param>
    public NumberedDirectory(PseudoFileSystem fileSystem, in PseudoContext context, byte[] prefix, Func<Kernel, int> count, PseudoEntry[] each,
        PseudoEntry[] own)
        : base(fileSystem, context, 0x1ED, own)
    {
        _prefix = prefix;
        _count = count;
        _each = each;
    }

    /// <inheritdoc/>
    protected override uint LinkCount => base.LinkCount + (uint)_count(Context.Kernel);

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        if (!name.StartsWith(_prefix) || !TryParse(name[_prefix.Length..], out int number) || number >= _count(Context.Kernel))
            return base.Lookup(task, name, out inode);
        inode = new TableDirectory(Pseudo, Context with { Index = number }, 0x1ED, _each);
        return 0;
    }

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (!ListTable(file, ref to))
            return 0;
        int first = TableLength + 2, count = _count(Context.Kernel);
        for (int number = (int)file.Position - first; number < count; number++)
        {
            byte[] name = [.. _prefix, .. System.Text.Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture))];
            if (!to.Emit(name, Number + (ulong)(first + number), ModeBits.ToEntryType(ModeBits.Directory), first + number))
                return 0;
            file.Position = (ulong)(first + number + 1);
        }
        return 0;
    }
}

/// <summary>The files of /sys that mm prints for each memory node: one row each.</summary>
internal static class SysMmTable
{
    /// <summary>Rows of /sys/devices/system/node/nodeN; the node is the context's index.</summary>
    public static PseudoEntry[] NodeEntries { get; } =
    [
        PseudoEntry.File("meminfo", static (in PseudoContext context, ProcWriter writer) => NodeFiles.WriteMemInfo(context.Kernel.Memory, NodeOf(context), writer)),
        PseudoEntry.File("numastat", static (in PseudoContext context, ProcWriter writer) => NodeFiles.WriteNumaStat(NodeOf(context), writer)),
        PseudoEntry.File("vmstat", static (in PseudoContext context, ProcWriter writer) => NodeFiles.WriteVmStat(NodeOf(context), writer)),
        PseudoEntry.File("distance", static (in PseudoContext context, ProcWriter writer) => NodeFiles.WriteDistance(context.Kernel.Memory, NodeOf(context), writer)),
        PseudoEntry.File("cpulist", static (in PseudoContext context, ProcWriter writer) => WriteCpus(context, writer, isMask: false)),
        PseudoEntry.File("cpumap", static (in PseudoContext context, ProcWriter writer) => WriteCpus(context, writer, isMask: true)),
        PseudoEntry.File("compact", null, Compact, 0x80),
    ];

    private static Node NodeOf(in PseudoContext context) => context.Kernel.Memory.Nodes[context.Index];

    // Linux: cpumap_show, cpulist_show
    private static void WriteCpus(in PseudoContext context, ProcWriter writer, bool isMask)
    {
        MemoryManager memory = context.Kernel.Memory;
        int node = context.Index, count = context.Kernel.Processors.Length;
        if (!isMask)
            ProcTaskStatus.WriteRanges(writer, count, cpu => memory.Allocator.NodeOfCpu(cpu) == node);
        ulong mask = 0;
        for (int cpu = 0; cpu < count; cpu++)
            mask |= memory.Allocator.NodeOfCpu(cpu) == node ? 1UL << cpu : 0;
        if (isMask)
            writer.Hex(mask, (count + 3) / 4);
        writer.Append("\n"u8);
    }

    // Linux: compact_store
    private static int Compact(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        context.Kernel.Memory.Compaction.CompactNode(NodeOf(context));
        return 0;
    }
}
