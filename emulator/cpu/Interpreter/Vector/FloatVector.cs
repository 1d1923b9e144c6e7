using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>Looks at all elements of a vector of numbers at once.</summary>
internal static class FloatVector
{
    /// <summary>Whether all elements of three vectors are neither zero, denormal, infinite nor a NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreNormal<T>(Vector128<T> a, Vector128<T> b, Vector128<T> c)
        where T : unmanaged
    {
        return Unsafe.SizeOf<T>() == 4
            ? (Abnormal(a.AsUInt32()) | Abnormal(b.AsUInt32()) | Abnormal(c.AsUInt32())) == Vector128<uint>.Zero
            : (Abnormal(a.AsUInt64()) | Abnormal(b.AsUInt64()) | Abnormal(c.AsUInt64())) == Vector128<ulong>.Zero;
    }

    /// <summary>Whether no element of two vectors is a NaN or denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreOrdered<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => (Ordered(a) & Ordered(b)).AsByte() == Vector128<byte>.AllBitsSet;

    // One added to an exponent of all ones or zero leaves at most its last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Abnormal(Vector128<uint> bits) =>
        Vector128.Equals((bits + Vector128.Create(0x0080_0000u)) & Vector128.Create(0x7F00_0000u), Vector128<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Abnormal(Vector128<ulong> bits) => Vector128.Equals(
        (bits + Vector128.Create(0x0010_0000_0000_0000UL)) & Vector128.Create(0x7FE0_0000_0000_0000UL), Vector128<ulong>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Ordered<T>(Vector128<T> value)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector128<T> smallest = Vector128.Create(FloatFormat<T>.FromBits(FloatFormat<T>.SmallestNormal));
        return Vector128.GreaterThanOrEqual(Vector128.Abs(value), smallest) | Vector128.Equals(value, Vector128<T>.Zero);
    }
}
