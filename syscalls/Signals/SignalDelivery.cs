namespace Emu.Syscalls;

/// <summary>Delivers signals on the way to user mode. Linux: kernel/signal.c (<c>get_signal</c>), arch/x86/kernel/signal.c.</summary>
internal static class SignalDelivery
{
    private const int SyscallLength = 2, RestartSyscall = 219;

    /// <summary>Delivers what is pending, or repeats the system call that nothing came of. Linux: <c>arch_do_signal_or_restart</c>.</summary>
    public static void Run(Task task)
    {
        if (GetSignal(task, out SigInfo info, out SignalAction action))
        {
            Handle(task, info, action);
            return;
        }
        if (task.IsExiting)
            return;
        if (task.OriginalRax >= 0)
            Repeat(task);
        task.RestoreSavedMask();
    }

    // No handler: the call goes on as if there had been no signal.
    private static void Repeat(Task task)
    {
        ref Cpu.CpuState state = ref task.Cpu.State;
        switch (-(long)state.Gpr[Registers.Rax])
        {
            case KernelErrno.ERESTARTNOHAND or KernelErrno.ERESTARTSYS or KernelErrno.ERESTARTNOINTR:
                state.Gpr[Registers.Rax] = (ulong)task.OriginalRax;
                state.Rip -= SyscallLength;
                break;
            case KernelErrno.ERESTART_RESTARTBLOCK:
                state.Gpr[Registers.Rax] = RestartSyscall;
                state.Rip -= SyscallLength;
                break;
        }
    }

    // Linux: handle_signal
    private static void Handle(Task task, in SigInfo info, in SignalAction action)
    {
        task.Kernel.TaskObserver?.Signalled(task, info);
        if (task.OriginalRax >= 0)
            ChooseResult(task, action);
        task.Rseq.OnSignal(task);
        bool done = SignalFrame.Setup(task, info, action);
        if (!done)
        {
            ForceSegv(task, info.Signo);
            return;
        }
        task.ForgetSavedMask();
        ulong blocked = task.Blocked | action.Mask;
        if ((action.Flags & SignalActionFlags.NoDefer) == 0)
            blocked |= Signal.Bit(info.Signo);
        task.SetBlocked(blocked);
        if ((task.AlternateStack.Flags & AlternateStack.AutoDisarm) != 0)
            task.AlternateStack = AlternateStack.None;
    }

    // Whether the interrupted call is repeated after the handler, or gives EINTR.
    private static void ChooseResult(Task task, in SignalAction action)
    {
        ref Cpu.CpuState state = ref task.Cpu.State;
        bool restarts = (action.Flags & SignalActionFlags.Restart) != 0;
        switch (-(long)state.Gpr[Registers.Rax])
        {
            case KernelErrno.ERESTART_RESTARTBLOCK or KernelErrno.ERESTARTNOHAND:
            case KernelErrno.ERESTARTSYS when !restarts:
                state.Gpr[Registers.Rax] = unchecked((ulong)-Mm.Errno.EINTR);
                break;
            case KernelErrno.ERESTARTSYS or KernelErrno.ERESTARTNOINTR:
                state.Gpr[Registers.Rax] = (ulong)task.OriginalRax;
                state.Rip -= SyscallLength;
                break;
        }
    }

    /// <summary>The stack cannot take a frame, or gave back a bad one. Linux: <c>force_sigsegv</c>.</summary>
    public static void ForceSegv(Task task, int signal) =>
        SignalSender.Force(task, SigInfo.ForKernel(Signal.SIGSEGV), evenHandled: signal == Signal.SIGSEGV);

    // The next signal that has a handler; those with a default action are dealt with here. Linux: get_signal
    private static bool GetSignal(Task task, out SigInfo info, out SignalAction action)
    {
        ThreadGroup group = task.Group;
        info = default;
        action = default;
        while (true)
        {
            SignalStop.NotifyParent(group);
            if (group.IsExiting || (group.ExecTask != null && group.ExecTask != task))
            {
                if (task.Kernel.TaskObserver is { } observer)
                    ReportDeath(observer, task);
                task.Pending.Set &= ~Signal.Bit(Signal.SIGKILL);
                task.RecalculatePending();
                TaskExit.ExitGroup(task, Signal.SIGKILL);
                return false;
            }
            if ((task.JobControl & JobControl.StopPending) != 0 && SignalStop.Stop(task, 0))
                continue;
            int signal = SignalQueueing.DequeueSynchronous(task, out info);
            if (signal == 0)
                signal = SignalQueueing.Dequeue(task, task.Blocked, out info);
            if (signal == 0)
                return false;
            ref SignalAction current = ref group.Actions[signal];
            if (current.Handler == SignalAction.Ignore)
                continue;
            if (current.Handler != SignalAction.Default)
            {
                action = current;
                if ((current.Flags & SignalActionFlags.ResetHand) != 0)
                    current.Handler = SignalAction.Default;
                return true;
            }
            if (!TakeDefaultAction(task, info))
                return false;
        }
    }

    // A signal that ends the process where it is sent is never delivered: the first thread that dies of it tells.
    private static void ReportDeath(ITaskObserver observer, Task task)
    {
        const int SignalMask = 0x7F;
        int signal = task.Group.GroupExitCode & SignalMask;
        if (signal is 0 or Signal.SIGKILL || SignalQueueing.Dequeue(task, ~Signal.Bit(signal), out SigInfo info) == 0)
            return;
        observer.Signalled(task, info);
        observer.Dying(task, info);
    }

    // Returns whether the task lives on.
    private static bool TakeDefaultAction(Task task, in SigInfo info)
    {
        int signal = info.Signo;
        if (Signal.Has(Signal.IgnoreMask, signal))
            return true;
        if (Signal.Has(Signal.StopMask, signal))
        {
            if (signal == Signal.SIGSTOP || !ProcessGroups.IsOrphaned(task.Group.ProcessGroup, except: null))
                Stop(task, info);
            return true;
        }
        if (task.Kernel.TaskObserver is { } observer)
        {
            observer.Signalled(task, info);
            observer.Dying(task, info);
        }
        TaskExit.ExitGroup(task, signal);
        return false;
    }

    private static void Stop(Task task, in SigInfo info)
    {
        task.Kernel.TaskObserver?.Signalled(task, info);
        SignalStop.Stop(task, info.Signo);
    }
}
