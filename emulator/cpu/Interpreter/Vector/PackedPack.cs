using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>PACKSSWB.</summary>
internal readonly struct PackSignedWords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.NarrowWithSaturation(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>PACKSSDW.</summary>
internal readonly struct PackSignedDoublewords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.NarrowWithSaturation(a.AsInt32(), b.AsInt32()).AsByte();
}

/// <summary>PACKUSWB: signed words to unsigned bytes.</summary>
internal readonly struct PackUnsignedWords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(Clamp(a), Clamp(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Clamp(Vector128<byte> value) =>
        Vector128.Min(Vector128.Max(value.AsInt16(), Vector128<short>.Zero), Vector128.Create((short)byte.MaxValue)).AsUInt16();
}

/// <summary>PACKUSDW.</summary>
internal readonly struct PackUnsignedDoublewords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(Clamp(a), Clamp(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Clamp(Vector128<byte> value) =>
        Vector128.Min(Vector128.Max(value.AsInt32(), Vector128<int>.Zero), Vector128.Create((int)ushort.MaxValue)).AsUInt32();
}

/// <summary>PHADDW: the sums of neighbours.</summary>
internal readonly struct HorizontalAddWords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(Sum(a), Sum(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sum(Vector128<byte> value) => value.AsUInt32() + (value.AsUInt32() >>> 16);
}

/// <summary>PHSUBW: the first of two neighbours less the second.</summary>
internal readonly struct HorizontalSubtractWords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(Difference(a), Difference(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Difference(Vector128<byte> value) => value.AsUInt32() - (value.AsUInt32() >>> 16);
}

/// <summary>PHADDD.</summary>
internal readonly struct HorizontalAddDoublewords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(Sum(a), Sum(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Sum(Vector128<byte> value) => value.AsUInt64() + (value.AsUInt64() >>> 32);
}

/// <summary>PHSUBD.</summary>
internal readonly struct HorizontalSubtractDoublewords : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(Difference(a), Difference(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Difference(Vector128<byte> value) => value.AsUInt64() - (value.AsUInt64() >>> 32);
}

/// <summary>PHADDSW: the sums of neighbours, saturated.</summary>
internal readonly struct HorizontalAddSaturate : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.NarrowWithSaturation(Sum(a), Sum(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sum(Vector128<byte> value) => (value.AsInt32() << 16 >> 16) + (value.AsInt32() >> 16);
}

/// <summary>PHSUBSW.</summary>
internal readonly struct HorizontalSubtractSaturate : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.NarrowWithSaturation(Difference(a), Difference(b)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Difference(Vector128<byte> value) => (value.AsInt32() << 16 >> 16) - (value.AsInt32() >> 16);
}
