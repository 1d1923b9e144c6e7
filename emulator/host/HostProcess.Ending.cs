using System.Diagnostics.CodeAnalysis;

namespace Emu.Host;

/// <content>Ways out of the process, and stopping it.</content>
public static unsafe partial class HostProcess
{
    private const int SetDumpable = 4;
    private const int SignalExit = 128;

    /// <summary>
    /// Ends the process at once (_exit(2)): no finalizer, no exit handler, no wait for threads, nothing flushed. The
    /// terminal must have been restored.
    /// </summary>
    [DoesNotReturn]
    public static void ExitNow(int status)
    {
        Native._exit(status);
        throw new InvalidOperationException();
    }

    /// <summary>
    /// Ends the process by a signal's default action, so that whoever waits for it learns of the signal. Without a core
    /// file: it would show the emulator, not the guest. A signal that does not kill (or that the host withholds from the
    /// first process of a container) ends it with status 128 + signal, as shells say it.
    /// </summary>
    [DoesNotReturn]
    public static void DieBySignal(int signal)
    {
        Native.prctl(SetDumpable, 0, 0, 0, 0);
        NativeSigaction action = default;
        Native.sigaction(signal, &action, null);
        Raise(signal);
        ExitNow(SignalExit + signal);
    }

    /// <summary>
    /// Stops the process by a signal's default action and returns when it was continued. 0 or a negative errno.
    /// </summary>
    /// <param name="signal">
    /// SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU, else <c>-EINVAL</c>. The host discards the last three, and this returns at
    /// once, when no shell is there to continue us (an orphaned process group).
    /// </param>
    public static int StopBySignal(int signal)
    {
        if (signal is < HostSignalNumber.Stop or > HostSignalNumber.TerminalOutput)
            return -HostErrno.EINVAL;
        if (signal == HostSignalNumber.Stop)
            return Raise(signal);
        NativeSigaction byDefault = default;
        NativeSigaction old = default;
        int result = Native.Result(Native.sigaction(signal, &byDefault, &old));
        if (result < 0)
            return result;
        result = Raise(signal);
        Native.sigaction(signal, &old, null);
        return result;
    }

    /// <summary>Sends a signal to the calling thread, unblocked: it takes effect before this returns.</summary>
    private static int Raise(int signal)
    {
        ulong mask = Native.UnblockSignals(1UL << (signal - 1));
        long result = Native.Syscall(SyscallNumber.Tgkill, Native.getpid(), (nint)GetThreadId(), signal);
        Native.SetSignalMask(mask);
        return (int)result;
    }
}
