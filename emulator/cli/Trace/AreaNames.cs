using Emu.Mm;

namespace Emu.Cli;

/// <summary>Names areas as /proc/PID/maps does. Linux: fs/proc/task_mmu.c (<c>get_vma_name</c>).</summary>
internal static class AreaNames
{
    /// <summary>Adds the raw name of an area; <c>anon</c> where it has none.</summary>
    public static void Append(ByteWriter writer, VmArea area)
    {
        if (area.File is { } file)
            writer.Add(file.MapsPath);
        else if (area.Operations?.Name(area) is { } special)
            writer.Add(special);
        else if (IsHeap(area))
            writer.Add("[heap]"u8);
        else if (IsStack(area))
            writer.Add("[stack]"u8);
        else if (area.AnonName is { } name)
            writer.Add("[anon:"u8).Add(name).Add((byte)']');
        else
            writer.Add("anon"u8);
    }

    /// <summary>Distance of an address from what the name stands for: the start of the file, or of the area.</summary>
    public static ulong OffsetOf(VmArea area, ulong address) =>
        address - area.Start + (area.File == null ? 0 : area.PageOffset << MmConstants.PageShift);

    /// <summary>Adds the rights of an area, as <c>rw-p</c>.</summary>
    public static void AppendRights(ByteWriter writer, VmArea area)
    {
        writer.Add(area.Has(VmFlags.Read) ? (byte)'r' : (byte)'-');
        writer.Add(area.Has(VmFlags.Write) ? (byte)'w' : (byte)'-');
        writer.Add(area.Has(VmFlags.Exec) ? (byte)'x' : (byte)'-');
        writer.Add(area.Has(VmFlags.MayShare) ? (byte)'s' : (byte)'p');
    }

    // Linux: vma_is_initial_heap
    private static bool IsHeap(VmArea area) => area.Start < area.Mm.Layout.Brk && area.End > area.Mm.Layout.StartBrk;

    // Linux: vma_is_initial_stack. Before the program runs there is no stack pointer yet, but its area is known by growing.
    private static bool IsStack(VmArea area)
    {
        ulong start = area.Mm.Layout.StartStack;
        return start == 0 ? area.HasAny(VmFlags.GrowsDown) : area.Start <= start && area.End >= start;
    }
}
