namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>
    /// The partial remainder of a ÷ b with the quotient cut toward zero: FPREM (Intel SDM Vol. 2, "FPREM"). C2 tells
    /// that the reduction is incomplete; else C0, C3 and C1 hold bits 2, 1 and 0 of the quotient.
    /// </summary>
    public static Float80 Remainder(Float80 a, Float80 b, ref X87Context context)
    {
        return Remainder(a, b, nearest: false, ref context);
    }

    /// <summary>
    /// As <see cref="Remainder(Float80, Float80, ref X87Context)"/> with the quotient rounded to the nearest integer,
    /// the remainder of IEEE 754: FPREM1 (Intel SDM Vol. 2, "FPREM1").
    /// </summary>
    public static Float80 RemainderNearest(Float80 a, Float80 b, ref X87Context context)
    {
        return Remainder(a, b, nearest: true, ref context);
    }

    private static Float80 Remainder(Float80 a, Float80 b, bool nearest, ref X87Context context)
    {
        context.DefinedConditions = X87Status.C1 | X87Status.C2;
        if (X87Operand.EndsWithNaN(a, b, ref context, out Float80 result))
            return result;
        if (a.IsInfinity || b.IsZero)
            return X87Operand.Invalid(ref context);
        if (context.RaiseDenormal(a.IsDenormal || b.IsDenormal))
            return default;
        if (a.IsZero || b.IsInfinity)
        {
            SetQuotient(0, ref context);
            return a.IsDenormal ? RoundExact(a, ref context) : a;
        }
        int exponentA = X87Operand.Unpack(a, out ulong significandA);
        int exponentB = X87Operand.Unpack(b, out ulong significandB);
        int distance = exponentA - exponentB;
        if (distance >= 64)
            return ReducePartly(a.Sign, significandA, exponentB, significandB, distance, ref context);
        if (distance < (nearest ? -1 : 0))
        {
            SetQuotient(0, ref context);
            return RoundExact(a, ref context);
        }
        return ReduceFully(a, significandA, exponentB, significandB, distance, nearest, ref context);
    }

    /// <summary>
    /// Subtracts b × QQ × 2^(D − N) where D is the distance of the exponents. The manual leaves N between 32 and 63;
    /// processors take 32 + D mod 32, so that each further step sheds 32 bits.
    /// </summary>
    private static Float80 ReducePartly(
        uint sign, ulong significandA, int exponentB, ulong significandB, int distance, ref X87Context context)
    {
        int step = 32 + (distance % 32);
        WideArithmetic.Divide(significandA >> (64 - step), significandA << step, significandB, out ulong remainder);
        context.DefinedConditions = X87Status.Conditions;
        context.Status |= X87Status.C2;
        return ScaledRemainder(sign, exponentB + distance - step, remainder, ref context);
    }

    private static Float80 ReduceFully(
        Float80 a, ulong significandA, int exponentB, ulong significandB, int distance, bool nearest, ref X87Context context)
    {
        if (distance < 0)
            return ReduceHalf(a, exponentB, significandB, ref context);
        ulong high = distance == 0 ? 0 : significandA >> (64 - distance);
        ulong quotient = WideArithmetic.Divide(high, significandA << distance, significandB, out ulong remainder);
        uint sign = a.Sign;
        ulong rest = significandB - remainder;
        if (nearest && (remainder > rest || (remainder == rest && (quotient & 1) != 0)))
        {
            quotient++;
            remainder = rest;
            sign ^= Float80.SignBit;
        }
        SetQuotient(quotient, ref context);
        return ScaledRemainder(remainder == 0 ? a.Sign : sign, exponentB, remainder, ref context);
    }

    /// <summary>FPREM1 of a dividend with the exponent just below the divisor's: the quotient is 0 or 1.</summary>
    private static Float80 ReduceHalf(Float80 a, int exponentB, ulong significandB, ref X87Context context)
    {
        X87Operand.Unpack(a, out ulong significandA);
        if (significandA <= significandB)
        {
            SetQuotient(0, ref context);
            return RoundExact(a, ref context);
        }
        // b − a in units of half b's last place: 2b − a lies between 0 and b.
        SetQuotient(1, ref context);
        ulong remainder = unchecked((significandB << 1) - significandA);
        return ScaledRemainder(a.Sign ^ Float80.SignBit, exponentB - 1, remainder, ref context);
    }

    private static Float80 ScaledRemainder(uint sign, int exponent, ulong remainder, ref X87Context context)
    {
        if (remainder == 0)
            return new Float80(sign, 0, 0);
        return X87Rounder.Normalize(sign, exponent, remainder, 0, context.ExtendedControl, ref context);
    }

    /// <summary>A finite number other than zero as a result: an unmasked underflow still concerns it.</summary>
    private static Float80 RoundExact(Float80 value, ref X87Context context)
    {
        int exponent = X87Operand.Unpack(value, out ulong significand);
        return X87Rounder.Round(value.Sign, exponent, significand, 0, context.ExtendedControl, ref context);
    }

    private static void SetQuotient(ulong quotient, ref X87Context context)
    {
        context.DefinedConditions = X87Status.Conditions;
        if ((quotient & 4) != 0)
            context.Status |= X87Status.C0;
        if ((quotient & 2) != 0)
            context.Status |= X87Status.C3;
        if ((quotient & 1) != 0)
            context.Status |= X87Status.C1;
    }
}
