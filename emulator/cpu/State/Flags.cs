using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>The bits of RFLAGS. Intel SDM vol. 1, 3.4.3.</summary>
public static class RFlagsBits
{
    /// <summary>CF.</summary>
    public const ulong Carry = 1 << 0;

    /// <summary>Reads as one.</summary>
    public const ulong AlwaysSet = 1 << 1;

    /// <summary>PF.</summary>
    public const ulong Parity = 1 << 2;

    /// <summary>AF.</summary>
    public const ulong Adjust = 1 << 4;

    /// <summary>ZF.</summary>
    public const ulong Zero = 1 << 6;

    /// <summary>SF.</summary>
    public const ulong Sign = 1 << 7;

    /// <summary>TF.</summary>
    public const ulong Trap = 1 << 8;

    /// <summary>IF; always set in user mode.</summary>
    public const ulong InterruptEnable = 1 << 9;

    /// <summary>DF.</summary>
    public const ulong Direction = 1 << 10;

    /// <summary>OF.</summary>
    public const ulong Overflow = 1 << 11;

    /// <summary>NT.</summary>
    public const ulong NestedTask = 1 << 14;

    /// <summary>RF.</summary>
    public const ulong Resume = 1 << 16;

    /// <summary>AC.</summary>
    public const ulong AlignmentCheck = 1 << 18;

    /// <summary>ID.</summary>
    public const ulong Identification = 1 << 21;

    /// <summary>The six that arithmetic sets.</summary>
    public const ulong StatusMask = Carry | Parity | Adjust | Zero | Sign | Overflow;

    /// <summary>The others that exist in user mode.</summary>
    public const ulong ControlMask = Trap | InterruptEnable | Direction | NestedTask | Resume | AlignmentCheck | Identification;

    /// <summary>What POPF can change in user mode.</summary>
    public const ulong UserWritable = StatusMask | Trap | Direction | NestedTask | AlignmentCheck | Identification;
}

/// <summary>The six arithmetic flags in the form that costs least to write: the result and where carries happened.</summary>
/// <remarks>
/// <code>
/// Result  the result, sign-extended from the operand's width to 64 bits
/// Aux     63: carry out of the top bit (CF)     62: carry into the top bit (OF = 63 xor 62)
///         8–15: flips bits of the low byte for PF     4: carry into bit 4 (AF)     0: flips SF
/// </code>
/// ZF is Result = 0, SF its sign, PF the parity of its low byte. Bits 0 and 8–15 of Aux are zero after arithmetic; they let any
/// combination of flags be represented (POPF, SAHF).
/// </remarks>
public struct LazyFlags
{
    /// <summary>CF in <see cref="Aux"/>.</summary>
    internal const ulong CarryBit = 1UL << 63;

    /// <summary>Carry into the top bit in <see cref="Aux"/>.</summary>
    internal const ulong PartialOverflowBit = 1UL << 62;

    private const ulong AdjustBit = 1UL << 4, SignFlipBit = 1UL << 0;
    private const int ParityFlipShift = 8;

    internal long Result;
    internal ulong Aux;

    /// <summary>CF.</summary>
    public readonly bool Carry => (long)Aux < 0;

    /// <summary>ZF.</summary>
    public readonly bool Zero => Result == 0;

    /// <summary>SF.</summary>
    public readonly bool Sign => (Result ^ ((long)Aux << 63)) < 0;

    /// <summary>OF.</summary>
    public readonly bool Overflow => (long)(Aux ^ (Aux << 1)) < 0;

    /// <summary>AF.</summary>
    public readonly bool Adjust => (Aux & AdjustBit) != 0;

    /// <summary>PF.</summary>
    public readonly bool Parity => (BitOperations.PopCount((uint)(byte)((ulong)Result ^ (Aux >> ParityFlipShift))) & 1) == 0;

    /// <summary>SF differs from OF: less, for signed numbers.</summary>
    public readonly bool Less => (Result ^ ((long)Aux << 63) ^ (long)(Aux ^ (Aux << 1))) < 0;

    /// <summary>The six flags in their places in RFLAGS.</summary>
    public readonly ulong ToRFlags()
    {
        ulong flags = 0;
        if (Carry)
            flags |= RFlagsBits.Carry;
        if (Parity)
            flags |= RFlagsBits.Parity;
        if (Adjust)
            flags |= RFlagsBits.Adjust;
        if (Zero)
            flags |= RFlagsBits.Zero;
        if (Sign)
            flags |= RFlagsBits.Sign;
        if (Overflow)
            flags |= RFlagsBits.Overflow;
        return flags;
    }

    /// <summary>Any combination of the six flags.</summary>
    public static LazyFlags FromRFlags(ulong flags)
    {
        LazyFlags lazy = default;
        // A result of zero has even parity and no sign; so has one whose only bit is above the low byte.
        lazy.Result = (flags & RFlagsBits.Zero) != 0 ? 0 : 1 << 8;
        bool carry = (flags & RFlagsBits.Carry) != 0, overflow = (flags & RFlagsBits.Overflow) != 0;
        if (carry)
            lazy.Aux |= CarryBit;
        if (carry != overflow)
            lazy.Aux |= PartialOverflowBit;
        if ((flags & RFlagsBits.Adjust) != 0)
            lazy.Aux |= AdjustBit;
        if ((flags & RFlagsBits.Sign) != 0)
            lazy.Aux |= SignFlipBit;
        if ((flags & RFlagsBits.Parity) == 0)
            lazy.Aux |= 1UL << ParityFlipShift;
        return lazy;
    }

    /// <summary>After an addition or subtraction of 8, 16 or 32 bits.</summary>
    /// <param name="result">The result of the zero-extended operands, with what was carried out of them above their width.</param>
    /// <param name="carries">For each bit whether it was carried into: both operands and the result, added without carry.</param>
    /// <param name="bits">Width of the operands.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetNarrow(ulong result, ulong carries, int bits)
    {
        int shift = 64 - bits;
        Result = (long)(result << shift) >> shift;
        Aux = ((carries << (shift - 1)) & (CarryBit | PartialOverflowBit)) | (carries & AdjustBit);
    }

    /// <summary>After an addition or subtraction of 64 bits.</summary>
    /// <param name="result">The result.</param>
    /// <param name="carries">For each bit whether it was carried into.</param>
    /// <param name="carry">What was carried out of the top.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetWide(ulong result, ulong carries, bool carry)
    {
        Result = (long)result;
        Aux = ((carry ? 1UL : 0) << 63) | ((carries >> 1) & PartialOverflowBit) | (carries & AdjustBit);
    }

    /// <summary>After a logical operation: CF, OF and AF are clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetLogic(ulong result, int bits)
    {
        int shift = 64 - bits;
        Result = (long)(result << shift) >> shift;
        Aux = 0;
    }

    /// <summary>Result, CF and OF as given; AF is clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(ulong result, int bits, bool carry, bool overflow)
    {
        SetLogic(result, bits);
        SetCarryOverflow(carry, overflow);
    }

    /// <summary>ZF and CF as given; all others are clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetZeroCarry(bool zero, bool carry)
    {
        Result = zero ? 0 : 1 << 8;
        Aux = (1UL << ParityFlipShift) | (carry ? CarryBit | PartialOverflowBit : 0);
    }

    /// <summary>Changes CF and OF alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetCarryOverflow(bool carry, bool overflow)
    {
        ulong aux = Aux & ~(CarryBit | PartialOverflowBit);
        if (carry)
            aux |= CarryBit;
        if (carry != overflow)
            aux |= PartialOverflowBit;
        Aux = aux;
    }

    /// <summary>Changes ZF alone.</summary>
    internal void SetZero(bool zero) => this = FromRFlags((ToRFlags() & ~RFlagsBits.Zero) | (zero ? RFlagsBits.Zero : 0));

    /// <summary>Changes CF alone.</summary>
    internal void SetCarry(bool carry) => SetCarryOverflow(carry, Overflow);
}
