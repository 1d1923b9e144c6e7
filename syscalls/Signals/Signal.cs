namespace Emu.Syscalls;

/// <summary>Signal numbers and sets of signals; bit n-1 of a set is signal n. Linux: include/linux/signal.h, signal(7).</summary>
public static class Signal
{
#pragma warning disable CS1591 // the names are the documentation
    public const int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9,
        SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15, SIGSTKFLT = 16, SIGCHLD = 17, SIGCONT = 18,
        SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGXCPU = 24, SIGXFSZ = 25, SIGVTALRM = 26, SIGPROF = 27,
        SIGWINCH = 28, SIGIO = 29, SIGPWR = 30, SIGSYS = 31;
#pragma warning restore CS1591

    /// <summary>The first real-time signal. Linux: <c>SIGRTMIN</c>.</summary>
    public const int FirstRealTime = 32;

    /// <summary>The highest number. Linux: <c>_NSIG</c>.</summary>
    public const int Last = 64;

    /// <summary>What no program can block, catch or ignore.</summary>
    public const ulong Unblockable = (1UL << (SIGKILL - 1)) | (1UL << (SIGSTOP - 1));

    /// <summary>Their default action is to stop. Linux: <c>SIG_KERNEL_STOP_MASK</c>.</summary>
    public const ulong StopMask = (1UL << (SIGSTOP - 1)) | (1UL << (SIGTSTP - 1)) | (1UL << (SIGTTIN - 1)) | (1UL << (SIGTTOU - 1));

    /// <summary>Their default action is to do nothing. Linux: <c>SIG_KERNEL_IGNORE_MASK</c>.</summary>
    public const ulong IgnoreMask = (1UL << (SIGCONT - 1)) | (1UL << (SIGCHLD - 1)) | (1UL << (SIGWINCH - 1)) | (1UL << (SIGURG - 1));

    /// <summary>Their default action is to dump core. Linux: <c>SIG_KERNEL_COREDUMP_MASK</c>.</summary>
    public const ulong CoreMask = (1UL << (SIGQUIT - 1)) | (1UL << (SIGILL - 1)) | (1UL << (SIGTRAP - 1)) | (1UL << (SIGABRT - 1)) |
        (1UL << (SIGFPE - 1)) | (1UL << (SIGSEGV - 1)) | (1UL << (SIGBUS - 1)) | (1UL << (SIGSYS - 1)) | (1UL << (SIGXCPU - 1)) |
        (1UL << (SIGXFSZ - 1));

    /// <summary>Raised by the instruction that is executed; delivered before all others. Linux: <c>SYNCHRONOUS_MASK</c>.</summary>
    public const ulong SynchronousMask = (1UL << (SIGSEGV - 1)) | (1UL << (SIGBUS - 1)) | (1UL << (SIGILL - 1)) | (1UL << (SIGTRAP - 1)) |
        (1UL << (SIGFPE - 1)) | (1UL << (SIGSYS - 1));

    /// <summary>The set of one signal. Linux: <c>sigmask</c>.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);

    /// <summary>Whether a set has a signal. Linux: <c>sigismember</c>.</summary>
    public static bool Has(ulong set, int signal) => (set & Bit(signal)) != 0;

    /// <summary>Whether a number is that of a signal. Linux: <c>valid_signal</c> without 0.</summary>
    public static bool IsValid(int signal) => signal is > 0 and <= Last;

    /// <summary>The lowest signal of a set that is not empty.</summary>
    public static int Lowest(ulong set) => System.Numerics.BitOperations.TrailingZeroCount(set) + 1;
}
