using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// The instructions that only move elements about, by a rule that is known when they are decoded: shuffles, unpacks, blends with an
/// immediate, byte shifts. Each states which byte goes where. Intel SDM vol. 2.
/// </summary>
internal static class PackedShuffle
{
    private const int Bytes = 16;

    /// <summary>PSHUFD, PSHUFLW, PSHUFHW and PSHUFW.</summary>
    public static void Shuffle(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Pshufd ? 4 : 2;
        int start = i.Mnemonic == Mnemonic.Pshufhw ? 8 : 0;
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
        {
            int element = (at - start) / size;
            bool moved = at >= start && element < 4;
            control[at] = (byte)(moved ? start + (Field(i.Immediate8, element, 2) * size) + (at % size) : at);
        }
        Packed.Bind<ByteShuffle.FromOne>(b, i, ByteShuffle.Control(control));
    }

    /// <summary>SHUFPS and SHUFPD: the low half of the result comes from the first source, the high half from the second.</summary>
    public static void ShuffleFloat(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Shufpd ? 8 : 4, bits = size == 8 ? 1 : 2;
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
        {
            int source = at < Bytes / 2 ? 0 : ByteShuffle.Second;
            control[at] = (byte)(source + (Field(i.Immediate8, at / size, bits) * size) + (at % size));
        }
        BindPair(b, i, control);
    }

    /// <summary>PUNPCKL and UNPCKL: the low elements of both sources in turn.</summary>
    public static void UnpackLow(BlockBuilder b, in Instruction i) => Unpack(b, i, 0);

    /// <summary>PUNPCKH and UNPCKH.</summary>
    public static void UnpackHigh(BlockBuilder b, in Instruction i) => Unpack(b, i, i.Op0Register.IsMM() ? 4 : 8);

    /// <summary>PALIGNR: the first source above the second, shifted right.</summary>
    public static void AlignRight(BlockBuilder b, in Instruction i)
    {
        int width = i.Op0Register.IsMM() ? 8 : 16;
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
        {
            int from = at + i.Immediate8;
            bool first = from >= width && from < 2 * width;
            control[at] = (byte)(first ? from - width : from < width ? from + ByteShuffle.Second : ByteShuffle.None);
        }
        BindPair(b, i, control);
    }

    /// <summary>PSLLDQ: a shift by bytes.</summary>
    public static void ShiftBytesLeft(BlockBuilder b, in Instruction i) => ShiftBytes(b, i, -Math.Min((int)i.Immediate8, Bytes));

    /// <summary>PSRLDQ.</summary>
    public static void ShiftBytesRight(BlockBuilder b, in Instruction i) => ShiftBytes(b, i, Math.Min((int)i.Immediate8, Bytes));

    /// <summary>BLENDPS, BLENDPD and PBLENDW: a bit of the immediate takes an element from the second source.</summary>
    public static void Blend(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic switch { Mnemonic.Pblendw => 2, Mnemonic.Blendps => 4, _ => 8 };
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
            control[at] = (byte)(at + (Field(i.Immediate8, at / size, 1) * ByteShuffle.Second));
        BindPair(b, i, control);
    }

    /// <summary>INSERTPS: an element of the second source into the first, and zeros by the low bits of the immediate.</summary>
    public static void InsertFloat(BlockBuilder b, in Instruction i)
    {
        int immediate = i.Immediate8, source = i.Op1Kind == OpKind.Memory ? 0 : immediate >> 6, place = (immediate >> 4) & 3;
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
        {
            int element = at / 4;
            int kept = element == place ? ByteShuffle.Second + (source * 4) + (at % 4) : at;
            control[at] = (byte)(Field(immediate, element, 1) != 0 ? ByteShuffle.None : kept);
        }
        BindPair(b, i, control);
    }

    /// <summary>MOVDDUP, MOVSLDUP and MOVSHDUP: each element that is taken appears twice.</summary>
    public static void Duplicate(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Movddup ? 8 : 4, odd = i.Mnemonic == Mnemonic.Movshdup ? size : 0;
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
            control[at] = (byte)((at & ~((2 * size) - 1)) + odd + (at % size));
        Packed.Bind<ByteShuffle.FromOne>(b, i, ByteShuffle.Control(control));
    }

    /// <summary>PMOVZX: narrow elements with zeros between.</summary>
    public static void ZeroExtend(BlockBuilder b, in Instruction i)
    {
        (int from, int to) = i.Mnemonic switch
        {
            Mnemonic.Pmovzxbw => (1, 2),
            Mnemonic.Pmovzxbd => (1, 4),
            Mnemonic.Pmovzxbq => (1, 8),
            Mnemonic.Pmovzxwd => (2, 4),
            Mnemonic.Pmovzxwq => (2, 8),
            _ => (4, 8),
        };
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
            control[at] = (byte)(at % to < from ? (at / to * from) + (at % to) : ByteShuffle.None);
        Packed.Bind<ByteShuffle.FromOne>(b, i, ByteShuffle.Control(control));
    }

    private static void Unpack(BlockBuilder b, in Instruction i, int start)
    {
        int size = i.Mnemonic switch
        {
            Mnemonic.Punpcklbw or Mnemonic.Punpckhbw => 1,
            Mnemonic.Punpcklwd or Mnemonic.Punpckhwd => 2,
            Mnemonic.Punpckldq or Mnemonic.Punpckhdq or Mnemonic.Unpcklps or Mnemonic.Unpckhps => 4,
            _ => 8,
        };
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
        {
            int element = at / size, source = element % 2 * ByteShuffle.Second;
            control[at] = (byte)(source + ((start + (element / 2 * size) + (at % size)) % Bytes));
        }
        BindPair(b, i, control);
    }

    private static void ShiftBytes(BlockBuilder b, in Instruction i, int distance)
    {
        Span<byte> control = stackalloc byte[Bytes];
        for (int at = 0; at < Bytes; at++)
        {
            int from = at + distance;
            control[at] = from is >= 0 and < Bytes ? (byte)from : ByteShuffle.None;
        }
        ushort register = Reg.Offset(i.Op0Register);
        unsafe
        {
            b.Emit(&ByteShuffle.FromOne.Run<Xmm>, register, register, ByteShuffle.Control(control));
        }
    }

    private static void BindPair(BlockBuilder b, in Instruction i, ReadOnlySpan<byte> control) =>
        Packed.Bind<ByteShuffle.FromTwo>(b, i, ByteShuffle.PairControl(control));

    private static int Field(int immediate, int index, int bits) => (immediate >> (index * bits)) & ((1 << bits) - 1);
}

/// <summary>PSHUFB: each byte chooses one of the first source, or zero.</summary>
internal readonly struct PackedShuffleBytes : IPackedOperation
{
    private const byte ZeroBit = 0x80;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => ByteShuffle.Apply(a, b & Vector128.Create((byte)(ZeroBit | 15)));

    public static Vector128<byte> ApplyHalf<TSelf>(Vector128<byte> a, Vector128<byte> b)
        where TSelf : struct, IPackedOperation => ByteShuffle.Apply(a, b & Vector128.Create((byte)(ZeroBit | 7)));
}
