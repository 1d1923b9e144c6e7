using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>
/// What all operations do with their operands before they compute: invalid encodings, NaNs, denormals (Intel SDM
/// Vol. 1, sections 4.8.3.5, 8.5.1 and 8.5.2).
/// </summary>
internal static class X87Operand
{
    /// <summary>Whether both operands are normal numbers and no widened operand was denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreNormal(Float80 a, Float80 b, in X87Context context)
    {
        uint below = Float80.MaxExponent - 1;
        return (uint)(a.Exponent - 1) < below && (uint)(b.Exponent - 1) < below
            && (long)(a.Significand & b.Significand) < 0 && context.Status == 0;
    }

    /// <summary>
    /// Ends an operation that has an unsupported operand or a NaN, with the masked answer; false if it has neither.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool EndsWithNaN(Float80 a, Float80 b, ref X87Context context, out Float80 result)
    {
        result = default;
        if (a.IsUnsupported || b.IsUnsupported)
        {
            result = Invalid(ref context);
            return true;
        }
        if (!a.IsNaN && !b.IsNaN)
            return false;
        context.Status &= unchecked((ushort)~X87Status.DE);
        if (a.IsSignalingNaN || b.IsSignalingNaN)
            context.RaiseInvalid();
        result = SelectNaN(a, b);
        return true;
    }

    /// <summary>As <see cref="EndsWithNaN(Float80, Float80, ref X87Context, out Float80)"/>, for one operand.</summary>
    public static bool EndsWithNaN(Float80 a, ref X87Context context, out Float80 result)
    {
        return EndsWithNaN(a, Float80.Zero, ref context, out result);
    }

    /// <summary>Raises IE and answers with the QNaN floating-point indefinite.</summary>
    public static Float80 Invalid(ref X87Context context)
    {
        context.RaiseInvalid();
        return Float80.Indefinite;
    }

    /// <summary>The same NaN with the quiet bit set.</summary>
    public static Float80 Quiet(Float80 value) => new(value.Significand | Float80.QuietBit, value.SignExponent);

    /// <summary>
    /// The exponent and normalized significand of a finite number other than zero. The exponent of a denormal is
    /// below 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Unpack(Float80 value, out ulong significand)
    {
        significand = value.Significand;
        int exponent = value.Exponent;
        if (exponent != 0)
            return exponent;
        int shift = BitOperations.LeadingZeroCount(significand);
        significand <<= shift;
        return 1 - shift;
    }

    /// <summary>
    /// The NaN that two operands yield (Intel SDM Vol. 1, table 4-7): a QNaN before an SNaN, then the larger
    /// significand, then the positive one.
    /// </summary>
    private static Float80 SelectNaN(Float80 a, Float80 b)
    {
        if (!a.IsNaN)
            return Quiet(b);
        if (!b.IsNaN)
            return Quiet(a);
        if (a.IsSignalingNaN != b.IsSignalingNaN)
            return a.IsSignalingNaN ? b : a;
        bool first = a.Significand != b.Significand ? a.Significand > b.Significand : !a.IsNegative;
        return Quiet(first ? a : b);
    }
}
