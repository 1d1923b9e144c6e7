namespace Emu.Mm;

/// <summary>What the log says when memory ran out. Linux: mm/oom_kill.c (<c>dump_header</c>, <c>dump_tasks</c>, <c>dump_oom_victim</c>).</summary>
internal sealed class OomReport(MemoryManager manager, IOomPort port)
{
    /// <summary>Writes everything that comes before the line that says who was killed.</summary>
    public void WriteHeader(in OomControl control, OomProcess? victim)
    {
        OomProcess? current = port.Current;
        string name = current?.Name ?? "swapper/0";
        manager.Print($"{name} invoked oom-killer: gfp_mask={GfpNames.Format(control.Gfp)}, order={control.Order}, oom_score_adj={current?.ScoreAdjust ?? 0}");
        if (control.Group is { } group)
            WriteGroup(group);
        else
            new ShowMem(manager).Write();
        if (manager.Sysctl.OomDumpTasks)
            WriteTasks(control);
        if (victim != null)
            WriteVictim(control, victim);
    }

    // Linux: mem_cgroup_print_oom_meminfo
    private void WriteGroup(MemoryCgroup group)
    {
        WriteCounter("memory", group.Memory, group.Events[(int)MemcgEvent.Max]);
        WriteCounter("swap", group.Swap, group.Events[(int)MemcgEvent.SwapMax]);
        manager.Print($"Memory cgroup stats for {group.Path}:");
        ProcWriter writer = new();
        MemcgFiles.WriteStat(manager, group, writer);
        foreach (string line in System.Text.Encoding.ASCII.GetString(writer.Text).TrimEnd('\n').Split('\n'))
            manager.Print(line);
    }

    private void WriteCounter(string name, PageCounter counter, long failures) => manager.Print(
        $"{name}: usage {counter.Usage << 2}kB, limit {(ulong)counter.Max << 2}kB, failcnt {failures}");

    // Linux: dump_tasks, dump_task
    private void WriteTasks(in OomControl control)
    {
        manager.Print("Tasks state (memory values in pages):");
        manager.Print("[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name");
        foreach (OomProcess process in port.Processes())
        {
            if (process.IsUnkillable || (control.Group != null && !process.Mm.MemoryCgroup.IsDescendantOf(control.Group)))
                continue;
            MemoryDescriptor mm = process.Mm;
            manager.Print($"[{process.ProcessId,7}] {process.Uid,5} {process.ProcessId,5} {mm.TotalVm,8} {mm.ResidentPages,8} " +
                $"{mm.Rss[(int)RssKind.Anon],8} {mm.Rss[(int)RssKind.File],8} {mm.Rss[(int)RssKind.Shmem],9} " +
                $"{(mm.PageTable.TablePages - 1) << MmConstants.PageShift,8} {mm.Rss[(int)RssKind.Swap],8}         {process.ScoreAdjust,5} {process.Name}");
        }
    }

    // Linux: dump_oom_victim
    private void WriteVictim(in OomControl control, OomProcess victim)
    {
        string constraint = control.Group != null ? "CONSTRAINT_MEMCG" : control.Nodes.IsEmpty ? "CONSTRAINT_NONE" : "CONSTRAINT_MEMORY_POLICY";
        string nodes = control.Nodes.IsEmpty ? "(null)" : control.Nodes.ToString();
        string scope = control.Group is { } group ? $"oom_memcg={group.Path}" : "global_oom";
        manager.Print($"oom-kill:constraint={constraint},nodemask={nodes},cpuset=/,mems_allowed={NodeMask.First(manager.Nodes.Count)}," +
            $"{scope},task_memcg={victim.Mm.MemoryCgroup.Path},task={victim.Name},pid={victim.ProcessId},uid={victim.Uid}");
    }
}
