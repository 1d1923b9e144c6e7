using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>
/// The layout of half, single and double precision: <typeparamref name="T"/> is Half, float or double. Intel SDM vol. 1, 4.2.2.
/// </summary>
/// <remarks>Bits travel as <see cref="ulong"/>, zero-extended. The JIT makes constants of all properties.</remarks>
internal static class FloatFormat<T>
    where T : unmanaged
{
    /// <summary>Bits of the fraction.</summary>
    public static int FractionBits => Unsafe.SizeOf<T>() switch { 2 => 10, 4 => 23, _ => 52 };

    /// <summary>The exponent field of infinities and NaNs.</summary>
    public static int MaxExponent => Unsafe.SizeOf<T>() switch { 2 => 0x1F, 4 => 0xFF, _ => 0x7FF };

    /// <summary>What is added to an exponent to store it.</summary>
    public static int Bias => MaxExponent >> 1;

    /// <summary>The sign.</summary>
    public static ulong SignBit => 1UL << ((8 * Unsafe.SizeOf<T>()) - 1);

    /// <summary>The fraction's top bit, set in quiet NaNs.</summary>
    public static ulong QuietBit => 1UL << (FractionBits - 1);

    /// <summary>+∞.</summary>
    public static ulong Infinity => (ulong)MaxExponent << FractionBits;

    /// <summary>QNaN floating-point indefinite, the masked answer to an invalid operation.</summary>
    public static ulong Indefinite => SignBit | Infinity | QuietBit;

    /// <summary>The smallest normal number.</summary>
    public static ulong SmallestNormal => 1UL << FractionBits;

    /// <summary>The bits of a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(T value) => Unsafe.SizeOf<T>() == 4 ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);

    /// <summary>The number of some bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromBits(ulong bits) => Unsafe.SizeOf<T>() == 4 ? Unsafe.BitCast<uint, T>((uint)bits) : Unsafe.BitCast<ulong, T>(bits);

    /// <summary>The bits without the sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Magnitude(ulong bits) => bits & ~SignBit;

    /// <summary>
    /// Whether it is neither zero, denormal, infinite nor a NaN, and not among the smallest normal numbers: to those a result that is too
    /// small may have been rounded.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNormal(T value)
    {
        // One added to an exponent of all ones or at most two leaves at most its last two bits.
        ulong next = Bits(value) + SmallestNormal, mask = Infinity & ~(3 * SmallestNormal);
        return (next & mask) != 0;
    }

    /// <summary>Whether it is a NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNaN(ulong bits) => Magnitude(bits) > Infinity;

    /// <summary>Whether it is a signalling NaN.</summary>
    public static bool IsSignaling(ulong bits) => IsNaN(bits) && (bits & QuietBit) == 0;

    /// <summary>Whether it is ±∞.</summary>
    public static bool IsInfinite(ulong bits) => Magnitude(bits) == Infinity;

    /// <summary>Whether it is ±0.</summary>
    public static bool IsZero(ulong bits) => Magnitude(bits) == 0;

    /// <summary>Whether it is denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsDenormal(ulong bits) => Magnitude(bits) - 1 < SmallestNormal - 1;

    /// <summary>Whether a comparison needs no care: neither a NaN nor denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOrdered(T value)
    {
        ulong magnitude = Magnitude(Bits(value));
        return magnitude - SmallestNormal <= Infinity - SmallestNormal || magnitude == 0;
    }

    /// <summary>
    /// The exponent field and the significand, its integer bit at bit 63, of a finite number other than zero. The exponent of a denormal is
    /// below 1.
    /// </summary>
    public static int Unpack(ulong bits, out ulong significand)
    {
        int exponent = (int)(bits >> FractionBits) & MaxExponent;
        significand = bits << (63 - FractionBits);
        if (exponent != 0)
        {
            significand |= 1UL << 63;
            return exponent;
        }
        significand &= ~(1UL << 63);
        int shift = BitOperations.LeadingZeroCount(significand);
        significand <<= shift;
        return 1 - shift;
    }
}
