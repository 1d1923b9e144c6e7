using System.Runtime.InteropServices;

namespace Emu.Syscalls;

/// <summary>What comes with a signal, as user mode sees it, up to its last field. Linux: <c>struct kernel_siginfo</c>, sigaction(2).</summary>
/// <remarks>Which of the overlapping fields count depends on the signal and the code; what does not is zero.</remarks>
[StructLayout(LayoutKind.Explicit, Size = Size)]
public struct SigInfo
{
    /// <summary>Bytes that carry something. Linux: <c>sizeof(struct kernel_siginfo)</c>.</summary>
    public const int Size = 48;

    /// <summary>Bytes of user mode's <c>siginfo_t</c>; those beyond <see cref="Size"/> are zero.</summary>
    public const int UserSize = 128;

#pragma warning disable CS1591 // the names are the documentation
    [FieldOffset(0)] public int Signo;
    [FieldOffset(4)] public int Errno;
    [FieldOffset(8)] public int Code;
    [FieldOffset(16)] public int Pid;
    [FieldOffset(20)] public uint Uid;
    [FieldOffset(24)] public ulong Value;
    [FieldOffset(24)] public int Status;
    [FieldOffset(32)] public long UserTime;
    [FieldOffset(40)] public long SystemTime;
    [FieldOffset(16)] public int TimerId;
    [FieldOffset(20)] public int Overrun;
    [FieldOffset(16)] public ulong Address;
    [FieldOffset(32)] public uint ProtectionKey;
    [FieldOffset(16)] public long Band;
    [FieldOffset(24)] public int Fd;
#pragma warning restore CS1591

    /// <summary>A signal sent by kill. Linux: <c>SI_USER</c>.</summary>
    public static SigInfo ForUser(int signal, int code, Task sender) =>
        new() { Signo = signal, Code = code, Pid = sender.ProcessId, Uid = sender.Credentials.Uid };

    /// <summary>A signal from the kernel that names nobody. Linux: <c>SEND_SIG_PRIV</c>.</summary>
    public static SigInfo ForKernel(int signal) => new() { Signo = signal, Code = SigCode.Kernel };

    /// <summary>A signal that an access or instruction raised.</summary>
    public static SigInfo ForFault(int signal, int code, ulong address) => new() { Signo = signal, Code = code, Address = address };

    /// <summary>Writes it as user mode sees it. Linux: <c>copy_siginfo_to_user</c>.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes; zeros beyond are the caller's to write.</param>
    public readonly void WriteTo(Span<byte> destination) => MemoryMarshal.Write(destination, this);

    /// <summary>Copies it to the user in full.</summary>
    /// <returns>Whether it could be written.</returns>
    internal readonly bool TryCopyTo(Task task, ulong address)
    {
        Span<byte> bytes = stackalloc byte[UserSize];
        bytes.Clear();
        WriteTo(bytes);
        return task.User.CopyTo(address, bytes) == 0;
    }

    /// <summary>Whether user mode made it up or asked for it, so that it may be dropped. Linux: <c>SI_FROMUSER</c>.</summary>
    public readonly bool IsFromUser => Code <= 0;
}

/// <summary>Values of si_code. Linux: include/uapi/asm-generic/siginfo.h.</summary>
public static class SigCode
{
#pragma warning disable CS1591 // the names are the documentation
    public const int User = 0, Kernel = 0x80, Queue = -1, Timer = -2, MessageQueue = -3, AsyncIo = -4, SigIo = -5, Tkill = -6;
    public const int IllOpn = 2;
    public const int FpeIntDiv = 1, FpeFltDiv = 3, FpeFltOvf = 4, FpeFltUnd = 5, FpeFltRes = 6, FpeFltInv = 7;
    public const int BusAdrAln = 1;
    public const int TrapBrkpt = 1, TrapTrace = 2;
    public const int CldExited = 1, CldKilled = 2, CldDumped = 3, CldTrapped = 4, CldStopped = 5, CldContinued = 6;
#pragma warning restore CS1591
}
