using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>
/// The numeric operations of the x87 FPU on its registers. Each takes the operands in the order of the manual's
/// formulas and a context for control, exceptions and condition codes.
/// </summary>
public static partial class X87Math
{
    /// <summary>a + b: FADD, FIADD (Intel SDM Vol. 2, "FADD/FADDP/FIADD").</summary>
    public static Float80 Add(Float80 a, Float80 b, ref X87Context context)
    {
        if (!X87Operand.AreNormal(a, b, context))
            return AddSpecial(a, b, 0, ref context);
        return AddFinite(a.Sign, a.Exponent, a.Significand, b.Sign, b.Exponent, b.Significand, ref context);
    }

    /// <summary>a − b: FSUB, FISUB; FSUBR with the operands exchanged (Intel SDM Vol. 2, "FSUB/FSUBP/FISUB").</summary>
    public static Float80 Subtract(Float80 a, Float80 b, ref X87Context context)
    {
        if (!X87Operand.AreNormal(a, b, context))
            return AddSpecial(a, b, Float80.SignBit, ref context);
        uint sign = b.Sign ^ Float80.SignBit;
        return AddFinite(a.Sign, a.Exponent, a.Significand, sign, b.Exponent, b.Significand, ref context);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 AddFinite(
        uint signA, int exponentA, ulong significandA, uint signB, int exponentB, ulong significandB, ref X87Context context)
    {
        if (exponentA < exponentB || (exponentA == exponentB && significandA < significandB))
        {
            (signA, signB) = (signB, signA);
            (exponentA, exponentB) = (exponentB, exponentA);
            (significandA, significandB) = (significandB, significandA);
        }
        (ulong high, ulong low) = X87Rounder.ShiftRightSticky(significandB, 0, exponentA - exponentB);
        if (signA == signB)
            return AddMagnitudes(signA, exponentA, significandA, high, low, ref context);
        return SubtractMagnitudes(signA, exponentA, significandA, high, low, ref context);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 AddMagnitudes(
        uint sign, int exponent, ulong significand, ulong high, ulong low, ref X87Context context)
    {
        ulong sum = significand + high;
        if (sum < high)
        {
            low = (low >> 1) | (low & 1) | (sum << 63);
            sum = (sum >> 1) | Float80.IntegerBit;
            exponent++;
        }
        return X87Rounder.Round(sign, exponent, sum, low, context.ArithmeticControl, ref context);
    }

    /// <summary>Subtracts the smaller magnitude high.low, aligned to the exponent of the larger one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 SubtractMagnitudes(
        uint sign, int exponent, ulong significand, ulong high, ulong low, ref X87Context context)
    {
        ulong difference = significand - high - (low != 0 ? 1UL : 0);
        low = 0 - low;
        if ((long)difference < 0)
            return X87Rounder.Round(sign, exponent, difference, low, context.ArithmeticControl, ref context);
        if ((difference | low) == 0)
            return new Float80(SignOfExactZero(context), 0, 0);
        return X87Rounder.Normalize(sign, exponent, difference, low, context.ArithmeticControl, ref context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Float80 AddSpecial(Float80 a, Float80 b, uint flip, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(a, b, ref context, out Float80 result))
            return result;
        uint signB = b.Sign ^ flip;
        if (a.IsInfinity && b.IsInfinity && a.Sign != signB)
            return X87Operand.Invalid(ref context);
        if (context.RaiseDenormal(a.IsDenormal || b.IsDenormal))
            return default;
        if (a.IsInfinity)
            return a;
        if (b.IsInfinity)
            return new Float80(signB, b.Exponent, b.Significand);
        if (a.IsZero && b.IsZero)
            return new Float80(a.Sign == signB ? signB : SignOfExactZero(context), 0, 0);
        int exponentA = X87Operand.Unpack(a, out ulong significandA);
        int exponentB = X87Operand.Unpack(b, out ulong significandB);
        if (a.IsZero)
            return X87Rounder.Round(signB, exponentB, significandB, 0, context.ArithmeticControl, ref context);
        if (b.IsZero)
            return X87Rounder.Round(a.Sign, exponentA, significandA, 0, context.ArithmeticControl, ref context);
        return AddFinite(a.Sign, exponentA, significandA, signB, exponentB, significandB, ref context);
    }

    /// <summary>The sign of a sum or difference that is exactly zero (Intel SDM Vol. 1, section 4.8.3.1).</summary>
    private static uint SignOfExactZero(in X87Context context)
    {
        return context.Rounding == X87RoundingControl.Down ? Float80.SignBit : 0;
    }
}
