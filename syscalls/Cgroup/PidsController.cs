using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How many tasks a group may have. Linux: kernel/cgroup/pids.c.</summary>
internal sealed class PidsController
{
    /// <summary>No limit. Linux: <c>PIDS_MAX</c>.</summary>
    public const long NoLimit = PidMaxLimit + 1;

    private const long PidMaxLimit = 1 << 22;

    /// <summary>pids.max.</summary>
    public long Max { get; set; } = NoLimit;

    /// <summary>pids.peak, as far as forks showed it.</summary>
    public long Peak { get; private set; }

    /// <summary>Forks that this limit or one below it refused: pids.events.</summary>
    public long Refused { get; private set; }

    /// <summary>Forks that were refused to tasks of this very group: pids.events.local.</summary>
    public long RefusedLocal { get; private set; }

    /// <summary>Whether a task of a group may make another. Linux: <c>pids_can_fork</c>.</summary>
    public static bool TryFork(ControlGroup group)
    {
        for (ControlGroup? at = group; at != null; at = at.Parent)
        {
            if ((at.Controllers & CgroupControllers.Pids) == 0 || at.Parent == null)
                continue;
            long tasks = at.TaskCount + 1;
            if (tasks > at.Pids.Max)
            {
                Refuse(group, at);
                return false;
            }
            at.Pids.Peak = Math.Max(at.Pids.Peak, tasks);
        }
        return true;
    }

    /// <summary>Notes that tasks came in from elsewhere.</summary>
    public void NoteCount(long tasks) => Peak = Math.Max(Peak, tasks);

    /// <summary>Reads pids.max. Linux: <c>pids_max_write</c>.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public static int TryParse(string text, out long limit)
    {
        limit = NoLimit;
        if (text == "max")
            return 0;
        return long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out limit) && limit is >= 0 and < NoLimit ? 0 : -Errno.EINVAL;
    }

    // Linux: pids_event
    private static void Refuse(ControlGroup group, ControlGroup over)
    {
        if (group.Pids.RefusedLocal++ == 0)
            group.Groups.Kernel.Memory.Log?.Invoke($"cgroup: fork rejected by pids controller in {group.Path}");
        for (ControlGroup? at = over; at is { Parent: not null }; at = at.Parent)
            at.Pids.Refused++;
    }
}
