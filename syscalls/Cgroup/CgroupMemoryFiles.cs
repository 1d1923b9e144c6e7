using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of the memory controller: one row each. Linux: <c>memory_files</c>, <c>swap_files</c>, in their order.</summary>
internal static class CgroupMemoryFiles
{
    private const uint WriteOnly = 0x80;

    /// <summary>The rows of a group; none if it has not the controller.</summary>
    public static IEnumerable<PseudoEntry> Entries(ControlGroup group)
    {
        if (group.OwnMemory is not { } memory)
            yield break;
        MemoryManager manager = group.Groups.Kernel.Memory;
        if (!memory.IsRoot)
        {
            foreach (PseudoEntry entry in Limited(manager, memory))
                yield return entry;
        }
        yield return Show("memory.stat", writer => MemcgFiles.WriteStat(manager, memory, writer));
        yield return Show("memory.numa_stat", writer => MemcgFiles.WriteNumaStat(manager, memory, writer));
        yield return PseudoEntry.File("memory.reclaim", null, (in PseudoContext _, ReadOnlySpan<byte> text) => StoreReclaim(manager, memory, text), WriteOnly);
        if (memory.IsRoot)
            yield break;
        foreach (PseudoEntry entry in Swap(memory))
            yield return entry;
    }

    private static IEnumerable<PseudoEntry> Limited(MemoryManager manager, MemoryCgroup memory)
    {
        yield return Show("memory.current", writer => MemcgFiles.WritePages(memory.Memory.Usage, writer));
        yield return PseudoEntry.Special("memory.peak", (in PseudoContext _, Inode inode, in OpenRequest request, out OpenFile? file) =>
        {
            file = new PeakFile(inode, new PeakWatch(memory.Memory), request.Flags);
            return 0;
        }, 0x1A4);
        yield return Limit("memory.min", () => memory.Memory.Min, pages => MemoryCgroups.SetMin(memory, pages));
        yield return Limit("memory.low", () => memory.Memory.Low, pages => MemoryCgroups.SetLow(memory, pages));
        yield return Limit("memory.high", () => memory.Memory.High, pages => manager.Memcg.SetHigh(memory, pages));
        yield return Limit("memory.max", () => memory.Memory.Max, pages => manager.Memcg.SetMax(memory, pages));
        yield return Show("memory.events", writer => MemcgFiles.WriteEvents(memory, local: false, writer));
        yield return Show("memory.events.local", writer => MemcgFiles.WriteEvents(memory, local: true, writer));
        yield return PseudoEntry.File("memory.oom.group", (in PseudoContext _, ProcWriter writer) => writer.Append(memory.OomGroup ? "1\n"u8 : "0\n"u8),
            (in PseudoContext _, ReadOnlySpan<byte> text) => StoreOomGroup(memory, text));
    }

    private static IEnumerable<PseudoEntry> Swap(MemoryCgroup memory)
    {
        yield return Show("memory.swap.current", writer => MemcgFiles.WritePages(memory.Swap.Usage, writer));
        yield return Limit("memory.swap.high", () => memory.Swap.High, pages => MemoryCgroups.SetSwapHigh(memory, pages));
        yield return Limit("memory.swap.max", () => memory.Swap.Max, pages => MemoryCgroups.SetSwapMax(memory, pages));
        yield return PseudoEntry.Special("memory.swap.peak", (in PseudoContext _, Inode inode, in OpenRequest request, out OpenFile? file) =>
        {
            file = new PeakFile(inode, new PeakWatch(memory.Swap), request.Flags);
            return 0;
        }, 0x1A4);
        yield return Show("memory.swap.events", writer => MemcgFiles.WriteSwapEvents(memory, writer));
    }

    private static PseudoEntry Show(string name, Action<ProcWriter> show) => PseudoEntry.File(name, (in PseudoContext _, ProcWriter writer) => show(writer));

    private static PseudoEntry Limit(string name, Func<long> get, Action<long> set) => PseudoEntry.File(name,
        (in PseudoContext _, ProcWriter writer) => MemcgFiles.WriteLimit(get(), writer),
        (in PseudoContext _, ReadOnlySpan<byte> text) =>
        {
            int error = MemcgFiles.TryParseLimit(CgroupFiles.Text(text), out long pages);
            if (error == 0)
                set(pages);
            return error;
        });

    // Linux: memory_oom_group_write
    private static int StoreOomGroup(MemoryCgroup memory, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value) || value is not (0 or 1))
            return -Errno.EINVAL;
        memory.OomGroup = value == 1;
        return 0;
    }

    private static int StoreReclaim(MemoryManager manager, MemoryCgroup memory, ReadOnlySpan<byte> text)
    {
        int error = MemcgFiles.TryParseReclaim(CgroupFiles.Text(text), out long pages, out int swappiness);
        return error != 0 ? error : manager.Memcg.Reclaim(memory, pages, swappiness);
    }
}

/// <summary>An open memory.peak: what is written to it resets what this file shows, and no other. Linux: <c>peak_write</c>.</summary>
internal sealed class PeakFile : OpenFile
{
    private readonly PeakWatch _watch;

    /// <summary>A file that was opened.</summary>
    public PeakFile(Inode inode, PeakWatch watch, OpenFlags flags)
        : base(inode, flags) => _watch = watch;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        ProcWriter writer = new();
        MemcgFiles.WritePages(_watch.Peak, writer);
        ReadOnlySpan<byte> text = writer.Text;
        if (iocb.Position >= (ulong)text.Length || to.Count == 0)
            return 0;
        text = text[(int)iocb.Position..];
        int copied = to.CopyTo(text[..(int)Math.Min(text.Length, to.Count)]);
        iocb.Position += (ulong)copied;
        return copied != 0 ? copied : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        long length = from.Count;
        if (length != 0)
            _watch.Reset();
        return length;
    }

    /// <inheritdoc/>
    public override long Seek(Task task, long offset, int whence)
    {
        if (whence != SeekOrigins.Start || offset < 0)
            return -Errno.EINVAL;
        Position = (ulong)offset;
        return offset;
    }

    /// <inheritdoc/>
    protected override void Release() => _watch.Dispose();
}
