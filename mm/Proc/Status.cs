namespace Emu.Mm;

/// <summary>The lines of mm in /proc/PID/status, and /proc/PID/statm. Linux: fs/proc/task_mmu.c (<c>task_mem</c>, <c>task_statm</c>).</summary>
public static class Status
{
    private const int Width = 8;

    /// <summary>Writes VmPeak to HugetlbPages.</summary>
    public static void Write(MemoryDescriptor mm, ProcWriter writer)
    {
        ulong anon = (ulong)mm.Rss[(int)RssKind.Anon], file = (ulong)mm.Rss[(int)RssKind.File], shmem = (ulong)mm.Rss[(int)RssKind.Shmem];
        ulong resident = anon + file + shmem;
        ulong text = (MmConstants.PageAlign(mm.Layout.EndCode) - (mm.Layout.StartCode & MmConstants.PageMask)) >> 10;
        text = Math.Min(text, mm.ExecVm << 2);
        Line(writer, "VmPeak:\t", Math.Max(mm.HighWaterVm, mm.TotalVm));
        Line(writer, "VmSize:\t", mm.TotalVm);
        Line(writer, "VmLck:\t", mm.LockedVm);
        Line(writer, "VmPin:\t", 0);
        Line(writer, "VmHWM:\t", Math.Max((ulong)mm.HighWaterRss, resident));
        Line(writer, "VmRSS:\t", resident);
        Line(writer, "RssAnon:\t", anon);
        Line(writer, "RssFile:\t", file);
        Line(writer, "RssShmem:\t", shmem);
        Line(writer, "VmData:\t", mm.DataVm);
        Line(writer, "VmStk:\t", mm.StackVm);
        writer.Kilobytes("VmExe:\t", text, Width);
        writer.Kilobytes("VmLib:\t", (mm.ExecVm << 2) - text, Width);
        Line(writer, "VmPTE:\t", (ulong)mm.PageTable.TablePages - 1);
        Line(writer, "VmSwap:\t", (ulong)mm.Rss[(int)RssKind.Swap]);
        Line(writer, "HugetlbPages:\t", (ulong)mm.HugetlbPages << MmConstants.HugePageOrder);
    }

    /// <summary>Writes /proc/PID/statm: size, resident, shared, text, lib, data, dirty, in pages.</summary>
    public static void WriteStatm(MemoryDescriptor mm, ProcWriter writer)
    {
        ulong shared = (ulong)(mm.Rss[(int)RssKind.File] + mm.Rss[(int)RssKind.Shmem]);
        ulong text = (MmConstants.PageAlign(mm.Layout.EndCode) - (mm.Layout.StartCode & MmConstants.PageMask)) >> MmConstants.PageShift;
        ReadOnlySpan<ulong> values = [mm.TotalVm, (ulong)mm.ResidentPages, shared, text, 0, mm.DataVm + mm.StackVm, 0];
        for (int i = 0; i < values.Length; i++)
            writer.Decimal(values[i]).Append(i == values.Length - 1 ? "\n"u8 : " "u8);
    }

    private static void Line(ProcWriter writer, string name, ulong pages) => writer.Kilobytes(name, pages << (MmConstants.PageShift - 10), Width);
}
