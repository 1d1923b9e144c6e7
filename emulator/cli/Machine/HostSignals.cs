using Emu.Host;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Passes signals that the host sends emu on to the program, which handles them or dies of them.</summary>
/// <remarks>
/// The keys of the terminal and the change of its size go to the process group in the foreground, the others to the first process. A machine
/// that does not take a signal in for a second is stuck: the next signal ends emu then, with its output flushed and the terminal restored.
/// </remarks>
internal sealed class HostSignals : IDisposable
{
    private const long PatienceNanoseconds = 1_000_000_000;

    private static readonly int[] Always = [HostSignalNumber.Interrupt, HostSignalNumber.Quit, HostSignalNumber.Terminate, HostSignalNumber.HangUp];
    private static readonly int[] OfTerminals = [HostSignalNumber.TerminalStop, HostSignalNumber.WindowChange];

    private readonly Kernel _kernel;
    private readonly Action<int> _endNow;
    private readonly List<IDisposable> _registrations = [];
    private long _waitsSince;

    /// <summary>Signals for a machine.</summary>
    /// <param name="kernel">The machine.</param>
    /// <param name="endNow">Ends emu with a status, from the thread of the signal.</param>
    public HostSignals(Kernel kernel, Action<int> endNow)
    {
        _kernel = kernel;
        _endNow = endNow;
    }

    /// <summary>Begins to listen. What the caller of emu has ignored stays ignored.</summary>
    /// <param name="onTerminal">Whether the program runs on a terminal, as a job of a shell.</param>
    public void Register(bool onTerminal)
    {
        if (onTerminal)
            _kernel.StopAsJob = static signal => HostProcess.StopBySignal(signal);
        foreach (int signal in onTerminal ? [.. Always, .. OfTerminals] : Always)
        {
            if (!HostSignal.IsIgnored(signal) && HostSignal.Register(signal, OnSignal, out IDisposable? registration) == 0)
                _registrations.Add(registration!);
        }
        _kernel.ListenToHost(_registrations.Count != 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable registration in _registrations)
            registration.Dispose();
        _registrations.Clear();
    }

    private bool OnSignal(int signal)
    {
        if (Array.IndexOf(Always, signal) < 0)
        {
            _kernel.Post(() => _kernel.RaiseFromHost(signal, toForeground: true));
            return true;
        }
        long now = HostClock.Monotonic();
        long since = Interlocked.CompareExchange(ref _waitsSince, now, 0);
        if (since != 0 && now - since > PatienceNanoseconds)
            _endNow(ExitStatus.SignalBase + signal);
        _kernel.Post(() => PassOn(signal));
        return true;
    }

    private void PassOn(int signal)
    {
        Volatile.Write(ref _waitsSince, 0);
        _kernel.RaiseFromHost(signal, toForeground: signal is HostSignalNumber.Interrupt or HostSignalNumber.Quit);
    }
}
