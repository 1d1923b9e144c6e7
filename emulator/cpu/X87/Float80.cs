namespace Emu.Cpu;

/// <summary>The classes of the double extended-precision format (Intel SDM Vol. 1, tables 4-3 and 8-3).</summary>
public enum Float80Class
{
    /// <summary>Exponent 0, significand 0.</summary>
    Zero,

    /// <summary>Exponent 0, integer bit clear, fraction not 0.</summary>
    Denormal,

    /// <summary>Exponent 0 with the integer bit set: accepted as an operand, never a result.</summary>
    PseudoDenormal,

    /// <summary>Exponent 1 to 7FFEH with the integer bit set.</summary>
    Normal,

    /// <summary>Exponent 1 to 7FFEH with the integer bit clear: unsupported.</summary>
    Unnormal,

    /// <summary>Exponent 7FFFH, significand 8000000000000000H.</summary>
    Infinity,

    /// <summary>Exponent 7FFFH, significand 0: unsupported.</summary>
    PseudoInfinity,

    /// <summary>Exponent 7FFFH, integer bit and top fraction bit set.</summary>
    QuietNaN,

    /// <summary>Exponent 7FFFH, integer bit set, top fraction bit clear, the rest not 0.</summary>
    SignalingNaN,

    /// <summary>Exponent 7FFFH, integer bit clear, fraction not 0: unsupported.</summary>
    PseudoNaN,
}

/// <summary>
/// A number in the double extended-precision format of the x87 FPU (Intel SDM Vol. 1, section 4.2.2): 64 bits of
/// significand with an explicit integer bit, and 16 bits of sign and biased exponent.
/// </summary>
/// <remarks>Equality is that of the 80 bits, not of the numbers: +0 differs from −0 and a NaN equals itself.</remarks>
public readonly struct Float80 : IEquatable<Float80>
{
    /// <summary>What is added to an exponent to store it.</summary>
    public const int Bias = 16383;

    /// <summary>The biased exponent of infinities and NaNs.</summary>
    public const int MaxExponent = 0x7FFF;

    internal const ulong IntegerBit = 1UL << 63;
    internal const ulong QuietBit = 1UL << 62;
    internal const uint SignBit = 0x8000;

    /// <summary>Bits 63:0 of the register: integer bit and fraction.</summary>
    public readonly ulong Significand;

    /// <summary>Bits 79:64 of the register: the sign in bit 15, the biased exponent below it.</summary>
    public readonly ushort SignExponent;

    /// <summary>Any 80 bits.</summary>
    public Float80(ulong significand, ushort signExponent)
    {
        Significand = significand;
        SignExponent = signExponent;
    }

    internal Float80(uint sign, int exponent, ulong significand)
    {
        Significand = significand;
        SignExponent = (ushort)(sign | (uint)exponent);
    }

    /// <summary>+0.</summary>
    public static Float80 Zero => default;

    /// <summary>+1.</summary>
    public static Float80 One => new(0, Bias, IntegerBit);

    /// <summary>QNaN floating-point indefinite, the masked answer to an invalid operation.</summary>
    public static Float80 Indefinite => new(SignBit, MaxExponent, IntegerBit | QuietBit);

    /// <summary>+∞.</summary>
    public static Float80 PositiveInfinity => new(0, MaxExponent, IntegerBit);

    /// <summary>−∞.</summary>
    public static Float80 NegativeInfinity => new(SignBit, MaxExponent, IntegerBit);

    /// <summary>The biased exponent, 0 to 7FFFH.</summary>
    public int Exponent => SignExponent & MaxExponent;

    /// <summary>Whether the sign bit is set, whatever the class.</summary>
    public bool IsNegative => (SignExponent & SignBit) != 0;

    /// <summary>Whether this is ±0.</summary>
    public bool IsZero => Significand == 0 && Exponent == 0;

    /// <summary>Whether the exponent is neither 0 nor 7FFFH and the integer bit is set.</summary>
    public bool IsNormal => (uint)(Exponent - 1) < MaxExponent - 1 && (long)Significand < 0;

    /// <summary>Whether this raises the denormal-operand exception: a denormal or pseudo-denormal.</summary>
    public bool IsDenormal => Exponent == 0 && Significand != 0;

    /// <summary>Whether this is ±∞ (a pseudo-infinity is not).</summary>
    public bool IsInfinity => Exponent == MaxExponent && Significand == IntegerBit;

    /// <summary>Whether this is a QNaN or an SNaN (a pseudo-NaN is not).</summary>
    public bool IsNaN => Exponent == MaxExponent && Significand > IntegerBit;

    /// <summary>Whether this is an SNaN.</summary>
    public bool IsSignalingNaN => IsNaN && (Significand & QuietBit) == 0;

    /// <summary>Whether this is an unnormal, a pseudo-infinity or a pseudo-NaN: an invalid operand everywhere.</summary>
    public bool IsUnsupported => Exponent != 0 && (long)Significand >= 0;

    /// <summary>The sign in place, as bit 15.</summary>
    internal uint Sign => SignExponent & SignBit;

    /// <summary>The class of the 80 bits.</summary>
    public Float80Class Class => Exponent switch
    {
        0 when Significand == 0 => Float80Class.Zero,
        0 => (long)Significand < 0 ? Float80Class.PseudoDenormal : Float80Class.Denormal,
        MaxExponent => ClassOfMaxExponent(Significand),
        _ => (long)Significand < 0 ? Float80Class.Normal : Float80Class.Unnormal,
    };

    /// <summary>The same number with the sign bit clear: FABS.</summary>
    public static Float80 Abs(Float80 value) => new(value.Significand, (ushort)value.Exponent);

    /// <summary>The same number with the sign bit inverted: FCHS.</summary>
    public static Float80 ChangeSign(Float80 value) => new(value.Significand, (ushort)(value.SignExponent ^ SignBit));

    /// <summary>Whether the 80 bits are the same.</summary>
    public static bool operator ==(Float80 left, Float80 right) => left.Equals(right);

    /// <summary>Whether the 80 bits differ.</summary>
    public static bool operator !=(Float80 left, Float80 right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Float80 other) => Significand == other.Significand && SignExponent == other.SignExponent;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float80 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Significand, SignExponent);

    /// <summary>The bits in hexadecimal: sign and exponent, a colon, the significand.</summary>
    public override string ToString() => $"{SignExponent:X4}:{Significand:X16}";

    private static Float80Class ClassOfMaxExponent(ulong significand) => (significand >> 62) switch
    {
        3 => Float80Class.QuietNaN,
        2 when significand == IntegerBit => Float80Class.Infinity,
        2 => Float80Class.SignalingNaN,
        _ when significand == 0 => Float80Class.PseudoInfinity,
        _ => Float80Class.PseudoNaN,
    };
}
