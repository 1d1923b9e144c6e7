using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>The size of a terminal: <c>struct winsize</c> (ioctl_tty(2)).</summary>
/// <param name="Rows">Lines.</param>
/// <param name="Columns">Columns.</param>
/// <param name="XPixels">Width in pixels, or 0.</param>
/// <param name="YPixels">Height in pixels, or 0.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct HostWindowSize(ushort Rows, ushort Columns, ushort XPixels = 0, ushort YPixels = 0);

/// <summary>When new terminal attributes take effect (termios(3)).</summary>
public enum HostTerminalWhen
{
    /// <summary><c>TCSANOW</c>: at once.</summary>
    Now = 0,

    /// <summary><c>TCSADRAIN</c>: when all output was sent.</summary>
    Drain = 1,

    /// <summary><c>TCSAFLUSH</c>: when all output was sent, dropping input not yet read.</summary>
    Flush = 2,
}

/// <summary>
/// The host's terminals by descriptor: attributes, size, foreground group. Every result is ≥ 0 or a negative errno;
/// <c>-ENOTTY</c> on what is no terminal.
/// </summary>
/// <remarks>
/// Attributes are the bytes of the kernel's own structures, <c>struct termios</c> (36 bytes) and <c>struct termios2</c>
/// (44 bytes, with the speeds), not of libc's larger one. x86-64 and arm64 share them and the requests
/// (include/uapi/asm-generic/termbits.h, ioctls.h), so a guest's bytes pass both ways as they are.
/// </remarks>
public static unsafe class HostTerminal
{
    /// <summary>Bytes of <c>struct termios</c>.</summary>
    public const int AttributesSize = 36;

    /// <summary>Bytes of <c>struct termios2</c>.</summary>
    public const int Attributes2Size = 44;

    private const nuint TcGetS = 0x5401;
    private const nuint TcSetS = 0x5402;
    private const nuint TcSBrk = 0x5409;
    private const nuint TcXOnC = 0x540A;
    private const nuint TcFlsh = 0x540B;
    private const nuint TioCgPgrp = 0x540F;
    private const nuint TioCsPgrp = 0x5410;
    private const nuint TioCgWinSz = 0x5413;
    private const nuint TioCsWinSz = 0x5414;
    private const nuint FioNRead = 0x541B;
    private const nuint TcGetS2 = 0x802C542A;
    private const nuint TcSetS2 = 0x402C542B;

    /// <summary>True when the descriptor is a terminal (isatty(3)).</summary>
    public static bool IsATty(int fd)
    {
        Span<byte> attributes = stackalloc byte[AttributesSize];
        return GetAttributes(fd, attributes) >= 0;
    }

    /// <summary>TCGETS: <see cref="AttributesSize"/> bytes; <c>-EINVAL</c> for a shorter buffer.</summary>
    public static int GetAttributes(int fd, Span<byte> termios) => Get(fd, TcGetS, termios, AttributesSize);

    /// <summary>TCGETS2: <see cref="Attributes2Size"/> bytes; <c>-EINVAL</c> for a shorter buffer.</summary>
    public static int GetAttributes2(int fd, Span<byte> termios2) => Get(fd, TcGetS2, termios2, Attributes2Size);

    /// <summary>TCSETS, TCSETSW or TCSETSF. Repeated when a signal cuts the wait for output short.</summary>
    /// <remarks>In the background the host sends SIGTTOU to the process group first, which stops it by default.</remarks>
    public static int SetAttributes(int fd, HostTerminalWhen when, ReadOnlySpan<byte> termios)
    {
        int result;
        do
            result = SetAttributesInterruptible(fd, when, termios);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="SetAttributes"/> that answers <c>-EINTR</c>.</summary>
    public static int SetAttributesInterruptible(int fd, HostTerminalWhen when, ReadOnlySpan<byte> termios) =>
        Set(fd, TcSetS + (nuint)when, termios, AttributesSize);

    /// <summary>TCSETS2, TCSETSW2 or TCSETSF2. Repeated when a signal cuts the wait for output short.</summary>
    public static int SetAttributes2(int fd, HostTerminalWhen when, ReadOnlySpan<byte> termios2)
    {
        int result;
        do
            result = SetAttributes2Interruptible(fd, when, termios2);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="SetAttributes2"/> that answers <c>-EINTR</c>.</summary>
    public static int SetAttributes2Interruptible(int fd, HostTerminalWhen when, ReadOnlySpan<byte> termios2) =>
        Set(fd, TcSetS2 + (nuint)when, termios2, Attributes2Size);

    /// <summary>TIOCGWINSZ: the size in lines and columns, both 0 when unknown.</summary>
    public static int GetWindowSize(int fd, out HostWindowSize size)
    {
        size = default;
        fixed (HostWindowSize* address = &size)
            return Native.Result(Native.ioctl(fd, TioCgWinSz, address));
    }

    /// <summary>TIOCSWINSZ: sets the size; the foreground group gets SIGWINCH if it changed.</summary>
    public static int SetWindowSize(int fd, HostWindowSize size) => Native.Result(Native.ioctl(fd, TioCsWinSz, &size));

    /// <summary>tcgetpgrp(3): the foreground process group; <c>-ENOTTY</c> if it is not our controlling terminal.</summary>
    public static int GetForegroundGroup(int fd)
    {
        int group = 0;
        int result = Native.Result(Native.ioctl(fd, TioCgPgrp, &group));
        return result < 0 ? result : group;
    }

    /// <summary>
    /// tcsetpgrp(3). Answers <c>-EINTR</c> when SIGTTOU was sent instead, for being in the background: repeating it would
    /// send the signal again.
    /// </summary>
    public static int SetForegroundGroupInterruptible(int fd, int group) =>
        Native.Result(Native.ioctl(fd, TioCsPgrp, &group));

    /// <summary>FIONREAD: bytes that can be read at once from a terminal, pipe or socket.</summary>
    public static int GetReadable(int fd)
    {
        int count = 0;
        int result = Native.Result(Native.ioctl(fd, FioNRead, &count));
        return result < 0 ? result : count;
    }

    /// <summary>tcflush(3): drops input not read (0), output not sent (1), or both (2).</summary>
    public static int Flush(int fd, int queue) => Native.Result(Native.ioctl(fd, TcFlsh, (void*)queue));

    /// <summary>tcflow(3): stops (0) or restarts (1) output; sends the stop (2) or start (3) character.</summary>
    public static int Flow(int fd, int action) => Native.Result(Native.ioctl(fd, TcXOnC, (void*)action));

    /// <summary>
    /// TCSBRK: sends a break when <paramref name="argument"/> is 0, else only waits until all output was sent
    /// (tcdrain(3)). Answers <c>-EINTR</c>.
    /// </summary>
    public static int BreakOrDrainInterruptible(int fd, int argument) =>
        Native.Result(Native.ioctl(fd, TcSBrk, (void*)argument));

    /// <summary>
    /// Changes attributes (of either structure) to raw mode as cfmakeraw(3) does, with reads of at least one byte:
    /// no echo, no lines, no signals, no translation, eight bits. Bytes shorter than a termios stay unchanged.
    /// </summary>
    public static void MakeRaw(Span<byte> termios)
    {
        const uint InputOff = 0x5EB; // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
        const uint OutputOff = 0x1; // OPOST
        const uint ControlOff = 0x130; // CSIZE PARENB
        const uint ControlOn = 0x30; // CS8
        const uint LocalOff = 0x804B; // ECHO ECHONL ICANON ISIG IEXTEN
        const int Characters = 17; // four flag words and the line discipline stand before them
        const int VTime = 5;
        const int VMin = 6;
        if (termios.Length < AttributesSize)
            return;
        Change(termios[0..4], InputOff, 0);
        Change(termios[4..8], OutputOff, 0);
        Change(termios[8..12], ControlOff, ControlOn);
        Change(termios[12..16], LocalOff, 0);
        termios[Characters + VMin] = 1;
        termios[Characters + VTime] = 0;
    }

    private static void Change(Span<byte> word, uint off, uint on) =>
        BinaryPrimitives.WriteUInt32LittleEndian(word, (BinaryPrimitives.ReadUInt32LittleEndian(word) & ~off) | on);

    private static int Get(int fd, nuint request, Span<byte> buffer, int size)
    {
        if (buffer.Length < size)
            return -HostErrno.EINVAL;
        fixed (byte* address = buffer)
            return Native.Result(Native.ioctl(fd, request, address));
    }

    private static int Set(int fd, nuint request, ReadOnlySpan<byte> buffer, int size)
    {
        if (buffer.Length < size)
            return -HostErrno.EINVAL;
        fixed (byte* address = buffer)
            return Native.Result(Native.ioctl(fd, request, address));
    }
}
