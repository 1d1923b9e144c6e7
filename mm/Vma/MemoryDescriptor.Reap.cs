namespace Emu.Mm;

/// <content>Taking the memory of a process that is about to die. Linux: mm/oom_kill.c (<c>__oom_reap_task_mm</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Frees the private memory of a process that will not run again (process_mrelease, the OOM reaper).</summary>
    /// <remarks>Whatever still touches it finds zeros: the caller has made sure that only the dying process uses it.</remarks>
    public void Reap()
    {
        foreach ((_, _, VmArea area) in Areas.Iterate())
        {
            if (area.HasAny(VmFlags.HugeTlb | VmFlags.PfnMap))
                continue;
            // What is shared belongs to others too.
            if (area.IsAnonymous || !area.HasAny(VmFlags.Shared))
                ZapRange(area, area.Start, area.End, ZapFlags.None);
        }
    }
}
