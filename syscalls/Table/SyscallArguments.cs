namespace Emu.Syscalls;

/// <summary>The six registers that a system call's arguments are passed in.</summary>
public readonly record struct SyscallArguments(ulong A0, ulong A1, ulong A2, ulong A3, ulong A4, ulong A5)
{
    /// <summary>An argument as a signed 32-bit number, as an <c>int</c> parameter takes it.</summary>
    public int Int(int index) => (int)this[index];

    /// <summary>An argument.</summary>
    public ulong this[int index] => index switch
    {
        0 => A0,
        1 => A1,
        2 => A2,
        3 => A3,
        4 => A4,
        _ => A5,
    };
}
