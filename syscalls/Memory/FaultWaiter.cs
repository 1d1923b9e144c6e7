using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Lets tasks sleep in faults until the reader of a userfaultfd has served them. Linux: the schedule() in <c>handle_userfault</c>.</summary>
internal sealed class FaultWaiter(Kernel kernel) : IFaultWait
{
    /// <inheritdoc/>
    /// <remarks>In the middle of the kernel: only death ends it early.</remarks>
    public bool Wait(UserfaultWait wait)
    {
        Sleep(kernel.Scheduler.Current!, wait, TaskState.Killable);
        return wait.IsWoken;
    }

    /// <summary>A fault of user mode waits: any signal ends it, and the access is tried again after its handler.</summary>
    public static void WaitInUserMode(Task task, UserfaultWait wait) => Sleep(task, wait, TaskState.Interruptible);

    /// <inheritdoc/>
    public void Wake(UserfaultWait wait)
    {
        if (wait.Sleeper is Task task)
            kernel.Scheduler.Wake(task);
    }

    private static void Sleep(Task task, UserfaultWait wait, TaskState state)
    {
        wait.Sleeper = task;
        while (!wait.IsWoken && task.Kernel.Scheduler.Sleep(task, state) == 0)
        {
        }
        wait.Sleeper = null;
        wait.Finish();
    }
}
