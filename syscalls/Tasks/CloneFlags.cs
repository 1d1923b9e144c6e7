namespace Emu.Syscalls;

/// <summary>What a new task shares with its maker. Linux: <c>CLONE_*</c>, clone(2).</summary>
[Flags]
internal enum CloneFlags : ulong
{
    None = 0,

    /// <summary>Where clone passes the exit signal. Linux: <c>CSIGNAL</c>.</summary>
    SignalMask = 0xFF,

    Vm = 0x100,
    Fs = 0x200,
    Files = 0x400,
    SigHand = 0x800,
    PidFd = 0x1000,
    Ptrace = 0x2000,
    Vfork = 0x4000,
    Parent = 0x8000,
    Thread = 0x10000,
    NewNs = 0x20000,
    SysVSem = 0x40000,
    SetTls = 0x80000,
    ParentSetTid = 0x100000,
    ChildClearTid = 0x200000,
    Detached = 0x400000,
    Untraced = 0x800000,
    ChildSetTid = 0x1000000,
    NewCgroup = 0x2000000,
    NewUts = 0x4000000,
    NewIpc = 0x8000000,
    NewUser = 0x10000000,
    NewPid = 0x20000000,
    NewNet = 0x40000000,
    Io = 0x80000000,

    /// <summary>clone3 alone: handlers become the default.</summary>
    ClearSigHand = 0x100000000,

    /// <summary>clone3 alone.</summary>
    IntoCgroup = 0x200000000,

    /// <summary>New namespaces: there is one of each.</summary>
    Namespaces = NewNs | NewCgroup | NewUts | NewIpc | NewUser | NewPid | NewNet,
}

/// <summary>What clone was asked for, decoded. Linux: <c>struct kernel_clone_args</c>.</summary>
internal readonly record struct CloneRequest
{
    /// <summary>What is shared, without the exit signal.</summary>
    public CloneFlags Flags { get; init; }

    /// <summary>Signal at the child's end.</summary>
    public int ExitSignal { get; init; }

    /// <summary>Stack pointer of the child; 0 for the parent's.</summary>
    public ulong Stack { get; init; }

    /// <summary>FS base with <see cref="CloneFlags.SetTls"/>.</summary>
    public ulong Tls { get; init; }

    /// <summary>Where the parent finds the child's number.</summary>
    public ulong ParentTid { get; init; }

    /// <summary>Where the child finds its number, and where it is cleared at its end.</summary>
    public ulong ChildTid { get; init; }

    /// <summary>Where the parent finds a pidfd.</summary>
    public ulong PidFd { get; init; }

    /// <summary>Whether a flag is set.</summary>
    public bool Has(CloneFlags flag) => (Flags & flag) != 0;
}
