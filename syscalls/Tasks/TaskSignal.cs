namespace Emu.Syscalls;

/// <summary>Signals that the files send. Linux: arch/x86/include/uapi/asm/signal.h.</summary>
internal static class TaskSignal
{
    /// <summary>SIGPIPE: a write with nobody to read it.</summary>
    public const int BrokenPipe = 13;

    /// <summary>SIGXFSZ: a file would exceed RLIMIT_FSIZE.</summary>
    public const int FileSizeExceeded = 25;

    /// <summary>SIGIO: input or output has become possible.</summary>
    public const int Io = 29;
}

/// <summary>A task's signals, as far as waiting and files need them; implemented by whoever delivers them.</summary>
internal interface ITaskSignals
{
    /// <summary>Whether one is pending that is not blocked. Linux: <c>signal_pending</c>.</summary>
    bool IsPending { get; }

    /// <summary>Sends one to the task. Linux: <c>send_sig</c>.</summary>
    void Send(int signal);

    /// <summary>Replaces the mask of blocked signals for one call. Linux: <c>set_user_sigmask</c>.</summary>
    void SetTemporaryMask(ulong mask);

    /// <summary>The call is done. Linux: <c>restore_saved_sigmask_unless</c>.</summary>
    /// <param name="interrupted">Whether a signal ended it: the old mask comes back only after the handler has been set up.</param>
    void RestoreMask(bool interrupted);
}
