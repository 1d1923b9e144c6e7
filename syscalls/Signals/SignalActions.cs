using System.Runtime.InteropServices;

namespace Emu.Syscalls;

/// <summary>Flags of a signal's action. Linux: <c>SA_*</c>, sigaction(2).</summary>
[Flags]
public enum SignalActionFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No SIGCHLD when a child stops.</summary>
    NoChildStop = 0x1,

    /// <summary>Children do not become zombies.</summary>
    NoChildWait = 0x2,

    /// <summary>The handler takes three arguments.</summary>
    SigInfo = 0x4,

    /// <summary>The kernel answers which of the unknown flags it knows. Linux: <c>SA_UNSUPPORTED</c>.</summary>
    Unsupported = 0x400,

    /// <summary>Address tags are kept; nothing to do here.</summary>
    ExposeTagBits = 0x800,

    /// <summary><see cref="SignalAction.Restorer"/> is set.</summary>
    Restorer = 0x04000000,

    /// <summary>On the alternate stack.</summary>
    OnStack = 0x08000000,

    /// <summary>System calls go on after the handler.</summary>
    Restart = 0x10000000,

    /// <summary>The signal is not blocked during its handler.</summary>
    NoDefer = 0x40000000,

    /// <summary>The action goes back to the default when the handler is called.</summary>
    ResetHand = 0x80000000,

    /// <summary>What sigaction keeps. Linux: <c>UAPI_SA_FLAGS</c>.</summary>
    Known = NoChildStop | NoChildWait | SigInfo | OnStack | Restart | NoDefer | ResetHand | ExposeTagBits | Restorer,
}

/// <summary>What a process does on a signal. Linux: <c>struct sigaction</c> of the kernel on x86-64.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SignalAction
{
    /// <summary>SIG_DFL.</summary>
    public const ulong Default = 0;

    /// <summary>SIG_IGN.</summary>
    public const ulong Ignore = 1;

    /// <summary>Address of the handler, or one of the two.</summary>
    public ulong Handler;

    /// <summary>Flags.</summary>
    public SignalActionFlags Flags;

    /// <summary>Where the handler returns to.</summary>
    public ulong Restorer;

    /// <summary>Blocked while the handler runs.</summary>
    public ulong Mask;
}

/// <summary>The actions of a process, or of several that share them. Linux: <c>struct sighand_struct</c>.</summary>
public sealed class SignalActions
{
    private readonly SignalAction[] _actions = new SignalAction[Signal.Last];
    private WaitQueue? _signalFdWaiters;

    /// <summary>Thread groups that use it. Linux: <c>count</c>.</summary>
    public int Users { get; internal set; } = 1;

    /// <summary>Polls of signalfds. Linux: <c>signalfd_wqh</c>.</summary>
    internal WaitQueue SignalFdWaiters => _signalFdWaiters ??= new WaitQueue("a signal");

    /// <summary>The action on a signal.</summary>
    public ref SignalAction this[int signal] => ref _actions[signal - 1];

    /// <summary>Tells them that a signal has come.</summary>
    internal void NotifySignalFds() => _signalFdWaiters?.Wake();

    /// <summary>A copy, for a child.</summary>
    internal SignalActions Copy()
    {
        SignalActions copy = new();
        _actions.CopyTo(copy._actions, 0);
        return copy;
    }

    /// <summary>Handlers become the default, as for a new program. Linux: <c>flush_signal_handlers</c>.</summary>
    /// <param name="evenIgnored">Whether what is ignored becomes the default too.</param>
    internal void Reset(bool evenIgnored)
    {
        foreach (ref SignalAction action in _actions.AsSpan())
        {
            ulong handler = !evenIgnored && action.Handler == SignalAction.Ignore ? SignalAction.Ignore : SignalAction.Default;
            action = new SignalAction { Handler = handler };
        }
    }
}
