namespace Emu.Syscalls;

/// <summary>What a file is ready for. Linux: include/uapi/asm-generic/poll.h (<c>POLL*</c>, <c>EPOLL*</c>).</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,
    In = 0x1,
    Priority = 0x2,
    Out = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    Invalid = 0x20,
    ReadNormal = 0x40,
    ReadBand = 0x80,
    WriteNormal = 0x100,
    WriteBand = 0x200,
    Message = 0x400,
    ReadHangUp = 0x2000,

    /// <summary>EPOLLEXCLUSIVE.</summary>
    Exclusive = 1u << 28,

    /// <summary>EPOLLWAKEUP.</summary>
    WakeUp = 1u << 29,

    /// <summary>EPOLLONESHOT.</summary>
    OneShot = 1u << 30,

    /// <summary>EPOLLET.</summary>
    EdgeTriggered = 1u << 31,

    /// <summary>Readable.</summary>
    Readable = In | ReadNormal,

    /// <summary>Writable.</summary>
    Writable = Out | WriteNormal,

    /// <summary>What a file that never makes anyone wait is ready for. Linux: <c>DEFAULT_POLLMASK</c>.</summary>
    DefaultMask = Readable | Writable,

    /// <summary>What is told although nobody asked.</summary>
    Always = Error | HangUp,

    /// <summary>Anything.</summary>
    All = 0xFFFF,

    /// <summary>What the host's poll understands.</summary>
    Host = In | Priority | Out | Error | HangUp | ReadNormal | ReadBand | WriteNormal | WriteBand | ReadHangUp,
}
