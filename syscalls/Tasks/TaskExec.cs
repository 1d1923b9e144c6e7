using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What exec does to the task itself; opening and loading the program is the files' part. Linux: fs/exec.c (<c>begin_new_exec</c>).</summary>
internal static class TaskExec
{
    /// <summary>Ends the process's other threads; the task becomes the leader, and so takes its number. Linux: <c>de_thread</c>.</summary>
    /// <returns>0, or -EAGAIN if the task is about to be killed: exec gives up, and nothing of it can be undone.</returns>
    public static int EndOtherThreads(Task task)
    {
        ThreadGroup group = task.Group;
        if (group.HasOneThread)
            return 0;
        if (group.IsExiting || group.ExecTask != null)
            return -Errno.EAGAIN;
        group.ExecTask = task;
        SignalSender.KillOthers(task);
        int error = group.ExecWaiters.Wait(task, task, static task => IsAlone(task), sleep: TaskState.Killable);
        if (error == 0 && !task.IsLeader)
            TakeLeadersPlace(task);
        group.ExecTask = null;
        return error == 0 ? 0 : -Errno.EAGAIN;
    }

    /// <summary>Gives the task another address space, and what belonged to the old program goes. The point of no return.</summary>
    /// <param name="task">The task, alone in its process.</param>
    /// <param name="mm">The new address space, which it takes over.</param>
    /// <param name="name">Its name from now on, at most 15 bytes.</param>
    public static void Begin(Task task, MemoryDescriptor mm, byte[] name)
    {
        ThreadGroup group = task.Group;
        MemoryDescriptor old = task.Mm;
        TaskExit.LeaveMemory(task);
        group.NoteMaxRss(Math.Max(old.HighWaterRss, old.ResidentPages));
        mm.InheritSettings(old);
        task.ReplaceMm(mm);
        TaskExit.DropMm(old);
        group.DeletePosixTimers();
        UnshareActions(group);
        group.Actions.Reset(evenIgnored: false);
        group.ExitSignal = Signal.SIGCHLD;
        group.HasExecuted = true;
        group.Membarriers = 0;
        group.IsDumpable = true;
        task.AlternateStack = new AlternateStack { Flags = task.AlternateStack.Flags };
        task.Name = name;
        task.TimerSlack = task.StandardTimerSlack;
        task.Restart = null;
        task.Rseq = default;
        task.Work &= ~TaskWork.Rseq;
        task.TrapNumber = task.TrapError = task.TrapAddress = 0;
    }

    /// <summary>The registers that a program starts with. Linux: <c>start_thread</c>.</summary>
    public static void SetRegisters(Task task, ulong entry, ulong stackPointer)
    {
        ref CpuState state = ref task.Cpu.State;
        state = CpuState.Initial;
        state.Rip = entry;
        state.Gpr[Registers.Rsp] = stackPointer;
    }

    // Whether every other thread is gone, but for the leader, which keeps its number until it is taken.
    private static bool IsAlone(Task task)
    {
        ThreadGroup group = task.Group;
        if (group.HasOneThread)
            return true;
        return !task.IsLeader && group.Threads.Count == 2 && group.Leader.ExitState == ExitState.Zombie;
    }

    private static void TakeLeadersPlace(Task task)
    {
        ThreadGroup group = task.Group;
        Task leader = group.Leader;
        Pid own = task.Pid;
        group.Leader = task;
        leader.ExitState = ExitState.Dead;
        leader.Pid = own;
        TaskExitNotify.Release(leader);
        task.Pid = group.Pid;
        group.Pid.Task = task;
        foreach (ThreadGroup child in group.Children)
        {
            if (child.ParentThread == leader)
                child.ParentThread = task;
        }
        task.SetFaultContext();
    }

    // Linux: unshare_sighand
    private static void UnshareActions(ThreadGroup group)
    {
        if (group.Actions.Users == 1)
            return;
        group.Actions.Users--;
        group.Actions = group.Actions.Copy();
    }
}
