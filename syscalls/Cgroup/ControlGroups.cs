using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The control groups of a machine. Linux: <c>cgrp_dfl_root</c>.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class ControlGroups
{
    private ulong _lastNumber = 1;

    /// <summary>The root alone.</summary>
    public ControlGroups(Kernel kernel)
    {
        Kernel = kernel;
        Root = new ControlGroup(this, null, "", 1);
        Initial = Root;
    }

    /// <summary>The machine.</summary>
    public Kernel Kernel { get; }

    /// <summary>The group of every process that is in no other.</summary>
    public ControlGroup Root { get; }

    /// <summary>The group that processes started from outside begin in.</summary>
    public ControlGroup Initial { get; set; }

    /// <summary>Processes in a group, whether they have ended or not, oldest first.</summary>
    public IEnumerable<ThreadGroup> ProcessesOf(ControlGroup group) => Kernel.Pids.Processes.Where(process => process.ControlGroup == group);

    /// <summary>Makes a group. Linux: <c>cgroup_mkdir</c>.</summary>
    /// <returns>0, -EAGAIN (cgroup.max.descendants, cgroup.max.depth) or -EINVAL (the name).</returns>
    public int Create(ControlGroup parent, string name, out ControlGroup? group)
    {
        group = null;
        if (name.Contains('\n'))
            return -Errno.EINVAL;
        long depth = 1;
        for (ControlGroup? at = parent; at != null; at = at.Parent, depth++)
        {
            if (at.Descendants >= at.MaxDescendants || depth > at.MaxDepth)
                return -Errno.EAGAIN;
        }
        group = new ControlGroup(this, parent, name, ++_lastNumber);
        return 0;
    }

    /// <summary>Moves a process with all its threads. Linux: <c>cgroup_attach_task</c>.</summary>
    /// <returns>0, -EBUSY (the group only passes memory on), -ENODEV (it is gone).</returns>
    public static int Move(ThreadGroup process, ControlGroup to)
    {
        int error = to.CheckMayHoldProcesses();
        if (error != 0)
            return error;
        process.ControlGroup = to;
        process.ChargeMemoryTo(to.Memory);
        for (ControlGroup? at = to; at != null; at = at.Parent)
            at.Pids.NoteCount(at.TaskCount);
        return 0;
    }
}
