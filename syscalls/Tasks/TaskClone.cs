using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Makes tasks. Linux: kernel/fork.c (<c>kernel_clone</c>, <c>copy_process</c>).</summary>
internal static class TaskClone
{
    /// <summary>Makes a thread or a process and lets it run; with CLONE_VFORK, waits until it needs the memory no more.</summary>
    /// <returns>Its number, or a negative errno.</returns>
    public static long Clone(Task task, in CloneRequest request)
    {
        if (task.IsResuming)
            return WaitForVfork(task, (Task)task.SuspendState!);
        long error = Copy(task, request, out Task? child);
        if (child == null)
            return error;
        if (request.Has(CloneFlags.ParentSetTid))
            _ = task.User.TryPut(request.ParentTid, child.ThreadId); // as in the kernel, the child is there whether or not it can be told
        task.Kernel.Scheduler.Start(child);
        if (!request.Has(CloneFlags.Vfork))
            return child.ThreadId;
        child.VforkParent = task;
        return WaitForVfork(task, child);
    }

    // Linux: wait_for_vfork_done
    private static long WaitForVfork(Task task, Task child)
    {
        int number = child.ThreadId;
        while (child.VforkParent == task)
        {
            long result = task.Kernel.Scheduler.Suspend(task, Scheduler.Never, TaskState.Killable);
            if (result == Task.Suspended)
            {
                task.SuspendState = child;
                return result;
            }
            child.VforkParent = null; // the parent is killed: nobody is to be told any more
        }
        task.SuspendState = null;
        return number;
    }

    // Linux: copy_process
    private static long Copy(Task task, in CloneRequest request, out Task? child)
    {
        child = null;
        int error = Check(task, request);
        if (error == 0)
            error = CheckLimits(task);
        if (error != 0)
            return error;
        task.RecalculatePending();
        if (task.IsSignalPending)
            return -KernelErrno.ERESTARTNOINTR; // a signal sent before the fork is for the parent alone
        MemoryDescriptor? mm = request.Has(CloneFlags.Vm) ? Share(task.Mm) : task.Mm.TryFork(task.Group.Limits.Mm);
        if (mm == null)
            return -Errno.ENOMEM;
        Pid? pid = task.Kernel.Pids.Allocate();
        if (pid == null)
        {
            TaskExit.DropMm(mm);
            return -Errno.EAGAIN;
        }
        ThreadGroup group = request.Has(CloneFlags.Thread) ? task.Group : NewGroup(task, pid, request);
        if (!request.Has(CloneFlags.Vm))
            mm.Limits = group.Limits.Mm;
        Task made = NewTask(task, pid, group, mm, request);
        error = made.InheritFiles(task, request);
        if (error == 0 && request.Has(CloneFlags.PidFd))
            error = GivePidFd(task, pid, request);
        if (error != 0)
            return Abandon(made, error);
        child = Finish(task, made, request);
        return 0;
    }

    // Which flags go together. Linux: the start of copy_process
    private static int Check(Task task, in CloneRequest request)
    {
        if (request.Has(CloneFlags.Namespaces))
            return -Errno.EINVAL;
        if (request.Has(CloneFlags.Thread) && !request.Has(CloneFlags.SigHand))
            return -Errno.EINVAL;
        if (request.Has(CloneFlags.SigHand) && !request.Has(CloneFlags.Vm))
            return -Errno.EINVAL;
        if (request.Has(CloneFlags.SetTls) && request.Tls >= MmConstants.TaskSize)
            return -Errno.EPERM;
        return task.Group.IsExiting ? -KernelErrno.ERESTARTNOINTR : 0;
    }

    private static int CheckLimits(Task task)
    {
        Credentials credentials = task.Credentials;
        bool privileged = credentials.Uid == 0 || credentials.Can(Capability.SysResource) || credentials.Can(Capability.SysAdmin);
        if (!privileged && (ulong)task.Account.Tasks >= task.Group.Limits.Current(Resource.Processes))
            return -Errno.EAGAIN;
        PidTable pids = task.Kernel.Pids;
        return pids.TaskCount >= pids.Limit || !PidsController.TryFork(task.Group.ControlGroup) ? -Errno.EAGAIN : 0;
    }

    private static MemoryDescriptor Share(MemoryDescriptor mm)
    {
        mm.Users++;
        return mm;
    }

    // Linux: copy_signal, copy_sighand
    private static ThreadGroup NewGroup(Task task, Pid pid, in CloneRequest request)
    {
        ThreadGroup parent = task.Group;
        SignalActions actions = request.Has(CloneFlags.SigHand) ? parent.Actions : parent.Actions.Copy();
        if (request.Has(CloneFlags.SigHand))
            actions.Users++;
        if (request.Has(CloneFlags.ClearSigHand))
            actions.Reset(evenIgnored: false);
        ThreadGroup group = new(task.Kernel, pid, new ResourceLimits(parent.Limits), actions)
        {
            ExitSignal = request.Has(CloneFlags.Parent) ? parent.ExitSignal : request.ExitSignal,
            HasSubreaper = parent.HasSubreaper || parent.IsSubreaper,
            StartTime = task.Kernel.Clock.Monotonic,
            ControlGroup = parent.ControlGroup,
            OomScoreAdjust = parent.OomScoreAdjust,
            OomScoreAdjustMin = parent.OomScoreAdjustMin,
        };
        group.CpuTimers.ApplyLimit();
        return group;
    }

    private static Task NewTask(Task task, Pid pid, ThreadGroup group, MemoryDescriptor mm, in CloneRequest request)
    {
        Task child = new(task.Kernel, pid, group, mm)
        {
            Name = task.Name,
            Personality = task.Personality,
            NoNewPrivileges = task.NoNewPrivileges,
            TimerSlack = task.TimerSlack,
            StandardTimerSlack = task.TimerSlack,
            Scheduling = task.Scheduling.ForChild(),
            Affinity = task.Affinity,
            StartTime = task.Kernel.Clock.Monotonic,
            ClearChildTid = request.Has(CloneFlags.ChildClearTid) ? request.ChildTid : 0,
            TrapNumber = task.TrapNumber,
            TrapError = task.TrapError,
            TrapAddress = task.TrapAddress,
        };
        child.AdoptCredentials(task.Credentials);
        child.Memory.InheritPolicy(task.Memory);
        child.InheritBlocked(task.Blocked);
        bool sharesMemory = (request.Flags & (CloneFlags.Vm | CloneFlags.Vfork)) == CloneFlags.Vm;
        child.AlternateStack = sharesMemory ? AlternateStack.None : task.AlternateStack;
        if (!request.Has(CloneFlags.Vm))
            child.Rseq = task.Rseq;
        CopyRegisters(task, child, request);
        return child;
    }

    // It can be found from now on.
    private static Task Finish(Task task, Task child, in CloneRequest request)
    {
        ThreadGroup group = child.Group;
        if (!request.Has(CloneFlags.Thread))
            JoinFamily(group, task, request);
        child.Attach();
        if (request.Has(CloneFlags.ChildSetTid))
            _ = child.User.TryPut(request.ChildTid, child.ThreadId); // the child starts whether or not it can be told
        return child;
    }

    private static void JoinFamily(ThreadGroup group, Task task, in CloneRequest request)
    {
        ThreadGroup parent = task.Group;
        group.Pid.Process = group;
        task.Kernel.Pids.Add(group);
        group.JoinProcessGroup(parent.ProcessGroup);
        group.JoinSession(parent.Session);
        if (!request.Has(CloneFlags.Parent))
            parent.AddChild(group, task);
        else if (parent.Parent is { } grandparent)
            grandparent.AddChild(group, parent.ParentThread);
        else
            group.IsOrphan = true;
    }

    private static int GivePidFd(Task task, Pid pid, in CloneRequest request)
    {
        int fd = PidFileCalls.Install(task, pid, request.Has(CloneFlags.Thread) ? PidFile.Thread : OpenFlags.ReadOnly);
        if (fd < 0)
            return fd;
        if (task.User.TryPut(request.PidFd, fd))
            return 0;
        task.Files.Close(task, fd);
        return -Errno.EFAULT;
    }

    private static int Abandon(Task child, int error)
    {
        child.ReleaseFiles(isLast: false);
        child.Account.Tasks--;
        TaskExit.DropMm(child.Mm);
        child.Kernel.Pids.Release(child.Pid);
        child.Dispose();
        return error;
    }

    // Linux: copy_thread
    private static void CopyRegisters(Task task, Task child, in CloneRequest request)
    {
        ref CpuState state = ref child.Cpu.State;
        state = task.Cpu.State;
        state.Gpr[Registers.Rax] = 0;
        if (request.Stack != 0)
            state.Gpr[Registers.Rsp] = request.Stack;
        if (request.Has(CloneFlags.SetTls))
            state.FsBase = request.Tls;
    }
}
