namespace Emu.Syscalls;

/// <summary>How far a thread has come with a stop of its process. Linux: <c>JOBCTL_*</c>.</summary>
[Flags]
internal enum JobControl
{
    None = 0,

    /// <summary>The signal that stopped it stands in these bits.</summary>
    SignalMask = 0xFFFF,

    /// <summary>A stopping signal was taken; the stop has yet to begin.</summary>
    StopDequeued = 1 << 16,

    /// <summary>The thread is to stop.</summary>
    StopPending = 1 << 17,

    /// <summary>Its stop counts towards the process's.</summary>
    StopConsume = 1 << 18,

    /// <summary>What goes when a stop is given up.</summary>
    PendingMask = StopPending,
}

/// <summary>An alternate stack for handlers. Linux: <c>sas_ss_*</c>.</summary>
internal struct AlternateStack
{
    /// <summary>Linux: <c>SS_ONSTACK</c>, <c>SS_DISABLE</c>, <c>SS_AUTODISARM</c>.</summary>
    public const uint OnStack = 1, Disable = 2, AutoDisarm = 1u << 31;

    /// <summary>Lowest address.</summary>
    public ulong Base;

    /// <summary>Bytes; 0 for no stack.</summary>
    public ulong Size;

    /// <summary>Flags as they were set.</summary>
    public uint Flags;

    /// <summary>No stack. Linux: <c>sas_ss_reset</c>.</summary>
    public static AlternateStack None => new() { Flags = Disable };

    /// <summary>Whether a stack pointer lies in it. Linux: <c>__on_sig_stack</c>.</summary>
    public readonly bool Contains(ulong sp) => sp > Base && sp - Base <= Size;

    /// <summary>The same, but for a stack that is disarmed while in use. Linux: <c>on_sig_stack</c>.</summary>
    public readonly bool IsInUse(ulong sp) => (Flags & AutoDisarm) == 0 && Contains(sp);

    /// <summary>What sigaltstack reports. Linux: <c>sas_ss_flags</c>.</summary>
    public readonly uint StateAt(ulong sp) => Size == 0 ? Disable : IsInUse(sp) ? OnStack : 0;
}

/// <content>Signals to the thread.</content>
public sealed partial class Task
{
    /// <summary>Signals to this thread alone. Linux: <c>pending</c>.</summary>
    internal SigPending Pending { get; } = new();

    /// <summary>Signals that are not delivered. Linux: <c>blocked</c>.</summary>
    internal ulong Blocked { get; private set; }

    /// <summary>What is blocked beyond a sigtimedwait. Linux: <c>real_blocked</c>.</summary>
    internal ulong RealBlocked { get; set; }

    /// <summary>The mask that comes back after the system call or its handler. Linux: <c>saved_sigmask</c>.</summary>
    internal ulong SavedMask { get; private set; }

    /// <summary>Whether <see cref="SavedMask"/> is to come back. Linux: <c>TIF_RESTORE_SIGMASK</c>.</summary>
    internal bool RestoresMask { get; private set; }

    /// <summary>Stack for handlers.</summary>
    internal AlternateStack AlternateStack;

    /// <summary>How far a stop has come. Linux: <c>jobctl</c>.</summary>
    internal JobControl JobControl { get; set; }

    /// <summary>What restart_syscall does. Linux: <c>restart_block</c>.</summary>
    internal RestartBlock? Restart { get; set; }

    /// <summary>Number of the system call that the registers are those of, -1 if none. Linux: <c>orig_ax</c>.</summary>
    internal long OriginalRax { get; set; } = -1;

    /// <summary>The last exception, an <see cref="Cpu.ExceptionVector"/>. Linux: <c>thread.trap_nr</c>, with <c>error_code</c> and <c>cr2</c> below.</summary>
    public ulong TrapNumber { get; internal set; }

    /// <summary>Its error code.</summary>
    public ulong TrapError { get; internal set; }

    /// <summary>The address of the last page fault.</summary>
    public ulong TrapAddress { get; internal set; }

    /// <summary>Sends it a signal that it brought upon itself, as if it had sent it. Linux: <c>send_sig(sig, current, 0)</c>.</summary>
    /// <param name="signal">The signal.</param>
    internal void SendSignal(int signal) => SignalSender.SendToThread(this, SigInfo.ForUser(signal, SigCode.User, this));

    /// <summary>Whether a signal may be deliverable. Linux: <c>signal_pending</c>.</summary>
    internal bool IsSignalPending => (Work & TaskWork.SignalPending) != 0;

    /// <summary>Whether it is about to be killed. Linux: <c>__fatal_signal_pending</c>.</summary>
    internal bool IsKillPending => Signal.Has(Pending.Set, Signal.SIGKILL);

    /// <summary>Brings <see cref="TaskWork.SignalPending"/> up to date. Linux: <c>recalc_sigpending</c>.</summary>
    internal void RecalculatePending()
    {
        if (HasPendingSignal)
            Work |= TaskWork.SignalPending;
        else
            Work &= ~TaskWork.SignalPending;
    }

    /// <summary>Whether there is something to deliver. Linux: <c>recalc_sigpending_tsk</c>.</summary>
    internal bool HasPendingSignal =>
        (JobControl & JobControl.PendingMask) != 0 || ((Pending.Set | Group.SharedPending.Set) & ~Blocked) != 0;

    /// <summary>Changes the mask. Linux: <c>set_current_blocked</c>, <c>__set_task_blocked</c>.</summary>
    internal void SetBlocked(ulong mask)
    {
        mask &= ~Signal.Unblockable;
        if (mask == Blocked)
            return;
        ulong newlyBlocked = mask & ~Blocked;
        if (IsSignalPending && newlyBlocked != 0 && !Group.HasOneThread)
            SignalSender.Retarget(this, newlyBlocked);
        Blocked = mask;
        RecalculatePending();
    }

    /// <summary>Removes a signal from the mask of a thread whose pending state is brought up to date elsewhere.</summary>
    internal void Unblock(int signal) => Blocked &= ~Signal.Bit(signal);

    /// <summary>Gives a new thread its mask.</summary>
    internal void InheritBlocked(ulong mask) => Blocked = mask;

    /// <summary>Another mask for the rest of the system call. Linux: <c>set_user_sigmask</c>.</summary>
    internal void SetTemporaryMask(ulong mask)
    {
        if (!IsResuming)
            SavedMask = Blocked;
        RestoresMask = true;
        SetBlocked(mask);
    }

    /// <summary>The system call is done. Linux: <c>restore_saved_sigmask_unless</c>.</summary>
    /// <param name="interrupted">Whether a signal ended it: the old mask comes back only after the handler has been set up.</param>
    internal void RestoreMask(bool interrupted)
    {
        if (!interrupted)
            RestoreSavedMask();
    }

    /// <summary>The saved mask comes back, if there is one. Linux: <c>restore_saved_sigmask</c>.</summary>
    internal void RestoreSavedMask()
    {
        if (!RestoresMask)
            return;
        RestoresMask = false;
        SetBlocked(SavedMask);
    }

    /// <summary>The mask that a signal frame saves. Linux: <c>sigmask_to_save</c>.</summary>
    internal ulong MaskToSave => RestoresMask ? SavedMask : Blocked;

    /// <summary>A frame has saved the mask. Linux: <c>clear_restore_sigmask</c>.</summary>
    internal void ForgetSavedMask() => RestoresMask = false;
}

/// <summary>How an interrupted system call goes on when no handler ran. Linux: <c>struct restart_block</c>.</summary>
internal abstract class RestartBlock
{
    /// <summary>Goes on with the call. Linux: <c>fn</c>.</summary>
    public abstract long Run(Task task);
}
