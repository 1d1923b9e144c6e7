using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/oom_score, oom_score_adj and oom_adj. Linux: fs/proc/base.c.</summary>
internal static class ProcOom
{
    // The scale of the old file. Linux: OOM_DISABLE, OOM_ADJUST_MAX
    private const int OldDisable = -17, OldMaximum = 15;

    /// <summary>The rows.</summary>
    public static PseudoEntry[] Entries { get; } =
    [
        PseudoEntry.File("oom_score", ShowScore),
        PseudoEntry.File("oom_adj", ShowOld, StoreOld),
        PseudoEntry.File("oom_score_adj", static (in PseudoContext context, ProcWriter writer) => Line(writer, context.Task.Group.OomScoreAdjust), StoreAdjust),
    ];

    private static void ShowScore(in PseudoContext context, ProcWriter writer)
    {
        Task task = context.Task;
        Line(writer, context.Mm == null ? 0 : context.Kernel.Memory.Oom.Score(OomPort.Describe(task.Group, task)));
    }

    // Linux: oom_adj_read
    private static void ShowOld(in PseudoContext context, ProcWriter writer)
    {
        int adjust = context.Task.Group.OomScoreAdjust;
        Line(writer, adjust == OomKiller.ScoreAdjustMax ? OldMaximum : adjust * -OldDisable / OomKiller.ScoreAdjustMax);
    }

    // Linux: oom_adj_write
    private static int StoreOld(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value) || value is < OldDisable or > OldMaximum)
            return -Errno.EINVAL;
        int adjust = value == OldMaximum ? OomKiller.ScoreAdjustMax : (int)value * OomKiller.ScoreAdjustMax / -OldDisable;
        // Whoever may not lower the score may not lower it this way; the minimum of all time does not matter here.
        if (adjust < context.Task.Group.OomScoreAdjust && !context.Reader!.Credentials.Can(Capability.SysResource))
            return -Errno.EACCES;
        return Set(context, adjust, isOld: true);
    }

    // Linux: oom_score_adj_write
    private static int StoreAdjust(in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value) || value is < OomKiller.ScoreAdjustMin or > OomKiller.ScoreAdjustMax)
            return -Errno.EINVAL;
        return Set(context, (int)value, isOld: false);
    }

    // Linux: __set_oom_adj
    private static int Set(in PseudoContext context, int adjust, bool isOld)
    {
        ThreadGroup group = context.Task.Group;
        bool privileged = context.Reader!.Credentials.Can(Capability.SysResource);
        if (!isOld && adjust < group.OomScoreAdjustMin && !privileged)
            return -Errno.EACCES;
        group.OomScoreAdjust = adjust;
        if (!isOld && privileged)
            group.OomScoreAdjustMin = adjust;
        // Processes that share the memory share the fate.
        if (context.Mm is not { Users: > 1 } mm)
            return 0;
        foreach (ThreadGroup other in context.Kernel.Pids.Processes)
        {
            if (other == group || other.Leader.Mm != mm || other.Leader.VforkParent != null)
                continue;
            other.OomScoreAdjust = adjust;
            if (!isOld && privileged)
                other.OomScoreAdjustMin = adjust;
        }
        return 0;
    }

    private static void Line(ProcWriter writer, long value) => writer.Decimal(value).Append("\n"u8);
}
