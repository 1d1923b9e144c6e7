using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>System calls about a task's own signals. Linux: kernel/signal.c.</summary>
internal static class SignalCalls
{
    private const int SetBytes = 8;
    private const int Block = 0, Unblock = 1, SetMask = 2;

    public static long RtSigAction(Task task, in SyscallArguments args)
    {
        int signal = args.Int(0);
        if (args.A3 != SetBytes)
            return -Errno.EINVAL;
        SignalAction action = default;
        if (args.A1 != 0 && !task.User.TryGet(args.A1, out action))
            return -Errno.EFAULT;
        if (!Signal.IsValid(signal) || (args.A1 != 0 && Signal.Has(Signal.Unblockable, signal)))
            return -Errno.EINVAL;
        SignalAction old = task.Group.Actions[signal];
        if (args.A1 != 0)
            Set(task.Group, signal, action);
        return args.A2 == 0 || task.User.TryPut(args.A2, old) ? 0 : -Errno.EFAULT;
    }

    public static long RtSigProcMask(Task task, in SyscallArguments args)
    {
        if (args.A3 != SetBytes)
            return -Errno.EINVAL;
        ulong old = task.Blocked;
        if (args.A1 != 0)
        {
            if (!task.User.TryGet(args.A1, out ulong set))
                return -Errno.EFAULT;
            switch (args.Int(0))
            {
                case Block:
                    task.SetBlocked(old | set);
                    break;
                case Unblock:
                    task.SetBlocked(old & ~set);
                    break;
                case SetMask:
                    task.SetBlocked(set);
                    break;
                default:
                    return -Errno.EINVAL;
            }
        }
        return args.A2 == 0 || task.User.TryPut(args.A2, old) ? 0 : -Errno.EFAULT;
    }

    public static long RtSigPending(Task task, in SyscallArguments args)
    {
        if (args.A1 > SetBytes)
            return -Errno.EINVAL;
        ulong set = (task.Pending.Set | task.Group.SharedPending.Set) & task.Blocked;
        Span<byte> bytes = stackalloc byte[SetBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, set);
        return task.User.CopyTo(args.A0, bytes[..(int)args.A1]) == 0 ? 0 : -Errno.EFAULT;
    }

    public static long RtSigTimedWait(Task task, in SyscallArguments args)
    {
        if (args.A3 != SetBytes)
            return -Errno.EINVAL;
        if (!task.User.TryGet(args.A0, out ulong wanted))
            return -Errno.EFAULT;
        ulong deadline = Scheduler.Never;
        if (args.A2 != 0)
        {
            int error = Timespec.TryGet(task, args.A2, out Timespec time);
            if (error != 0)
                return error;
            deadline = task.DeadlineAfter(time.ToNanoseconds());
        }
        int signal = WaitFor(task, wanted & ~Signal.Unblockable, deadline, out SigInfo info, out bool timedOut);
        if (signal == 0)
            return timedOut ? -Errno.EAGAIN : -Errno.EINTR;
        return args.A1 == 0 || info.TryCopyTo(task, args.A1) ? signal : -Errno.EFAULT;
    }

    public static long RtSigSuspend(Task task, in SyscallArguments args)
    {
        if (args.A1 != SetBytes)
            return -Errno.EINVAL;
        if (!task.User.TryGet(args.A0, out ulong mask))
            return -Errno.EFAULT;
        task.SetTemporaryMask(mask);
        return WaitForSignal(task);
    }

    public static long Pause(Task task, in SyscallArguments args) => WaitForSignal(task);

    public static long RtSigReturn(Task task, in SyscallArguments args) => SignalFrame.Return(task);

    public static long RestartSystemCall(Task task, in SyscallArguments args) => task.Restart?.Run(task) ?? -Errno.EINTR;

    // Linux: do_sigaction
    private static void Set(ThreadGroup group, int signal, SignalAction action)
    {
        action.Flags &= SignalActionFlags.Known;
        action.Mask &= ~Signal.Unblockable;
        bool wasIgnored = group.Actions[signal].Handler == SignalAction.Ignore;
        group.Actions[signal] = action;
        if (wasIgnored && action.Handler != SignalAction.Ignore)
            group.UnignoreTimers(signal);
        bool ignored = action.Handler == SignalAction.Ignore ||
            (action.Handler == SignalAction.Default && Signal.Has(Signal.IgnoreMask, signal));
        if (!ignored)
            return;
        group.SharedPending.Flush(Signal.Bit(signal));
        foreach (Task thread in group.Threads)
            thread.Pending.Flush(Signal.Bit(signal));
    }

    // Linux: do_sigtimedwait
    private static int WaitFor(Task task, ulong wanted, ulong deadline, out SigInfo info, out bool timedOut)
    {
        timedOut = true;
        int signal = SignalQueueing.Dequeue(task, ~wanted, out info);
        if (signal != 0 || deadline <= task.Kernel.Clock.Monotonic)
            return signal;
        ulong blocked = task.Blocked;
        task.RealBlocked = blocked;
        task.SetBlocked(blocked & ~wanted);
        timedOut = task.Kernel.Scheduler.Sleep(task, TaskState.Interruptible, deadline) == -Errno.ETIME;
        task.SetBlocked(blocked);
        task.RealBlocked = 0;
        return SignalQueueing.Dequeue(task, ~wanted, out info);
    }

    private static long WaitForSignal(Task task)
    {
        long result = task.Kernel.Scheduler.Suspend(task, Scheduler.Never, TaskState.Interruptible);
        return result == Task.Suspended ? result : -KernelErrno.ERESTARTNOHAND;
    }
}
