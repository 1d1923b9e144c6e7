using Emu.Cpu;

namespace Emu.Syscalls;

/// <summary>The one place where processor, mm and kernel meet.</summary>
internal static class RunLoop
{
    /// <summary>Runs a task until it sleeps, gives way, ends or the machine is stopped.</summary>
    public static void Run(Task task)
    {
        Kernel kernel = task.Kernel;
        if (task.KernelFunction is { } function)
        {
            function(task);
            TaskExit.Exit(task, 0);
            return;
        }
        if (task.IsSuspended && !Resume(task))
            return;
        while (LeaveKernel(task) && !kernel.Stop.IsRequested)
        {
            Processor processor = task.Token!.Processor;
            ExitReason reason = kernel.Engine.Run(processor, task.Cpu);
            kernel.Clock.Retired = processor.Retired;
            if (kernel.Memory.HasProtectionKeys)
                task.User.ForbiddenKeys = task.Cpu.State.Pkru;
            if (reason == ExitReason.SystemCall)
            {
                if (!kernel.Dispatcher.Dispatch(task))
                    return;
                continue;
            }
            task.OriginalRax = -1;
            switch (reason)
            {
                case ExitReason.PageFault:
                    Traps.OnPageFault(task, processor.Fault);
                    break;
                case ExitReason.Exception:
                    Traps.OnException(task, processor.Exception);
                    break;
                default:
                    kernel.Scheduler.Tick(task);
                    break;
            }
        }
    }

    // A system call goes on that was suspended. Returns whether the task goes on too.
    private static bool Resume(Task task)
    {
        task.EndSuspension();
        task.IsResuming = true;
        bool goesOn = task.Kernel.Dispatcher.Dispatch(task);
        task.IsResuming = false;
        return goesOn;
    }

    // Above memory.high a task that asks for more is slowed down. Linux: mem_cgroup_handle_over_high
    private static void PayForHigh(Task task)
    {
        Scheduler scheduler = task.Kernel.Scheduler;
        long wait = task.Kernel.Memory.Memcg.HandleOverHigh(task.Memory);
        if (wait == 0)
            return;
        ulong deadline = task.Kernel.Clock.Monotonic + (ulong)wait;
        while (scheduler.Sleep(task, TaskState.Killable, deadline) == 0)
        {
        }
    }

    // What is to be done before user mode goes on; false if it does not. Linux: exit_to_user_mode_loop
    private static bool LeaveKernel(Task task)
    {
        Kernel kernel = task.Kernel;
        while (task.Work != TaskWork.None)
        {
            if (task.IsExiting)
                return false;
            if ((task.Work & TaskWork.Reschedule) != 0)
            {
                task.Work &= ~TaskWork.Reschedule;
                if (kernel.Scheduler.GiveWay(task))
                    return false;
            }
            if ((task.Work & TaskWork.SignalPending) != 0)
                SignalDelivery.Run(task);
            else if ((task.Work & TaskWork.Rseq) != 0)
                task.Rseq.Update(task);
        }
        if (task.IsExiting)
            return false;
        if (task.Memory.PagesOverHigh != 0)
            PayForHigh(task);
        if (kernel.Timers.HasChanged)
            task.Token!.Grant(task);
        return true;
    }
}
