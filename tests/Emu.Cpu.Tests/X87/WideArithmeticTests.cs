using System.Numerics;
using CsCheck;

namespace Emu.Cpu.Tests.X87;

/// <summary>The wide integer steps against arbitrary-precision integers.</summary>
public sealed class WideArithmeticTests
{
    private const ulong TopBit = 1UL << 63;

    private static readonly Gen<ulong> Word = Gen.OneOf(
        Gen.ULong,
        Gen.OneOf(0UL, 1UL, ulong.MaxValue, ulong.MaxValue - 1, TopBit, TopBit - 1, TopBit + 1, uint.MaxValue, 1UL << 32),
        Gen.Select(Gen.ULong, Gen.Int[0, 63], (word, count) => word >> count),
        Gen.Select(Gen.ULong, Gen.Int[0, 63], (word, count) => ~(word >> count)));

    [Fact]
    public void Divide_EqualsBigInteger()
    {
        Gen.Select(Word, Word, Word).Sample((high, low, divisor) =>
        {
            divisor |= TopBit;
            high %= divisor;
            BigInteger dividend = ((BigInteger)high << 64) + low;
            ulong quotient = WideArithmetic.Divide(high, low, divisor, out ulong remainder);
            ulong portable = WideArithmetic.DividePortable(high, low, divisor, out ulong portableRemainder);
            return quotient == dividend / divisor && remainder == dividend % divisor
                && portable == quotient && portableRemainder == remainder;
        });
    }

    [Fact]
    public void SquareRoot_EqualsBigInteger()
    {
        Gen.Select(Word, Gen.Bool).Sample((significand, odd) =>
        {
            significand |= TopBit;
            BigInteger square = (BigInteger)significand << (odd ? 64 : 63);
            BigInteger root = WideArithmetic.SquareRoot(significand, odd, out ulong rest);
            BigInteger remainder = square - (root * root);
            bool aboveHalf = remainder > root;
            return remainder.Sign >= 0 && remainder <= 2 * root
                && (rest == 0) == remainder.IsZero && rest >= TopBit == aboveHalf;
        });
    }

    [Fact]
    public void MultiplyHigh_IsAtMostThreeUnitsLow()
    {
        Gen.Select(Word, Word, Word, Word).Sample((aHigh, aLow, bHigh, bLow) =>
        {
            UInt128 a = new(aHigh, aLow);
            UInt128 b = new(bHigh, bLow);
            BigInteger lost = ((BigInteger)a * b >> 128) - WideArithmetic.MultiplyHigh(a, b);
            return lost >= 0 && lost <= 3;
        });
    }

    [Fact]
    public void DivideFraction_EqualsBigInteger()
    {
        Gen.Select(Word, Word, Word, Word).Sample((aHigh, aLow, bHigh, bLow) =>
        {
            UInt128 divisor = new(bHigh | TopBit, bLow);
            UInt128 dividend = new UInt128(aHigh, aLow) % divisor;
            return WideArithmetic.DivideFraction(dividend, divisor) == ((BigInteger)dividend << 128) / divisor;
        });
    }

    [Fact]
    public void DivideFraction_EqualsBigInteger_WhenDividendIsJustBelow()
    {
        Gen.Select(Word, Word, Word).Sample((high, low, distance) =>
        {
            UInt128 divisor = new(high | TopBit, low);
            UInt128 dividend = divisor - distance - 1;
            return WideArithmetic.DivideFraction(dividend, divisor) == ((BigInteger)dividend << 128) / divisor;
        });
    }
}
