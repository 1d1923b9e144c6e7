namespace Emu.Syscalls;

/// <summary>What a file is ready for. Linux: include/uapi/asm-generic/poll.h (<c>POLL*</c>, <c>EPOLL*</c>).</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,
    In = 0x1,

    /// <summary>Anything.</summary>
    All = 0xFFFF,
}
