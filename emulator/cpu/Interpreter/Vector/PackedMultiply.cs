using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Emu.Cpu;

/// <summary>PMULLW, PMULLD: the low half of the products.</summary>
internal readonly struct PackedMultiplyLow<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.As<byte, T>() * b.As<byte, T>()).AsByte();
}

/// <summary>The products of words as doublewords: those of the even and those of the odd places.</summary>
internal static class WordProducts
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Even(Vector128<byte> a, Vector128<byte> b) => (a.AsInt32() << 16 >> 16) * (b.AsInt32() << 16 >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Odd(Vector128<byte> a, Vector128<byte> b) => (a.AsInt32() >> 16) * (b.AsInt32() >> 16);

    /// <summary>Takes the low words of both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Join(Vector128<int> even, Vector128<int> odd) =>
        ((even & Vector128.Create(0xFFFF)) | (odd << 16)).AsByte();
}

/// <summary>PMULHW: the high half of the products.</summary>
internal readonly struct PackedMultiplyHigh : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        WordProducts.Join(WordProducts.Even(a, b) >> 16, WordProducts.Odd(a, b) >> 16);
}

/// <summary>PMULHUW.</summary>
internal readonly struct PackedMultiplyHighUnsigned : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<uint> low = Vector128.Create(0xFFFFu), x = a.AsUInt32(), y = b.AsUInt32();
        Vector128<uint> even = (x & low) * (y & low) >>> 16, odd = (x >>> 16) * (y >>> 16);
        return (even | Vector128.AndNot(odd, low)).AsByte();
    }
}

/// <summary>PMULHRSW: the products of fractions of 15 bits, rounded.</summary>
internal readonly struct PackedMultiplyRound : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        WordProducts.Join(Round(WordProducts.Even(a, b)), Round(WordProducts.Odd(a, b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(Vector128<int> product) => ((product >> 14) + Vector128<int>.One) >> 1;
}

/// <summary>PMADDWD: the sums of two neighbouring products.</summary>
internal readonly struct PackedMultiplyAdd : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (WordProducts.Even(a, b) + WordProducts.Odd(a, b)).AsByte();
}

/// <summary>PMADDUBSW: the sums of two neighbouring products of an unsigned and a signed byte, saturated.</summary>
internal readonly struct PackedMultiplyAddBytes : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<short> x = a.AsInt16(), y = b.AsInt16();
        Vector128<short> even = (x & Vector128.Create((short)0xFF)) * (y << 8 >> 8), odd = (x >>> 8) * (y >> 8);
        return Vector128.AddSaturate(even, odd).AsByte();
    }
}

/// <summary>PMULUDQ: the products of the even doublewords as quadwords.</summary>
internal readonly struct PackedMultiplyWide : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported)
            return Sse2.Multiply(a.AsUInt32(), b.AsUInt32()).AsByte();
        Vector128<ulong> low = Vector128.Create((ulong)uint.MaxValue);
        return ((a.AsUInt64() & low) * (b.AsUInt64() & low)).AsByte();
    }
}

/// <summary>PMULDQ.</summary>
internal readonly struct PackedMultiplyWideSigned : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Sse41.IsSupported
        ? Sse41.Multiply(a.AsInt32(), b.AsInt32()).AsByte()
        : ((a.AsInt64() << 32 >> 32) * (b.AsInt64() << 32 >> 32)).AsByte();
}
