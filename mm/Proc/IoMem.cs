namespace Emu.Mm;

/// <summary>/proc/iomem: where RAM lies. Linux: kernel/resource.c (<c>iomem_resource</c>).</summary>
public static class IoMem
{
    /// <summary>Writes a line for each range.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="privileged">Whether the reader may know addresses (CAP_SYS_ADMIN); others see zeros.</param>
    /// <param name="writer">Takes the text.</param>
    public static void Write(MemoryManager manager, bool privileged, ProcWriter writer)
    {
        ulong low = (ulong)MemoryLayout.ReservedLowPages << MmConstants.PageShift;
        Line(writer, 0, low, "Reserved", privileged);
        ulong start = low, end = low;
        foreach (MemoryRange range in Ranges(manager))
        {
            ulong from = (ulong)range.StartPfn << MmConstants.PageShift, to = (ulong)range.EndPfn << MmConstants.PageShift;
            if (from > end)
            {
                Line(writer, start, end, "System RAM", privileged);
                start = from;
            }
            end = to;
        }
        Line(writer, start, end, "System RAM", privileged);
    }

    // What is one piece of RAM may be parted between zones and nodes.
    private static IEnumerable<MemoryRange> Ranges(MemoryManager manager) =>
        manager.Nodes.SelectMany(static node => node.Zones).SelectMany(static zone => zone.PresentRanges).OrderBy(static range => range.StartPfn);

    private static void Line(ProcWriter writer, ulong start, ulong end, string name, bool privileged)
    {
        if (start >= end)
            return;
        writer.Hex(privileged ? start : 0, 8).Append("-"u8).Hex(privileged ? end - 1 : 0, 8).Append(" : "u8).Append(name).Append("\n"u8);
    }
}
