namespace Emu.Syscalls;

/// <summary>Process groups that nobody controls any more. Linux: kernel/exit.c (<c>will_become_orphaned_pgrp</c>, <c>kill_orphaned_pgrp</c>).</summary>
internal static class ProcessGroups
{
    /// <summary>Whether no member has a parent in another group of the same session. Linux: <c>is_current_pgrp_orphaned</c>.</summary>
    /// <param name="group">The process group.</param>
    /// <param name="except">A member that does not count, as it is about to end; or null.</param>
    public static bool IsOrphaned(Pid group, ThreadGroup? except)
    {
        foreach (ThreadGroup member in group.ProcessGroup)
        {
            if (member == except || HasEnded(member))
                continue;
            if (member.Parent is not { } parent)
            {
                if (member == member.Kernel.FirstProcess && member.Kernel.StopAsJob != null)
                    return false; // the shell that has started emu
                continue;
            }
            if (parent.ProcessGroup != group && parent.Session == member.Session)
                return false;
        }
        return true;
    }

    /// <summary>
    /// A process ends, or is taken in by another parent: if its group becomes orphaned by that and has stopped members, all get SIGHUP and
    /// SIGCONT, for nobody could let them go on.
    /// </summary>
    /// <param name="process">The process whose group is looked at.</param>
    /// <param name="parent">The parent that ends, or null if the process itself ends.</param>
    public static void HangUpIfOrphaned(ThreadGroup process, ThreadGroup? parent)
    {
        ThreadGroup? except = null;
        if (parent == null)
        {
            parent = process.Parent;
            except = process;
        }
        Pid group = process.ProcessGroup;
        if (parent == null || parent.ProcessGroup == group || parent.Session != process.Session)
            return;
        if (!IsOrphaned(group, except) || !HasStoppedMember(group))
            return;
        SignalSender.SendToGroup(group, Signal.SIGHUP);
        SignalSender.SendToGroup(group, Signal.SIGCONT);
    }

    private static bool HasEnded(ThreadGroup process) => process.Leader.ExitState != ExitState.None && process.HasOneThread;

    private static bool HasStoppedMember(Pid group)
    {
        foreach (ThreadGroup member in group.ProcessGroup)
        {
            if ((member.Flags & SignalFlags.StopStopped) != 0)
                return true;
        }
        return false;
    }
}
