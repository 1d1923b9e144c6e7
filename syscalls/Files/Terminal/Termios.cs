using System.Buffers.Binary;

namespace Emu.Syscalls;

/// <summary>How a terminal behaves. Linux: <c>struct ktermios</c>, include/uapi/asm-generic/termbits.h.</summary>
internal sealed class Termios
{
    /// <summary>Bytes of <c>struct termios</c>.</summary>
    public const int Size = 36;

    /// <summary>Bytes of <c>struct termios2</c>.</summary>
    public const int Size2 = 44;

#pragma warning disable CS1591 // the names are the documentation
    public const uint IStrip = 0x20, INlCr = 0x40, IgnCr = 0x80, ICrNl = 0x100, IuClc = 0x200, IXon = 0x400, IXany = 0x800, IMaxBel = 0x2000, IUtf8 = 0x4000;
    public const uint OPost = 1, OLcUc = 2, ONlCr = 4, OCrNl = 8, ONoCr = 0x10, ONlRet = 0x20, TabDelay = 0x1800;
    public const uint ISig = 1, ICanon = 2, Echo = 8, EchoE = 0x10, EchoK = 0x20, EchoNl = 0x40, NoFlush = 0x80, ToStop = 0x100, EchoCtl = 0x200,
        EchoKe = 0x800, IExten = 0x8000;
    public const int Intr = 0, Quit = 1, Erase = 2, Kill = 3, Eof = 4, Time = 5, Min = 6, Start = 8, Stop = 9, Susp = 10, Eol = 11, Reprint = 12,
        WordErase = 14, LiteralNext = 15, Eol2 = 16;
#pragma warning restore CS1591

    private const uint SizeAndParity = 0x130, EightBitsReceived = 0xB0;
    private const int CharactersAt = 17;

    private readonly byte[] _bytes = new byte[Size2];

    /// <summary>What a new terminal has. Linux: <c>tty_std_termios</c>.</summary>
    public Termios()
    {
        ReadOnlySpan<byte> characters = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0];
        const uint Speed = 38400;
        Put(0, ICrNl | IXon);
        Put(4, OPost | ONlCr);
        Put(8, 0xF | EightBitsReceived);
        Put(12, ISig | ICanon | Echo | EchoE | EchoK | EchoCtl | EchoKe | IExten);
        characters.CopyTo(_bytes.AsSpan(CharactersAt));
        Put(36, Speed);
        Put(40, Speed);
    }

    /// <summary>The bytes of a <c>struct termios2</c>; the first <see cref="Size"/> are a <c>struct termios</c>.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Takes other settings; what a pseudo-terminal has no hardware for stays. Linux: <c>tty_set_termios</c>, <c>pty_set_termios</c>.</summary>
    public void Set(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes);
        Put(8, (Get(8) & ~SizeAndParity) | EightBitsReceived);
    }

    /// <summary>A flag of <c>c_iflag</c>.</summary>
    public bool Input(uint flag) => (Get(0) & flag) != 0;

    /// <summary>A flag of <c>c_oflag</c>.</summary>
    public bool Output(uint flag) => (Get(4) & flag) != 0;

    /// <summary>A flag of <c>c_lflag</c>.</summary>
    public bool Local(uint flag) => (Get(12) & flag) != 0;

    /// <summary>Whether tabs are written as blanks. Linux: <c>XTABS</c>.</summary>
    public bool ExpandsTabs => (Get(4) & TabDelay) == TabDelay;

    /// <summary>A special character or count; 0 for none.</summary>
    public byte this[int index] => _bytes[CharactersAt + index];

    /// <summary>Whether a byte is a special character that is in use.</summary>
    public bool Is(byte value, int index) => value != 0 && value == this[index];

    private uint Get(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private void Put(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);
}
