using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emu.Cpu;

public static partial class X87Math
{
    // The first 128 bits of each significand; the FPU rounds the same internal number on every load.
    private const ulong Log2TenHigh = 0xD49A784BCD1B8AFE, Log2TenLow = 0x492BF6FF4DAFDB4C;
    private const ulong Log2EHigh = 0xB8AA3B295C17F0BB, Log2ELow = 0xBE87FED0691D3E88;
    private const ulong PiHigh = 0xC90FDAA22168C234, PiLow = 0xC4C6628B80DC1CD1;
    private const ulong Log10TwoHigh = 0x9A209A84FBCFF798, Log10TwoLow = 0x8F8959AC0B7C9178;
    private const ulong LnTwoHigh = 0xB17217F7D1CF79AB, LnTwoLow = 0xC9E3B39803F2F6AF;

    /// <summary>The layout of a memory format: fraction bits, and the exponent field's width and bias.</summary>
    private readonly record struct MemoryFormat(int FractionBits, int ExponentBits)
    {
        public static MemoryFormat Single => new(23, 8);

        public static MemoryFormat Double => new(52, 11);

        public int MaxExponent => (1 << ExponentBits) - 1;

        public int Bias => MaxExponent >> 1;

        public ulong Sign => 1UL << (FractionBits + ExponentBits);
    }

    /// <summary>
    /// FLD m32fp: the number, a denormal raising DE and an SNaN IE (Intel SDM Vol. 2, "FLD"). An unmasked DE does not
    /// keep it from being pushed.
    /// </summary>
    public static Float80 LoadSingle(uint bits, ref X87Context context)
    {
        return Load(WidenSingle(bits, ref context), ref context);
    }

    /// <summary>FLD m64fp, as <see cref="LoadSingle"/>.</summary>
    public static Float80 LoadDouble(ulong bits, ref X87Context context)
    {
        return Load(WidenDouble(bits, ref context), ref context);
    }

    /// <summary>
    /// The m32fp operand of an arithmetic instruction in the register format. An SNaN stays one; of a denormal the
    /// context takes note, and the instruction's own operation, called next, reports it.
    /// </summary>
    public static Float80 WidenSingle(uint bits, ref X87Context context)
    {
        return Widen(bits, MemoryFormat.Single, ref context);
    }

    /// <summary>The m64fp operand of an arithmetic instruction, as <see cref="WidenSingle"/>.</summary>
    public static Float80 WidenDouble(ulong bits, ref X87Context context)
    {
        return Widen(bits, MemoryFormat.Double, ref context);
    }

    /// <summary>FST m32fp: the number rounded to 24 bits (Intel SDM Vol. 2, "FST/FSTP").</summary>
    public static uint StoreSingle(Float80 value, ref X87Context context)
    {
        return (uint)Store(value, MemoryFormat.Single, ref context);
    }

    /// <summary>FST m64fp: the number rounded to 53 bits (Intel SDM Vol. 2, "FST/FSTP").</summary>
    public static ulong StoreDouble(Float80 value, ref X87Context context)
    {
        return Store(value, MemoryFormat.Double, ref context);
    }

    private static Float80 Load(Float80 value, ref X87Context context)
    {
        if (value.IsSignalingNaN)
        {
            context.RaiseInvalid();
            return X87Operand.Quiet(value);
        }
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 Widen(ulong bits, MemoryFormat format, ref X87Context context)
    {
        uint sign = (bits & format.Sign) != 0 ? Float80.SignBit : 0;
        int exponent = (int)(bits >> format.FractionBits) & format.MaxExponent;
        ulong fraction = (bits << (63 - format.FractionBits)) & (Float80.IntegerBit - 1);
        if ((uint)(exponent - 1) < (uint)(format.MaxExponent - 1))
            return new Float80(sign, exponent - format.Bias + Float80.Bias, Float80.IntegerBit | fraction);
        if (exponent != 0)
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit | fraction);
        if (fraction == 0)
            return new Float80(sign, 0, 0);
        context.Status |= X87Status.DE;
        int shift = BitOperations.LeadingZeroCount(fraction);
        return new Float80(sign, 1 - shift - format.Bias + Float80.Bias, fraction << shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Store(Float80 value, MemoryFormat format, ref X87Context context)
    {
        int exponent = value.Exponent - Float80.Bias + format.Bias;
        bool common = (context.ControlWord & X87Context.RoundingMask) == 0 && (long)value.Significand < 0;
        if (common && (uint)(exponent - 1) < (uint)(format.MaxExponent - 2))
            return StoreNearest(value, exponent, format, ref context);
        return StoreRounded(value, format, ref context);
    }

    /// <summary>A normal number to the nearest one, without a branch on the discarded bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong StoreNearest(Float80 value, int exponent, MemoryFormat format, ref X87Context context)
    {
        int cut = 63 - format.FractionBits;
        ulong kept = value.Significand >> cut;
        ulong rest = value.Significand << (64 - cut);
        ulong carrying = rest + (Float80.IntegerBit - 1) + (kept & 1);
        uint up = carrying < rest ? 1u : 0;
        uint inexact = rest != 0 ? (uint)X87Status.PE : 0;
        context.Status |= (ushort)(inexact | (up * X87Status.C1));

        // The integer bit counts one into the exponent field, and so does a carry out of the fraction.
        ulong magnitude = ((ulong)(exponent - 1) << format.FractionBits) + kept + up;
        return magnitude | (value.Sign != 0 ? format.Sign : 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong StoreRounded(Float80 value, MemoryFormat format, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(value, ref context, out Float80 nan))
            return Pack(nan.Sign, format.MaxExponent, nan.Significand >> (63 - format.FractionBits), format);
        if (value.IsInfinity)
            return Pack(value.Sign, format.MaxExponent, 0, format);
        if (value.IsZero)
            return Pack(value.Sign, 0, 0, format);
        int exponent = X87Operand.Unpack(value, out ulong significand) - Float80.Bias + format.Bias;
        int cut = 63 - format.FractionBits;
        ulong rounded = CutSignificand(value.Sign, significand, cut, context, out bool inexact, out bool up);
        int final = exponent + (int)(rounded >> (format.FractionBits + 1));
        if (final <= 0)
            return StoreTiny(value.Sign, exponent, significand, format, ref context);
        if (final >= format.MaxExponent)
            return StoreOverflow(value.Sign, format, ref context);
        if (inexact)
            context.RaisePrecision(up);
        return Pack(value.Sign, final, rounded, format);
    }

    /// <summary>A denormal or zero of the memory format; unmasked underflow stores nothing.</summary>
    private static ulong StoreTiny(
        uint sign, int exponent, ulong significand, MemoryFormat format, ref X87Context context)
    {
        if (!context.IsMasked(X87Status.UE))
        {
            context.Status |= X87Status.UE;
            context.ResultSuppressed = true;
            return 0;
        }
        int cut = 63 - format.FractionBits + 1 - exponent;
        ulong rounded = CutSignificand(sign, significand, cut, context, out bool inexact, out bool up);
        if (inexact)
        {
            context.Status |= X87Status.UE;
            context.RaisePrecision(up);
        }
        return Pack(sign, (int)(rounded >> format.FractionBits), rounded, format);
    }

    /// <summary>Infinity or the largest number, as the rounding goes; unmasked overflow stores nothing.</summary>
    private static ulong StoreOverflow(uint sign, MemoryFormat format, ref X87Context context)
    {
        context.Status |= X87Status.OE;
        if (!context.IsMasked(X87Status.OE))
        {
            context.ResultSuppressed = true;
            return 0;
        }
        bool toInfinity = X87Rounder.RoundsUp(sign, true, ulong.MaxValue, context.ControlWord);
        context.RaisePrecision(toInfinity);
        return toInfinity
            ? Pack(sign, format.MaxExponent, 0, format)
            : Pack(sign, format.MaxExponent - 1, ulong.MaxValue, format);
    }

    /// <summary>A significand without its last <paramref name="cut"/> bits, rounded.</summary>
    private static ulong CutSignificand(
        uint sign, ulong significand, int cut, in X87Context context, out bool inexact, out bool up)
    {
        (ulong kept, ulong rest) = X87Rounder.ShiftRightSticky(significand, 0, cut);
        inexact = rest != 0;
        up = X87Rounder.RoundsUp(sign, (kept & 1) != 0, rest, context.ControlWord);
        return up ? kept + 1 : kept;
    }

    private static ulong Pack(uint sign, int exponent, ulong fraction, MemoryFormat format)
    {
        ulong mask = (1UL << format.FractionBits) - 1;
        return (sign != 0 ? format.Sign : 0) | ((ulong)exponent << format.FractionBits) | (fraction & mask);
    }

    /// <summary>
    /// log₂10 as rounding control says: FLDL2T. The constants raise no exception and clear C1 (Intel SDM Vol. 2,
    /// "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ").
    /// </summary>
    public static Float80 LoadLog2Ten(in X87Context context) => LoadConstant(1, Log2TenHigh, Log2TenLow, context);

    /// <summary>log₂e as rounding control says: FLDL2E.</summary>
    public static Float80 LoadLog2E(in X87Context context) => LoadConstant(0, Log2EHigh, Log2ELow, context);

    /// <summary>π as rounding control says: FLDPI.</summary>
    public static Float80 LoadPi(in X87Context context) => LoadConstant(1, PiHigh, PiLow, context);

    /// <summary>log₁₀2 as rounding control says: FLDLG2.</summary>
    public static Float80 LoadLog10Two(in X87Context context) => LoadConstant(-2, Log10TwoHigh, Log10TwoLow, context);

    /// <summary>ln 2 as rounding control says: FLDLN2.</summary>
    public static Float80 LoadLnTwo(in X87Context context) => LoadConstant(-1, LnTwoHigh, LnTwoLow, context);

    private static Float80 LoadConstant(int exponent, ulong high, ulong low, in X87Context context)
    {
        bool up = X87Rounder.RoundsUp(0, (high & 1) != 0, low, context.ControlWord);
        return new Float80(0, Float80.Bias + exponent, up ? high + 1 : high);
    }
}
