using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How tasks end. Linux: kernel/exit.c.</summary>
internal static class TaskExit
{
    /// <summary>Ends the process of the task that runs. Linux: <c>do_group_exit</c>.</summary>
    /// <param name="task">The task; it must not touch its registers or its memory afterwards.</param>
    /// <param name="code">How it ends, as wait reports it, unless its end had begun already.</param>
    public static void ExitGroup(Task task, int code)
    {
        ThreadGroup group = task.Group;
        if (group.IsExiting)
        {
            code = group.GroupExitCode;
        }
        else if (group.ExecTask != null)
        {
            code = 0;
        }
        else
        {
            group.GroupExitCode = code;
            group.Flags = SignalFlags.GroupExit;
            SignalSender.KillOthers(task);
        }
        Exit(task, code);
    }

    /// <summary>Ends the task that runs. Linux: <c>do_exit</c>.</summary>
    public static void Exit(Task task, int code)
    {
        Bug.On(task.IsExiting, "a task ends twice");
        ThreadGroup group = task.Group;
        LeaveSignals(task);
        task.ExitCode = code;
        group.LiveThreads--;
        bool isLast = group.LiveThreads == 0;
        if (isLast)
        {
            group.RealTimer.Set(0, 0);
            group.DeletePosixTimers();
            task.Kernel.Ipc.OnExit(group);
            group.NoteMaxRss(Math.Max(task.Mm.HighWaterRss, task.Mm.ResidentPages));
        }
        task.Kernel.TaskObserver?.Ended(task, code);
        ReleaseMemory(task);
        task.Kernel.Ipc.SharedMemory.OnExit(task);
        task.ReleaseFiles(isLast);
        TaskExitNotify.Run(task, isLast);
    }

    /// <summary>One user of an address space is gone. Linux: <c>mmput</c>.</summary>
    public static void DropMm(MemoryDescriptor mm)
    {
        Bug.On(mm.Users <= 0, "an address space is dropped more often than it was taken");
        if (--mm.Users == 0)
            mm.Exit();
    }

    /// <summary>Tells who waits in user memory or in vfork that the task uses its memory no more. Linux: <c>exec_mm_release</c>, <c>mm_release</c>.</summary>
    public static void LeaveMemory(Task task)
    {
        task.Rseq = default;
        FutexExit.Run(task);
        if (task.ClearChildTid != 0)
        {
            if (task.Mm.Users > 1)
                FutexExit.ClearChildTid(task);
            task.ClearChildTid = 0;
        }
        CompleteVfork(task);
    }

    // Linux: exit_signals
    private static void LeaveSignals(Task task)
    {
        task.IsExiting = true;
        ThreadGroup group = task.Group;
        if (group.HasOneThread || group.IsExiting)
            return;
        if (task.HasPendingSignal)
            SignalSender.Retarget(task, ~task.Blocked);
        SignalStop.LeaveStop(task);
    }

    // Linux: exit_mm
    private static void ReleaseMemory(Task task)
    {
        if (task.IsKernelThread)
            return;
        LeaveMemory(task);
        MemoryDescriptor mm = task.Mm;
        task.Token!.Processor.SwitchMm(null);
        DropMm(mm);
    }

    // Linux: complete_vfork_done
    private static void CompleteVfork(Task task)
    {
        Task? parent = task.VforkParent;
        task.VforkParent = null;
        if (parent != null)
            task.Kernel.Scheduler.Wake(parent, TaskState.Killable, WakeCause.Event);
    }
}
