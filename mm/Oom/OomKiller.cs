namespace Emu.Mm;

/// <summary>Ends the process that frees the most when nothing else does. Linux: mm/oom_kill.c.</summary>
/// <remarks>
/// Linux's oom_reaper takes the victim's memory away if it does not die within two seconds. Here it does so at once, since whoever
/// waits for the memory cannot sleep inside mm. A victim that has not left yet is waited for: an allocation fails meanwhile, a fault is
/// tried again after the victim had its turn. Lock: the kernel lock.
/// </remarks>
public sealed class OomKiller
{
    /// <summary>oom_score_adj of a process that is never chosen. Linux: <c>OOM_SCORE_ADJ_MIN</c>.</summary>
    public const int ScoreAdjustMin = -1000;

    /// <summary>The highest oom_score_adj. Linux: <c>OOM_SCORE_ADJ_MAX</c>.</summary>
    public const int ScoreAdjustMax = 1000;

    private readonly MemoryManager _manager;

    internal OomKiller(MemoryManager manager) => _manager = manager;

    /// <summary>Who knows the processes; null where there are none, and running out is an error alone.</summary>
    public IOomPort? Port { get; set; }

    /// <summary>Whether a victim has not left yet, and its memory is still to come.</summary>
    /// <param name="group">The group that ran out; null for the machine.</param>
    internal bool IsPending(MemoryCgroup? group) => Port?.Processes().Any(process =>
        process.Mm.IsOomVictim && (group == null || process.Mm.MemoryCgroup.IsDescendantOf(group))) ?? false;

    /// <summary>Memory ran out. Linux: <c>out_of_memory</c>.</summary>
    /// <returns>Whether memory was or will be set free.</returns>
    internal bool OutOfMemory(in OomControl control)
    {
        if (Port is not { } port)
            return false;
        OomProcess? current = port.Current;
        if (current != null && (current.IsExiting || current.Mm.IsOomVictim))
        {
            current.Mm.IsOomVictim = true;
            return true;
        }
        if ((control.Gfp & GfpFlags.Fs) == 0 && control.Group == null)
            return true; // reclaim may have been kept from what it could do
        string message = control.Group == null ? "Out of memory" : "Memory cgroup out of memory";
        if (control.Group == null && _manager.Sysctl.PanicOnOom == 2)
            PanicOnOom(control, port);
        if (control.Group == null && _manager.Sysctl.OomKillAllocatingTask && current is { IsUnkillable: false } && current.ScoreAdjust != ScoreAdjustMin)
        {
            KillProcess(control, port, current, "Out of memory (oom_kill_allocating_task)");
            return true;
        }
        OomProcess? victim = Select(control, port, out bool pending);
        if (pending)
            return true;
        if (victim == null)
            NothingToKill(control, port);
        else
            KillProcess(control, port, victim, message);
        return victim != null;
    }

    /// <summary>How much a process stands in the way, in pages. Linux: <c>oom_badness</c>.</summary>
    /// <param name="process">The process.</param>
    /// <param name="totalPages">What memory there is: oom_score_adj counts in thousandths of it.</param>
    /// <returns><see cref="long.MinValue"/> for a process that must not be chosen.</returns>
    public static long Badness(OomProcess process, long totalPages)
    {
        if (process.IsUnkillable || process.ScoreAdjust == ScoreAdjustMin || process.IsInVfork)
            return long.MinValue;
        MemoryDescriptor mm = process.Mm;
        return mm.ResidentPages + mm.Rss[(int)RssKind.Swap] + mm.PageTable.TablePages - 1 + (process.ScoreAdjust * (totalPages / 1000));
    }

    /// <summary>/proc/PID/oom_score. Linux: <c>proc_oom_score</c>.</summary>
    public long Score(OomProcess process)
    {
        long total = (long)(_manager.TotalRamPages + _manager.Swap.TotalPages), badness = Badness(process, total);
        return badness == long.MinValue ? 0 : (1000 + (badness * 1000 / total)) * 2 / 3;
    }

    /// <summary>Pages that count as all there is. Linux: <c>constrained_alloc</c>.</summary>
    private long TotalPages(in OomControl control)
    {
        if (control.Group is { } group)
        {
            long max = group.Memory.Max;
            return Math.Max(max + Math.Min(group.Swap.Max, (long)_manager.Swap.TotalPages), 1);
        }
        long ram = (long)_manager.TotalRamPages;
        if (!control.Nodes.IsEmpty)
        {
            NodeMask nodes = control.Nodes;
            ram = (long)_manager.Nodes.Where(node => nodes.Contains(node.Id)).Aggregate(0UL, static (sum, node) => sum + node.ManagedPages);
        }
        return ram + (long)_manager.Swap.TotalPages;
    }

    // Linux: select_bad_process, oom_evaluate_task
    private OomProcess? Select(in OomControl control, IOomPort port, out bool pending)
    {
        long total = TotalPages(control), most = long.MinValue;
        OomProcess? chosen = null;
        pending = false;
        foreach (OomProcess process in port.Processes())
        {
            if (process.IsUnkillable || (control.Group != null && !process.Mm.MemoryCgroup.IsDescendantOf(control.Group)))
                continue;
            if (process.Mm.IsOomVictim)
            {
                pending = true; // one at a time
                return null;
            }
            long points = process.IsOrigin ? long.MaxValue : Badness(process, total);
            if (points == long.MinValue || points < most)
                continue;
            most = points;
            chosen = process;
        }
        return chosen;
    }

    private void NothingToKill(in OomControl control, IOomPort port)
    {
        new OomReport(_manager, port).WriteHeader(control, null);
        _manager.Print("Out of memory and no killable processes...");
        if (control.Group == null)
            port.Panic("System is deadlocked on memory");
    }

    private void PanicOnOom(in OomControl control, IOomPort port)
    {
        new OomReport(_manager, port).WriteHeader(control, null);
        port.Panic("Out of memory: compulsory panic_on_oom is enabled");
    }

    // Linux: oom_kill_process
    private void KillProcess(in OomControl control, IOomPort port, OomProcess victim, string message)
    {
        if (victim.IsExiting)
        {
            victim.Mm.IsOomVictim = true;
            ReapUnlessRunning(port, victim);
            return;
        }
        new OomReport(_manager, port).WriteHeader(control, victim);
        MemoryCgroup? group = GroupToKill(victim, control.Group);
        Kill(port, victim, message);
        if (group == null)
            return;
        group.Note(MemcgEvent.OomGroupKill);
        _manager.Print($"Tasks in {group.Path} are going to be killed due to memory.oom.group set");
        foreach (OomProcess process in port.Processes().ToList())
        {
            if (process.Mm.MemoryCgroup.IsDescendantOf(group) && process.ScoreAdjust != ScoreAdjustMin && !process.IsUnkillable &&
                !process.Mm.IsOomVictim)
            {
                Kill(port, process, "Memory cgroup out of memory (oom.group)");
            }
        }
    }

    // The highest group with memory.oom.group between the victim and the one that ran out. Linux: mem_cgroup_get_oom_group
    private MemoryCgroup? GroupToKill(OomProcess victim, MemoryCgroup? domain)
    {
        MemoryCgroup top = domain ?? _manager.Memcg.Root;
        MemoryCgroup? found = null;
        for (MemoryCgroup? at = victim.Mm.MemoryCgroup; at is { IsRoot: false }; at = at.Parent)
        {
            if (at.OomGroup)
                found = at;
            if (at == top)
                break;
        }
        return found;
    }

    // Linux: __oom_kill_process
    private void Kill(IOomPort port, OomProcess victim, string message)
    {
        MemoryDescriptor mm = victim.Mm;
        _manager.Events[(int)VmEvent.OomKill]++;
        mm.MemoryCgroup.Note(MemcgEvent.OomKill);
        mm.IsOomVictim = true;
        port.Kill(victim);
        _manager.Print($"{message}: Killed process {victim.ProcessId} ({victim.Name}) total-vm:{mm.TotalVm << 2}kB, " +
            $"anon-rss:{mm.Rss[(int)RssKind.Anon] << 2}kB, file-rss:{mm.Rss[(int)RssKind.File] << 2}kB, " +
            $"shmem-rss:{mm.Rss[(int)RssKind.Shmem] << 2}kB, UID:{victim.Uid} pgtables:{(mm.PageTable.TablePages - 1) << 2}kB " +
            $"oom_score_adj:{victim.ScoreAdjust}");
        foreach (OomProcess other in port.Processes().ToList())
        {
            if (other.Mm == mm && other.ProcessId != victim.ProcessId && !other.IsUnkillable)
                port.Kill(other);
        }
        ReapUnlessRunning(port, victim);
    }

    // The running task may be in the middle of a fault: it dies on its own.
    private static void ReapUnlessRunning(IOomPort port, OomProcess victim)
    {
        if (port.Current?.Mm != victim.Mm)
            victim.Mm.Reap();
    }
}
