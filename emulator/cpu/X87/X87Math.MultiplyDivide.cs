using System.Runtime.CompilerServices;

namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>a × b: FMUL, FIMUL (Intel SDM Vol. 2, "FMUL/FMULP/FIMUL").</summary>
    public static Float80 Multiply(Float80 a, Float80 b, ref X87Context context)
    {
        if (!X87Operand.AreNormal(a, b, context))
            return MultiplySpecial(a, b, ref context);
        return MultiplyFinite(a.Sign ^ b.Sign, a.Exponent, a.Significand, b.Exponent, b.Significand, ref context);
    }

    /// <summary>a ÷ b: FDIV, FIDIV; FDIVR with the operands exchanged (Intel SDM Vol. 2, "FDIV/FDIVP/FIDIV").</summary>
    public static Float80 Divide(Float80 a, Float80 b, ref X87Context context)
    {
        if (!X87Operand.AreNormal(a, b, context))
            return DivideSpecial(a, b, ref context);
        return DivideFinite(a.Sign ^ b.Sign, a.Exponent, a.Significand, b.Exponent, b.Significand, ref context);
    }

    /// <summary>√a: FSQRT (Intel SDM Vol. 2, "FSQRT").</summary>
    public static Float80 SquareRoot(Float80 a, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(a, ref context, out Float80 result))
            return result;
        if (a.IsZero)
            return a;
        if (a.IsNegative)
            return X87Operand.Invalid(ref context);
        if (a.IsInfinity)
            return a;
        if (context.RaiseDenormal(a.IsDenormal))
            return default;
        int exponent = X87Operand.Unpack(a, out ulong significand) - Float80.Bias;
        ulong root = WideArithmetic.SquareRoot(significand, (exponent & 1) != 0, out ulong rest);
        return X87Rounder.Round(0, (exponent >> 1) + Float80.Bias, root, rest, context.ArithmeticControl, ref context);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 MultiplyFinite(
        uint sign, int exponentA, ulong significandA, int exponentB, ulong significandB, ref X87Context context)
    {
        ulong high = Math.BigMul(significandA, significandB, out ulong low);
        int exponent = exponentA + exponentB - Float80.Bias + 1;
        if ((long)high >= 0)
        {
            high = (high << 1) | (low >> 63);
            low <<= 1;
            exponent--;
        }
        return X87Rounder.Round(sign, exponent, high, low, context.ArithmeticControl, ref context);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 DivideFinite(
        uint sign, int exponentA, ulong significandA, int exponentB, ulong significandB, ref X87Context context)
    {
        int exponent = exponentA - exponentB + Float80.Bias;
        ulong high = significandA;
        ulong low = 0;
        if (significandA >= significandB)
        {
            high = significandA >> 1;
            low = significandA << 63;
        }
        else
        {
            exponent--;
        }
        ulong quotient = WideArithmetic.Divide(high, low, significandB, out ulong remainder);
        ulong rest = 0;
        if (remainder != 0)
            rest = remainder > significandB - remainder ? ulong.MaxValue : 1;
        return X87Rounder.Round(sign, exponent, quotient, rest, context.ArithmeticControl, ref context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Float80 MultiplySpecial(Float80 a, Float80 b, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(a, b, ref context, out Float80 result))
            return result;
        if ((a.IsInfinity && b.IsZero) || (a.IsZero && b.IsInfinity))
            return X87Operand.Invalid(ref context);
        if (context.RaiseDenormal(a.IsDenormal || b.IsDenormal))
            return default;
        uint sign = a.Sign ^ b.Sign;
        if (a.IsInfinity || b.IsInfinity)
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit);
        if (a.IsZero || b.IsZero)
            return new Float80(sign, 0, 0);
        int exponentA = X87Operand.Unpack(a, out ulong significandA);
        int exponentB = X87Operand.Unpack(b, out ulong significandB);
        return MultiplyFinite(sign, exponentA, significandA, exponentB, significandB, ref context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Float80 DivideSpecial(Float80 a, Float80 b, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(a, b, ref context, out Float80 result))
            return result;
        if ((a.IsInfinity && b.IsInfinity) || (a.IsZero && b.IsZero))
            return X87Operand.Invalid(ref context);
        uint sign = a.Sign ^ b.Sign;
        if (b.IsZero && !a.IsInfinity)
        {
            context.RaiseZeroDivide();
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit);
        }
        if (context.RaiseDenormal(a.IsDenormal || b.IsDenormal))
            return default;
        if (a.IsInfinity)
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit);
        if (a.IsZero || b.IsInfinity)
            return new Float80(sign, 0, 0);
        int exponentA = X87Operand.Unpack(a, out ulong significandA);
        int exponentB = X87Operand.Unpack(b, out ulong significandB);
        return DivideFinite(sign, exponentA, significandA, exponentB, significandB, ref context);
    }
}
