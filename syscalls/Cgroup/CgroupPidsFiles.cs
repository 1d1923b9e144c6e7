using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of the pids controller: one row each. Linux: <c>pids_files</c>.</summary>
internal static class CgroupPidsFiles
{
    /// <summary>The rows of a group; none if it has not the controller, or is the root.</summary>
    public static IEnumerable<PseudoEntry> Entries(ControlGroup group)
    {
        if (group.Parent == null || (group.Controllers & CgroupControllers.Pids) == 0)
            yield break;
        PidsController pids = group.Pids;
        yield return PseudoEntry.File("pids.max", (in PseudoContext _, ProcWriter writer) => ShowMax(pids, writer),
            (in PseudoContext _, ReadOnlySpan<byte> text) => StoreMax(pids, text));
        yield return PseudoEntry.Number("pids.current", _ => group.TaskCount);
        yield return PseudoEntry.Number("pids.peak", _ => Math.Max(pids.Peak, group.TaskCount));
        yield return PseudoEntry.File("pids.events", (in PseudoContext _, ProcWriter writer) => writer.Append("max "u8).Decimal(pids.Refused).Append("\n"u8));
        yield return PseudoEntry.File("pids.events.local", (in PseudoContext _, ProcWriter writer) => writer.Append("max "u8).Decimal(pids.RefusedLocal).Append("\n"u8));
    }

    private static void ShowMax(PidsController pids, ProcWriter writer)
    {
        if (pids.Max == PidsController.NoLimit)
            writer.Append("max\n"u8);
        else
            writer.Decimal(pids.Max).Append("\n"u8);
    }

    private static int StoreMax(PidsController pids, ReadOnlySpan<byte> text)
    {
        int error = PidsController.TryParse(CgroupFiles.Text(text), out long limit);
        if (error == 0)
            pids.Max = limit;
        return error;
    }
}
