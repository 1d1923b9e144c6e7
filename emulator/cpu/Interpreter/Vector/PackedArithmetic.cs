using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>PADDB, PADDW, PADDD, PADDQ.</summary>
internal readonly struct PackedAdd<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.As<byte, T>() + b.As<byte, T>()).AsByte();
}

/// <summary>PSUBB, PSUBW, PSUBD, PSUBQ.</summary>
internal readonly struct PackedSubtract<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a.As<byte, T>() - b.As<byte, T>()).AsByte();
}

/// <summary>PADDSB, PADDSW, PADDUSB, PADDUSW.</summary>
internal readonly struct PackedAddSaturate<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.AddSaturate(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}

/// <summary>PSUBSB, PSUBSW, PSUBUSB, PSUBUSW.</summary>
internal readonly struct PackedSubtractSaturate<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.SubtractSaturate(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}

/// <summary>PMINSB, PMINSW, PMINSD, PMINUB, PMINUW, PMINUD.</summary>
internal readonly struct PackedMinimum<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}

/// <summary>PMAXSB, PMAXSW, PMAXSD, PMAXUB, PMAXUW, PMAXUD.</summary>
internal readonly struct PackedMaximum<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}

/// <summary>PCMPEQB, PCMPEQW, PCMPEQD, PCMPEQQ.</summary>
internal readonly struct PackedEqual<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.Equals(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}

/// <summary>PCMPGTB, PCMPGTW, PCMPGTD, PCMPGTQ.</summary>
internal readonly struct PackedGreater<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.GreaterThan(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}

/// <summary>PAND, ANDPS, ANDPD.</summary>
internal readonly struct PackedAnd : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a & b;
}

/// <summary>PANDN, ANDNPS, ANDNPD: the first source is inverted.</summary>
internal readonly struct PackedAndNot : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Vector128.AndNot(b, a);
}

/// <summary>POR, ORPS, ORPD.</summary>
internal readonly struct PackedOr : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a | b;
}

/// <summary>PXOR, XORPS, XORPD.</summary>
internal readonly struct PackedExclusiveOr : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => a ^ b;
}

/// <summary>PAVGB: rounded up.</summary>
internal readonly struct PackedAverageByte : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => (a | b) - Vector128.ShiftRightLogical(a ^ b, 1);
}

/// <summary>PAVGW.</summary>
internal readonly struct PackedAverageWord : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) =>
        ((a | b).AsUInt16() - Vector128.ShiftRightLogical((a ^ b).AsUInt16(), 1)).AsByte();
}

/// <summary>PABSB, PABSW, PABSD: of the most negative number the same bits.</summary>
internal readonly struct PackedAbsolute<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<T> value = b.As<byte, T>();
        return Vector128.ConditionalSelect(Vector128.LessThan(value, Vector128<T>.Zero), -value, value).AsByte();
    }
}

/// <summary>PSIGNB, PSIGNW, PSIGND: the first source negated, zero or as it is, by the sign of the second.</summary>
internal readonly struct PackedSign<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<T> value = a.As<byte, T>(), sign = b.As<byte, T>();
        Vector128<T> signed = Vector128.ConditionalSelect(Vector128.LessThan(sign, Vector128<T>.Zero), -value, value);
        return Vector128.AndNot(signed, Vector128.Equals(sign, Vector128<T>.Zero)).AsByte();
    }
}

/// <summary>PSADBW: the sum of absolute differences of each eight bytes.</summary>
internal readonly struct PackedSumOfDifferences : IPackedOperation
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        Vector128<ushort> bytes = (Vector128.Max(a, b) - Vector128.Min(a, b)).AsUInt16();
        Vector128<uint> words = ((bytes & Vector128.Create((ushort)0xFF)) + (bytes >>> 8)).AsUInt32();
        Vector128<ulong> doublewords = ((words & Vector128.Create(0xFFFFu)) + (words >>> 16)).AsUInt64();
        return ((doublewords & Vector128.Create((ulong)uint.MaxValue)) + (doublewords >>> 32)).AsByte();
    }
}
