namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>
    /// Compares a with b into C3, C2 and C0, and clears C1; any NaN raises IE: FCOM, FICOM, FTST against +0 (Intel SDM
    /// Vol. 2, "FCOM/FCOMP/FCOMPP").
    /// </summary>
    /// <remarks>The condition codes are written even if an unmasked exception suppresses the pop.</remarks>
    public static void Compare(Float80 a, Float80 b, ref X87Context context)
    {
        context.DefinedConditions = X87Status.Conditions;
        ushort order = Order(a, b, quiet: false, ref context);
        context.Status |= order;
    }

    /// <summary>As <see cref="Compare"/>, but a QNaN raises nothing: FUCOM (Intel SDM Vol. 2, "FUCOM/FUCOMP/FUCOMPP").</summary>
    public static void CompareUnordered(Float80 a, Float80 b, ref X87Context context)
    {
        context.DefinedConditions = X87Status.Conditions;
        ushort order = Order(a, b, quiet: true, ref context);
        context.Status |= order;
    }

    /// <summary>
    /// Compares a with b for EFLAGS: the value holds ZF, PF and CF in their places. FCOMI, and FUCOMI if
    /// <paramref name="quiet"/> (Intel SDM Vol. 2, "FCOMI/FCOMIP/FUCOMI/FUCOMIP").
    /// </summary>
    /// <remarks>EFLAGS are written even if an unmasked exception suppresses the pop.</remarks>
    public static uint CompareToFlags(Float80 a, Float80 b, bool quiet, ref X87Context context)
    {
        // C0, C2 and C3 lie in the high byte where CF, PF and ZF lie in EFLAGS: what SAHF is for.
        return (uint)Order(a, b, quiet, ref context) >> 8;
    }

    /// <summary>The class and sign of a register in C3, C2, C0 and C1: FXAM (Intel SDM Vol. 2, "FXAM").</summary>
    /// <remarks>An empty register, C3 and C0, is the caller's to tell.</remarks>
    public static void Examine(Float80 a, ref X87Context context)
    {
        context.DefinedConditions = X87Status.Conditions;
        context.Status = a.Class switch
        {
            Float80Class.QuietNaN or Float80Class.SignalingNaN => X87Status.C0,
            Float80Class.Normal => X87Status.C2,
            Float80Class.Infinity => X87Status.C2 | X87Status.C0,
            Float80Class.Zero => X87Status.C3,
            Float80Class.Denormal or Float80Class.PseudoDenormal => X87Status.C3 | X87Status.C2,
            _ => 0,
        };
        if (a.IsNegative)
            context.Status |= X87Status.C1;
    }

    private static ushort Order(Float80 a, Float80 b, bool quiet, ref X87Context context)
    {
        const ushort Unordered = X87Status.C3 | X87Status.C2 | X87Status.C0;
        bool unsupported = a.IsUnsupported || b.IsUnsupported;
        if (unsupported || a.IsNaN || b.IsNaN)
        {
            context.Status &= unchecked((ushort)~X87Status.DE);
            if (unsupported || !quiet || a.IsSignalingNaN || b.IsSignalingNaN)
                context.RaiseInvalid();
            return Unordered;
        }
        context.RaiseDenormal(a.IsDenormal || b.IsDenormal);
        if (a.IsZero && b.IsZero)
            return X87Status.C3;
        if (a.Sign != b.Sign)
            return a.IsNegative ? X87Status.C0 : (ushort)0;
        int order = CompareMagnitudes(a, b);
        if (order == 0)
            return X87Status.C3;
        return order < 0 != a.IsNegative ? X87Status.C0 : (ushort)0;
    }

    /// <summary>Orders |a| and |b|, neither a NaN; a pseudo-denormal has the value of exponent 1.</summary>
    private static int CompareMagnitudes(Float80 a, Float80 b)
    {
        int exponentA = Math.Max(a.Exponent, 1);
        int exponentB = Math.Max(b.Exponent, 1);
        return exponentA != exponentB ? exponentA.CompareTo(exponentB) : a.Significand.CompareTo(b.Significand);
    }
}
