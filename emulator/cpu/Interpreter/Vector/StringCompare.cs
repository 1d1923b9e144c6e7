using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM. Intel SDM vol. 2B, 4.1.</summary>
/// <remarks>
/// The immediate: bits 0 and 1 the elements (bytes or words, unsigned or signed), 2 and 3 the comparison, 4 and 5 what is inverted, 6 which
/// index or how the mask is laid out. Of the steps, the first computes mask and flags into a temporary, the second the result.
/// </remarks>
internal static unsafe class StringCompare
{
    private const int WordBit = 1, SignedBit = 2, InvertBit = 0x10, InvertValidBit = 0x20, LastOrWideBit = 0x40;
    private const ulong ExplicitBit = 0x100, WideLengthBit = 0x200;

    /// <summary>Binds any of the four. The operand in memory need not be aligned.</summary>
    public static void Bind(BlockBuilder b, in Instruction i)
    {
        ulong control = i.Immediate8 | i.Mnemonic switch
        {
            Mnemonic.Pcmpestri or Mnemonic.Pcmpestrm or Mnemonic.Vpcmpestri or Mnemonic.Vpcmpestrm => ExplicitBit,
            Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm64 or Mnemonic.Vpcmpestri64 or Mnemonic.Vpcmpestrm64 => ExplicitBit | WideLengthBit,
            _ => 0,
        };
        bool index = i.Mnemonic is Mnemonic.Pcmpestri or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpistri or Mnemonic.Vpcmpestri
            or Mnemonic.Vpcmpestri64 or Mnemonic.Vpcmpistri;
        ushort source = CpuState.VectorTempOffset;
        if (i.Op1Kind == OpKind.Memory)
            VectorMemory.EmitLoad<Unaligned>(b, i, i.MemorySize.GetSize(), source);
        else
            source = Reg.Offset(i.Op1Register);
        b.Emit(&Compare, Reg.Offset(i.Op0Register), source, control);
        b.Emit(index ? &StoreIndex : VectorOperands.IsVex(i) ? &StoreMask<Vex128> : &StoreMask<Xmm>, immediate: i.Immediate8);
    }

    private static Block* Compare(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->ValueTemp = Run(s, Xmm.Load(s, op->Destination), Xmm.Load(s, op->Source), op->Immediate);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* StoreIndex(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        uint mask = (uint)s->ValueTemp;
        bool last = (op->Immediate & LastOrWideBit) != 0;
        int none = CountOf((int)op->Immediate);
        s->Gpr[1] = (uint)(mask == 0 ? none : last ? BitOperations.Log2(mask) : BitOperations.TrailingZeroCount(mask));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* StoreMask<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TForm : struct, IVectorForm
    {
        TForm.Store(s, Reg.Vector(0), LayOut((uint)s->ValueTemp, (int)op->Immediate));
        return op[1].Handler(s, op + 1, c);
    }

    private static int CountOf(int control) => (control & WordBit) != 0 ? 8 : 16;

    private static Vector128<byte> LayOut(uint mask, int control)
    {
        if ((control & LastOrWideBit) == 0)
            return Vector128.CreateScalar(mask).AsByte();
        if ((control & WordBit) != 0)
        {
            Vector128<ushort> bits = Vector128.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128);
            return Vector128.Equals(Vector128.Create((ushort)mask) & bits, bits).AsByte();
        }
        Vector128<byte> byteBits = Vector128.Create(0x8040_2010_0804_0201UL).AsByte();
        Vector128<byte> bytes = Vector128.Create(Vector64.Create((byte)mask), Vector64.Create((byte)(mask >> 8)));
        return Vector128.Equals(bytes & byteBits, byteBits);
    }

    // The mask after inversion; sets the flags.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Run(CpuState* s, Vector128<byte> first, Vector128<byte> second, ulong control)
    {
        int count = CountOf((int)control);
        int firstLength = LengthOf(s, 0, first, control), secondLength = LengthOf(s, 2, second, control);
        uint mask = (control & (WordBit | SignedBit)) switch
        {
            0 => Aggregate<byte>(first, second, firstLength, secondLength, control),
            WordBit => Aggregate<ushort>(first, second, firstLength, secondLength, control),
            SignedBit => Aggregate<sbyte>(first, second, firstLength, secondLength, control),
            _ => Aggregate<short>(first, second, firstLength, secondLength, control),
        };
        if ((control & InvertBit) != 0)
            mask ^= (control & InvertValidBit) != 0 ? Ones(secondLength) : Ones(count);
        s->Flags = LazyFlags.FromRFlags((mask != 0 ? RFlagsBits.Carry : 0) | (secondLength < count ? RFlagsBits.Zero : 0)
            | (firstLength < count ? RFlagsBits.Sign : 0) | ((mask & 1) != 0 ? RFlagsBits.Overflow : 0));
        return mask;
    }

    // Up to a NUL, or as the register says: its magnitude, and never more than there are elements.
    private static int LengthOf(CpuState* s, int register, Vector128<byte> value, ulong control)
    {
        int count = CountOf((int)control);
        if ((control & ExplicitBit) == 0)
        {
            uint zeros = (control & WordBit) != 0
                ? Vector128.Equals(value.AsUInt16(), Vector128<ushort>.Zero).ExtractMostSignificantBits()
                : Vector128.Equals(value, Vector128<byte>.Zero).ExtractMostSignificantBits();
            return BitOperations.TrailingZeroCount(zeros | (1u << count));
        }
        long length = (control & WideLengthBit) != 0 ? (long)s->Gpr[register] : (int)s->Gpr[register];
        ulong magnitude = length < 0 ? 0 - (ulong)length : (ulong)length;
        return (int)Math.Min(magnitude, (ulong)count);
    }

    private static uint Aggregate<T>(Vector128<byte> first, Vector128<byte> second, int firstLength, int secondLength, ulong control)
        where T : unmanaged
    {
        Vector128<T> a = first.As<byte, T>(), b = second.As<byte, T>();
        return ((control >> 2) & 3) switch
        {
            0 => EqualAny(a, b, firstLength) & Ones(secondLength),
            1 => InRanges(a, b, firstLength) & Ones(secondLength),
            2 => EqualEach(a, b, firstLength, secondLength),
            _ => EqualOrdered(a, b, firstLength, secondLength),
        };
    }

    private static uint EqualAny<T>(Vector128<T> set, Vector128<T> text, int setLength)
        where T : unmanaged
    {
        uint mask = 0;
        for (int at = 0; at < setLength; at++)
            mask |= Bits(Vector128.Equals(text, Vector128.Create(set.GetElement(at))));
        return mask;
    }

    private static uint InRanges<T>(Vector128<T> ranges, Vector128<T> text, int rangesLength)
        where T : unmanaged
    {
        uint mask = 0;
        for (int at = 0; at + 1 < rangesLength; at += 2)
        {
            Vector128<T> low = Vector128.Create(ranges.GetElement(at)), high = Vector128.Create(ranges.GetElement(at + 1));
            mask |= Bits(Vector128.GreaterThanOrEqual(text, low) & Vector128.LessThanOrEqual(text, high));
        }
        return mask;
    }

    // Behind the ends of both strings there is equality.
    private static uint EqualEach<T>(Vector128<T> a, Vector128<T> b, int firstLength, int secondLength)
        where T : unmanaged
    {
        uint all = Ones(Vector128<T>.Count), first = Ones(firstLength), second = Ones(secondLength);
        return (Bits(Vector128.Equals(a, b)) & first & second) | (all & ~first & ~second);
    }

    // Where the first string begins in the second; at its end a part of it is enough.
    private static uint EqualOrdered<T>(Vector128<T> needle, Vector128<T> text, int needleLength, int textLength)
        where T : unmanaged
    {
        uint all = Ones(Vector128<T>.Count), mask = all;
        for (int at = 0; at < needleLength; at++)
        {
            uint equal = Bits(Vector128.Equals(text, Vector128.Create(needle.GetElement(at)))) & Ones(textLength);
            mask &= (equal | (all << Vector128<T>.Count)) >> at;
        }
        return mask & all;
    }

    private static uint Bits<T>(Vector128<T> mask)
        where T : unmanaged => mask.ExtractMostSignificantBits();

    private static uint Ones(int count) => (1u << count) - 1;
}
