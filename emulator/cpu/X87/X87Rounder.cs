using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>
/// Turns an exact or jammed 128-bit significand into a register: rounding, overflow and underflow (Intel SDM Vol. 1,
/// sections 4.8.4, 8.5.4 and 8.5.5).
/// </summary>
/// <remarks>
/// A significand is a pair of 64-bit words with the binary point after bit 63 of the high one. Its last bit may be
/// sticky: set when anything below it was not zero.
/// </remarks>
internal static class X87Rounder
{
    /// <summary>What an unmasked overflow subtracts from the exponent of a register, and an unmasked underflow adds.</summary>
    internal const int UnmaskedAdjust = 24576;

    private const ulong Half = 1UL << 63;

    /// <summary>
    /// Rounds (−1)^sign × high.low × 2^(exponent − bias). The integer bit of <paramref name="high"/> is set and
    /// <paramref name="exponent"/> may be anything; <paramref name="control"/> holds rounding and precision control.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float80 Round(uint sign, int exponent, ulong high, ulong low, int control, ref X87Context context)
    {
        if (control == X87Context.PrecisionMask && (uint)(exponent - 1) < Float80.MaxExponent - 2)
            return RoundNearestExtended(sign, exponent, high, low, ref context);
        return RoundAny(sign, exponent, high, low, control, ref context);
    }

    /// <summary>Rounds as <see cref="Round"/> does, shifting the significand up first; it is not zero.</summary>
    public static Float80 Normalize(uint sign, int exponent, ulong high, ulong low, int control, ref X87Context context)
    {
        if (high == 0)
        {
            (high, low) = (low, 0);
            exponent -= 64;
        }
        int shift = BitOperations.LeadingZeroCount(high);
        if (shift != 0)
        {
            high = (high << shift) | (low >> (64 - shift));
            low <<= shift;
        }
        return Round(sign, exponent - shift, high, low, control, ref context);
    }

    /// <summary>Whether a discarded <paramref name="rest"/>, its half in bit 63, rounds the magnitude up.</summary>
    public static bool RoundsUp(uint sign, bool odd, ulong rest, int control)
    {
        return ((control & X87Context.RoundingMask) >> X87Context.RoundingShift) switch
        {
            (int)X87RoundingControl.Nearest => rest > Half || (rest == Half && odd),
            (int)X87RoundingControl.Down => rest != 0 && sign != 0,
            (int)X87RoundingControl.Up => rest != 0 && sign == 0,
            _ => false,
        };
    }

    /// <summary>Shifts a pair right by any count of at least 0, keeping what falls off as a sticky last bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong High, ulong Low) ShiftRightSticky(ulong high, ulong low, int count)
    {
        if (count == 0)
            return (high, low);
        if (count < 64)
        {
            ulong lost = low << (64 - count);
            return (high >> count, (high << (64 - count)) | (low >> count) | (lost != 0 ? 1UL : 0));
        }
        if (count == 64)
            return (0, high | (low != 0 ? 1UL : 0));
        if (count < 128)
        {
            ulong lost = (high << (128 - count)) | low;
            return (0, (high >> (count - 64)) | (lost != 0 ? 1UL : 0));
        }
        return (0, (high | low) != 0 ? 1UL : 0);
    }

    /// <summary>The common rounding, without a branch on the discarded bits: those are as good as random.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float80 RoundNearestExtended(uint sign, int exponent, ulong high, ulong low, ref X87Context context)
    {
        // The sum carries if low is above half, or is half of an odd number.
        ulong carrying = low + (Half - 1) + (high & 1);
        uint up = carrying < low ? 1u : 0;
        uint inexact = low != 0 ? (uint)X87Status.PE : 0;
        context.Status |= (ushort)(inexact | (up * X87Status.C1));
        high += up;
        if (high == 0)
            return new Float80(sign, exponent + 1, Float80.IntegerBit);
        return new Float80(sign, exponent, high);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Float80 RoundAny(uint sign, int exponent, ulong high, ulong low, int control, ref X87Context context)
    {
        ulong rounded = Cut(sign, high, low, control, out bool inexact, out bool up);
        int final = exponent;
        if (rounded == 0)
        {
            rounded = Float80.IntegerBit;
            final++;
        }
        if (final >= Float80.MaxExponent)
            return Overflow(sign, final, rounded, control, inexact, up, ref context);
        if (final <= 0)
        {
            if (context.IsMasked(X87Status.UE))
                return MaskedUnderflow(sign, exponent, high, low, control, ref context);
            return UnmaskedUnderflow(sign, final, rounded, inexact, up, ref context);
        }
        if (inexact)
            context.RaisePrecision(up);
        return new Float80(sign, final, rounded);
    }

    /// <summary>Rounds a pair to the precision of <paramref name="control"/>; a carry out of bit 63 leaves 0.</summary>
    private static ulong Cut(uint sign, ulong high, ulong low, int control, out bool inexact, out bool up)
    {
        int bits = (control & X87Context.PrecisionMask) switch
        {
            (int)X87PrecisionControl.Single << 8 => 24,
            (int)X87PrecisionControl.Double << 8 => 53,
            _ => 64,
        };
        ulong unit = 1UL << (64 - bits);
        ulong kept = high & (0 - unit);
        ulong rest = bits == 64 ? low : (high << bits) | (low != 0 ? 1UL : 0);
        inexact = rest != 0;
        up = RoundsUp(sign, (kept & unit) != 0, rest, control);
        return up ? kept + unit : kept;
    }

    private static Float80 Overflow(
        uint sign, int exponent, ulong significand, int control, bool inexact, bool up, ref X87Context context)
    {
        bool masked = context.IsMasked(X87Status.OE);
        context.Status |= X87Status.OE;
        if (!masked && exponent - UnmaskedAdjust < Float80.MaxExponent)
        {
            if (inexact)
                context.RaisePrecision(up);
            return new Float80(sign, exponent - UnmaskedAdjust, significand);
        }
        // FSCALE can overflow beyond what the adjustment mends; that yields infinity under any rounding control.
        bool toInfinity = !masked || RoundsUp(sign, true, ulong.MaxValue, control);
        context.RaisePrecision(toInfinity);
        if (toInfinity)
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit);
        ulong largest = Cut(0, ulong.MaxValue, 0, control | X87Context.RoundingMask, out _, out _);
        return new Float80(sign, Float80.MaxExponent - 1, largest);
    }

    /// <summary>A tiny result denormalized; it is an underflow if that is inexact.</summary>
    private static Float80 MaskedUnderflow(
        uint sign, int exponent, ulong high, ulong low, int control, ref X87Context context)
    {
        (high, low) = ShiftRightSticky(high, low, 1 - exponent);
        ulong significand = Cut(sign, high, low, control, out bool inexact, out bool up);
        if (inexact)
        {
            context.Status |= X87Status.UE;
            context.RaisePrecision(up);
        }
        return new Float80(sign, (int)(significand >> 63), significand);
    }

    private static Float80 UnmaskedUnderflow(
        uint sign, int exponent, ulong significand, bool inexact, bool up, ref X87Context context)
    {
        context.Status |= X87Status.UE;
        if (exponent + UnmaskedAdjust <= 0)
        {
            context.RaisePrecision(false);
            return new Float80(sign, 0, 0);
        }
        if (inexact)
            context.RaisePrecision(up);
        return new Float80(sign, exponent + UnmaskedAdjust, significand);
    }
}
