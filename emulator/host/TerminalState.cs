using System.Runtime.CompilerServices;

namespace Emu.Host;

/// <summary>
/// The attributes that a terminal had before emu touched it, and the way back to them.
/// </summary>
/// <remarks>
/// <see cref="Restore"/> allocates nothing, takes no lock and may be called any number of times from any thread, thus
/// also from a signal's handler (<see cref="HostSignal"/>) and on every way out of the process. Around a stop by SIGTSTP:
/// <see cref="Restore"/>, stop, and on continuing <see cref="SetRaw"/> again. The descriptor must outlive the object.
/// </remarks>
public sealed class TerminalState : IDisposable
{
    private const ulong SigTtouMask = 1UL << (22 - 1);

    private readonly int _fd;
    private Attributes _saved;

    private TerminalState(int fd) => _fd = fd;

    /// <summary>Saves the attributes of a terminal. 0, or <c>-ENOTTY</c> and no object.</summary>
    public static int Save(int fd, out TerminalState? state)
    {
        TerminalState fresh = new(fd);
        int result = HostTerminal.GetAttributes2(fd, fresh._saved);
        state = result < 0 ? null : fresh;
        return result;
    }

    /// <summary>The bytes saved: a <c>struct termios2</c>.</summary>
    public ReadOnlySpan<byte> Saved => _saved;

    /// <summary>
    /// Sets raw mode, from the saved attributes on, after all output was sent. See <see cref="HostTerminal.MakeRaw"/>.
    /// </summary>
    public int SetRaw()
    {
        Span<byte> raw = stackalloc byte[HostTerminal.Attributes2Size];
        ((ReadOnlySpan<byte>)_saved).CopyTo(raw);
        HostTerminal.MakeRaw(raw);
        return HostTerminal.SetAttributes2(_fd, HostTerminalWhen.Drain, raw);
    }

    /// <summary>
    /// Gives the terminal its saved attributes, at once (waiting for output that ^S holds back could last for ever).
    /// 0 or a negative errno. Does nothing, and answers 0, when another job is in the foreground: the terminal is in
    /// that job's mode, and the shell restores its own.
    /// </summary>
    public int Restore()
    {
        int foreground = HostTerminal.GetForegroundGroup(_fd);
        if (foreground >= 0 && foreground != Native.getpgrp())
            return 0;
        // The foreground may change after the question; with SIGTTOU blocked that cannot stop us on the way out.
        ulong mask = Native.BlockSignals(SigTtouMask);
        int result = HostTerminal.SetAttributes2(_fd, HostTerminalWhen.Now, _saved);
        Native.SetSignalMask(mask);
        return result;
    }

    /// <summary><see cref="Restore"/>.</summary>
    public void Dispose() => Restore();

    [InlineArray(HostTerminal.Attributes2Size)]
    private struct Attributes
    {
        private byte _first;
    }
}
