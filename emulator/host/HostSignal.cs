using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>Signal numbers; x86-64 and arm64 share them (include/uapi/asm-generic/signal.h).</summary>
public static class HostSignalNumber
{
    /// <summary><c>SIGHUP</c>.</summary>
    public const int HangUp = 1;

    /// <summary><c>SIGINT</c>.</summary>
    public const int Interrupt = 2;

    /// <summary><c>SIGQUIT</c>.</summary>
    public const int Quit = 3;

    /// <summary><c>SIGUSR1</c>.</summary>
    public const int User1 = 10;

    /// <summary><c>SIGUSR2</c>.</summary>
    public const int User2 = 12;

    /// <summary><c>SIGALRM</c>.</summary>
    public const int Alarm = 14;

    /// <summary><c>SIGTERM</c>.</summary>
    public const int Terminate = 15;

    /// <summary><c>SIGCHLD</c>.</summary>
    public const int Child = 17;

    /// <summary><c>SIGCONT</c>.</summary>
    public const int Continue = 18;

    /// <summary><c>SIGSTOP</c>.</summary>
    public const int Stop = 19;

    /// <summary><c>SIGTSTP</c>.</summary>
    public const int TerminalStop = 20;

    /// <summary><c>SIGTTIN</c>.</summary>
    public const int TerminalInput = 21;

    /// <summary><c>SIGTTOU</c>.</summary>
    public const int TerminalOutput = 22;

    /// <summary><c>SIGWINCH</c>.</summary>
    public const int WindowChange = 28;
}

/// <summary>
/// Signals from outside to the emulator's process, by the runtime's own registration: the handlers are managed code on a
/// thread of the runtime, not in the context of the signal. To interrupt one of our threads see
/// <see cref="HostInterruptTarget"/>.
/// </summary>
/// <remarks>The first registration starts a thread of the runtime: not for the way of a program that needs none.</remarks>
public static unsafe class HostSignal
{
    private const int Ignore = 1;
    private const int FirstRealTime = 32;

    /// <summary>
    /// Calls a handler, with the signal's number, whenever the process gets the signal. The default action follows when
    /// no handler of that signal answers true.
    /// </summary>
    /// <param name="signal">
    /// Below 32, except SIGKILL, SIGSTOP and those that a fault raises. The real-time signals belong to libc, to the
    /// runtime and to <see cref="HostInterruptTarget"/>.
    /// </param>
    /// <param name="handler">Called on a thread of the runtime, one call at a time for each signal sent; must not throw.</param>
    /// <param name="registration">To be disposed of to end it; null on failure.</param>
    /// <returns>0, or <c>-EINVAL</c> for a signal that cannot be caught.</returns>
    public static int Register(int signal, Func<int, bool> handler, out IDisposable? registration)
    {
        registration = null;
        if (signal is <= 0 or >= FirstRealTime || IsSynchronous(signal))
            return -HostErrno.EINVAL;
        try
        {
            // The runtime takes the host's numbers as well as its own names.
            registration = PosixSignalRegistration.Create(
                (PosixSignal)signal, context => context.Cancel = handler(signal));
            return 0;
        }
        catch (Exception refused) when (refused is IOException or ArgumentException or PlatformNotSupportedException)
        {
            return -HostErrno.EINVAL;
        }
    }

    /// <summary>
    /// True when the process ignores a signal: what it inherited (<c>nohup</c> has SIGHUP ignored) until it is
    /// registered. SIGPIPE always is, by the runtime.
    /// </summary>
    public static bool IsIgnored(int signal)
    {
        NativeSigaction action = default;
        return Native.sigaction(signal, null, &action) == 0 && action.Handler == Ignore;
    }

    /// <summary>SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV: the runtime's own, for faults of its code.</summary>
    private static bool IsSynchronous(int signal) => signal is 4 or 5 or 7 or 8 or 11;
}
