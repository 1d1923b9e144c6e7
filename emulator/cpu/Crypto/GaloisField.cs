using System.Numerics;

namespace Emu.Cpu;

/// <summary>Arithmetic without carries: products of polynomials, and the field of 256 elements of AES, x^8 + x^4 + x^3 + x + 1.</summary>
internal static class GaloisField
{
    private const uint Polynomial = 0x11B;

    /// <summary>The product in the field.</summary>
    public static byte Multiply(byte a, byte b)
    {
        uint product = 0;
        for (int bit = 0; bit < 8; bit++)
            product ^= (b >> bit & 1) != 0 ? (uint)a << bit : 0;
        for (int bit = 14; bit >= 8; bit--)
            product ^= (product >> bit & 1) != 0 ? Polynomial << (bit - 8) : 0;
        return (byte)product;
    }

    /// <summary>The inverse; of zero zero. It is the 254th power.</summary>
    public static byte Inverse(byte a)
    {
        byte result = 1, power = a;
        for (int bit = 1; bit < 8; bit++)
        {
            power = Multiply(power, power);
            result = Multiply(result, power);
        }
        return result;
    }

    /// <summary>A product of bits by a matrix of eight rows, the first row in the highest byte, and a sum: GF2P8AFFINEQB.</summary>
    public static byte Affine(ulong matrix, byte value, byte constant)
    {
        uint result = constant;
        for (int bit = 0; bit < 8; bit++)
        {
            uint row = (byte)(matrix >> (8 * (7 - bit)));
            result ^= (uint)(BitOperations.PopCount(row & value) & 1) << bit;
        }
        return (byte)result;
    }

    /// <summary>The product of two polynomials of 64 bits: PCLMULQDQ.</summary>
    public static UInt128 CarrylessMultiply(ulong a, ulong b)
    {
        UInt128 product = 0;
        for (; b != 0; b &= b - 1)
            product ^= (UInt128)a << BitOperations.TrailingZeroCount(b);
        return product;
    }
}
