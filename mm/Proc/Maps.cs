namespace Emu.Mm;

/// <summary>/proc/PID/maps. Linux: fs/proc/task_mmu.c (<c>show_map_vma</c>); proc_pid_maps(5).</summary>
public static class Maps
{
    /// <summary>Address of the page that every process sees at the end of the address space. Linux: <c>VSYSCALL_ADDR</c>.</summary>
    public const ulong VsyscallAddress = 0xFFFFFFFFFF600000;

    private const int NameColumn = 72;

    /// <summary>Writes a line for each area.</summary>
    public static void Write(MemoryDescriptor mm, ProcWriter writer)
    {
        foreach ((_, _, VmArea area) in mm.Areas.Iterate())
            WriteArea(area, writer);
        WriteVsyscall(writer);
    }

    /// <summary>Writes the line of the page that every process sees. Linux: <c>gate_vma</c>.</summary>
    internal static void WriteVsyscall(ProcWriter writer)
    {
        writer.SetWidth(NameColumn);
        writer.Hex(VsyscallAddress).Append("-"u8).Hex(VsyscallAddress + MmConstants.PageSize).Append(" --xp 00000000 00:00 0 "u8);
        writer.Pad().Append("[vsyscall]\n"u8);
    }

    /// <summary>Writes the line of one area.</summary>
    public static void WriteArea(VmArea area, ProcWriter writer)
    {
        writer.SetWidth(NameColumn);
        VmFile? file = area.File;
        (uint major, uint minor) = file?.Device ?? (0, 0);
        writer.Hex(area.Start, 8).Append("-"u8).Hex(area.End, 8).Append(" "u8);
        writer.Append(
        [
            area.Has(VmFlags.Read) ? (byte)'r' : (byte)'-', area.Has(VmFlags.Write) ? (byte)'w' : (byte)'-',
            area.Has(VmFlags.Exec) ? (byte)'x' : (byte)'-', area.Has(VmFlags.MayShare) ? (byte)'s' : (byte)'p', (byte)' ',
        ]);
        writer.Hex(file == null ? 0 : area.PageOffset << MmConstants.PageShift, 8).Append(" "u8);
        writer.Hex(major, 2).Append(":"u8).Hex(minor, 2).Append(" "u8).Decimal(file?.InodeNumber ?? 0).Append(" "u8);
        WriteName(area, writer);
        writer.Append("\n"u8);
    }

    /// <summary>Name of what is mapped without a file: "[heap]" and the like, or null.</summary>
    public static string? SpecialName(VmArea area)
    {
        if (area.Operations?.Name(area) is { } name)
            return name;
        if (area.File != null)
            return null;
        MmLayout layout = area.Mm.Layout;
        if (area.Start < layout.Brk && area.End > layout.StartBrk)
            return "[heap]";
        if (area.Start <= layout.StartStack && area.End >= layout.StartStack)
            return "[stack]";
        return area.AnonName is { } anonName ? $"[anon:{anonName}]" : null;
    }

    private static void WriteName(VmArea area, ProcWriter writer)
    {
        if (area.File is { } file && area.Operations?.Name(area) == null)
        {
            writer.Pad();
            if (area.AnonName != null && area.File is ShmemFile)
                writer.Append($"[anon_shmem:{area.AnonName}]");
            else
                writer.Escaped(file.MapsPath, "\n"u8);
        }
        else if (SpecialName(area) is { } name)
        {
            writer.Pad().Append(name);
        }
    }
}
