using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// The instructions that only move elements about within their lanes, by a rule that is known when they are decoded: shuffles, unpacks,
/// blends with an immediate, byte shifts. Each states which byte goes where. Intel SDM vol. 2.
/// </summary>
internal static class PackedShuffle
{
    private const int Bytes = 16;

    /// <summary>Which byte of a lane goes to a place in the lane of a number.</summary>
    private delegate int Rule(int at, int lane);

    /// <summary>PSHUFD, PSHUFLW, PSHUFHW and PSHUFW.</summary>
    public static void Shuffle(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic is Mnemonic.Pshufd or Mnemonic.Vpshufd ? 4 : 2;
        int start = i.Mnemonic is Mnemonic.Pshufhw or Mnemonic.Vpshufhw ? 8 : 0, immediate = i.Immediate8;
        BindOne(b, i, (at, _) =>
        {
            int element = (at - start) / size;
            bool moved = at >= start && element < 4;
            return moved ? start + (Field(immediate, element, 2) * size) + (at % size) : at;
        });
    }

    /// <summary>VPERMILPS and VPERMILPD with an immediate: as SHUFPS of a register with itself; of the latter each lane has bits of its own.</summary>
    public static void PermuteInLane(BlockBuilder b, in Instruction i)
    {
        int immediate = i.Immediate8;
        if (i.Mnemonic == Mnemonic.Vpermilps)
            BindOne(b, i, (at, _) => (Field(immediate, at / 4, 2) * 4) + (at % 4));
        else
            BindOne(b, i, (at, lane) => (Field(immediate, (2 * lane) + (at / 8), 1) * 8) + (at % 8));
    }

    /// <summary>SHUFPS and SHUFPD: the low half of the result comes from the first source, the high half from the second.</summary>
    public static void ShuffleFloat(BlockBuilder b, in Instruction i)
    {
        bool isDouble = i.Mnemonic is Mnemonic.Shufpd or Mnemonic.Vshufpd;
        int size = isDouble ? 8 : 4, bits = isDouble ? 1 : 2, immediate = i.Immediate8;
        BindPair(b, i, (at, lane) =>
        {
            int source = at < Bytes / 2 ? 0 : ByteShuffle.Second, field = (at / size) + (isDouble ? 2 * lane : 0);
            return source + (Field(immediate, field, bits) * size) + (at % size);
        });
    }

    /// <summary>PUNPCKL and UNPCKL: the low elements of both sources in turn.</summary>
    public static void UnpackLow(BlockBuilder b, in Instruction i) => Unpack(b, i, 0);

    /// <summary>PUNPCKH and UNPCKH.</summary>
    public static void UnpackHigh(BlockBuilder b, in Instruction i) => Unpack(b, i, i.Op0Register.IsMM() ? 4 : 8);

    /// <summary>PALIGNR: the first source above the second, shifted right.</summary>
    public static void AlignRight(BlockBuilder b, in Instruction i)
    {
        int width = i.Op0Register.IsMM() ? 8 : 16, immediate = i.Immediate8;
        BindPair(b, i, (at, _) =>
        {
            int from = at + immediate;
            bool first = from >= width && from < 2 * width;
            return first ? from - width : from < width ? from + ByteShuffle.Second : ByteShuffle.None;
        });
    }

    /// <summary>PSLLDQ: a shift by bytes.</summary>
    public static void ShiftBytesLeft(BlockBuilder b, in Instruction i) => ShiftBytes(b, i, -Math.Min((int)i.Immediate8, Bytes));

    /// <summary>PSRLDQ.</summary>
    public static void ShiftBytesRight(BlockBuilder b, in Instruction i) => ShiftBytes(b, i, Math.Min((int)i.Immediate8, Bytes));

    /// <summary>
    /// BLENDPS, BLENDPD, PBLENDW and VPBLENDD: a bit of the immediate takes an element from the second source. PBLENDW has the same bits for
    /// each lane.
    /// </summary>
    public static void Blend(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic switch
        {
            Mnemonic.Pblendw or Mnemonic.Vpblendw => 2,
            Mnemonic.Blendpd or Mnemonic.Vblendpd => 8,
            _ => 4,
        };
        int immediate = i.Immediate8, fields = size == 2 ? 0 : Bytes / size;
        BindPair(b, i, (at, lane) => at + (Field(immediate, (lane * fields) + (at / size), 1) * ByteShuffle.Second));
    }

    /// <summary>INSERTPS: an element of the second source into the first, and zeros by the low bits of the immediate.</summary>
    public static void InsertFloat(BlockBuilder b, in Instruction i)
    {
        bool isMemory = i.GetOpKind(VectorOperands.LastSource(i)) == OpKind.Memory;
        int immediate = i.Immediate8, source = isMemory ? 0 : immediate >> 6, place = (immediate >> 4) & 3;
        BindPair(b, i, (at, _) =>
        {
            int element = at / 4;
            int kept = element == place ? ByteShuffle.Second + (source * 4) + (at % 4) : at;
            return Field(immediate, element, 1) != 0 ? ByteShuffle.None : kept;
        });
    }

    /// <summary>MOVDDUP, MOVSLDUP and MOVSHDUP: each element that is taken appears twice.</summary>
    public static void Duplicate(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic is Mnemonic.Movddup or Mnemonic.Vmovddup ? 8 : 4;
        int odd = i.Mnemonic is Mnemonic.Movshdup or Mnemonic.Vmovshdup ? size : 0;
        BindOne(b, i, (at, _) => (at & ~((2 * size) - 1)) + odd + (at % size));
    }

    private static void Unpack(BlockBuilder b, in Instruction i, int start)
    {
        int size = i.Mnemonic switch
        {
            Mnemonic.Punpcklbw or Mnemonic.Punpckhbw or Mnemonic.Vpunpcklbw or Mnemonic.Vpunpckhbw => 1,
            Mnemonic.Punpcklwd or Mnemonic.Punpckhwd or Mnemonic.Vpunpcklwd or Mnemonic.Vpunpckhwd => 2,
            Mnemonic.Punpckldq or Mnemonic.Punpckhdq or Mnemonic.Unpcklps or Mnemonic.Unpckhps => 4,
            Mnemonic.Vpunpckldq or Mnemonic.Vpunpckhdq or Mnemonic.Vunpcklps or Mnemonic.Vunpckhps => 4,
            _ => 8,
        };
        BindPair(b, i, (at, _) =>
        {
            int element = at / size, source = element % 2 * ByteShuffle.Second;
            return source + ((start + (element / 2 * size) + (at % size)) % Bytes);
        });
    }

    private static void ShiftBytes(BlockBuilder b, in Instruction i, int distance) =>
        Packed.BindRegister<ByLane<ByteShuffle.FromOne>>(b, i, ByteShuffle.Control(BytesOf((at, _) =>
        {
            int from = at + distance;
            return from is >= 0 and < Bytes ? from : ByteShuffle.None;
        })));

    private static void BindOne(BlockBuilder b, in Instruction i, Rule rule) =>
        Packed.BindHandler<ByLane<ByteShuffle.FromOne>>(b, i, ByteShuffle.Control(BytesOf(rule)));

    private static void BindPair(BlockBuilder b, in Instruction i, Rule rule) =>
        Packed.BindHandler<ByLane<ByteShuffle.FromTwo>>(b, i, ByteShuffle.PairControl(BytesOf(rule)));

    private static byte[] BytesOf(Rule rule)
    {
        byte[] control = new byte[ByteShuffle.Length];
        for (int at = 0; at < control.Length; at++)
            control[at] = (byte)rule(at % Bytes, at / Bytes);
        return control;
    }

    private static int Field(int immediate, int index, int bits) => (immediate >> (index * bits)) & ((1 << bits) - 1);
}

/// <summary>PSHUFB: each byte chooses one of the first source's lane, or zero.</summary>
internal readonly unsafe struct PackedShuffleBytes : ILaneOperation
{
    private const byte ZeroBit = 0x80;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
        where TForm : struct, IVectorForm
    {
        byte places = TForm.IsHalf ? (byte)7 : (byte)15;
        return ByteShuffle.Apply(TForm.Load(s, op->Base, lane), TForm.Load(s, op->Source, lane) & Vector128.Create((byte)(ZeroBit | places)));
    }
}
