using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Emu.Cpu;

/// <summary>PSLLW, PSLLD, PSLLQ: counts beyond the element's width give zero.</summary>
internal readonly struct PackedShiftLeft<T> : IPackedShift
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, ulong count) =>
        count < (ulong)Unsafe.SizeOf<T>() * 8 ? (a.As<byte, T>() << (int)count).AsByte() : Vector128<byte>.Zero;
}

/// <summary>PSRLW, PSRLD, PSRLQ.</summary>
internal readonly struct PackedShiftRight<T> : IPackedShift
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, ulong count) =>
        count < (ulong)Unsafe.SizeOf<T>() * 8 ? (a.As<byte, T>() >>> (int)count).AsByte() : Vector128<byte>.Zero;
}

/// <summary>PSRAW, PSRAD: counts beyond the element's width leave the sign everywhere.</summary>
internal readonly struct PackedShiftArithmetic<T> : IPackedShift
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, ulong count) =>
        (a.As<byte, T>() >> (int)Math.Min(count, ((ulong)Unsafe.SizeOf<T>() * 8) - 1)).AsByte();
}

/// <summary>VPSLLVD, VPSLLVQ: each element by a count of its own.</summary>
internal readonly struct PackedShiftLeftVariable<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        if (Avx2.IsSupported)
        {
            return Unsafe.SizeOf<T>() == 4
                ? Avx2.ShiftLeftLogicalVariable(a.AsUInt32(), b.AsUInt32()).AsByte()
                : Avx2.ShiftLeftLogicalVariable(a.AsUInt64(), b.AsUInt64()).AsByte();
        }
        return VariableShift.Apply<T>(a, b, static (value, count) => count < 64 ? value << (int)count : 0);
    }
}

/// <summary>VPSRLVD, VPSRLVQ.</summary>
internal readonly struct PackedShiftRightVariable<T> : IPackedOperation
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b)
    {
        if (Avx2.IsSupported)
        {
            return Unsafe.SizeOf<T>() == 4
                ? Avx2.ShiftRightLogicalVariable(a.AsUInt32(), b.AsUInt32()).AsByte()
                : Avx2.ShiftRightLogicalVariable(a.AsUInt64(), b.AsUInt64()).AsByte();
        }
        return VariableShift.Apply<T>(a, b, static (value, count) => count < 64 ? value >> (int)count : 0);
    }
}

/// <summary>VPSRAVD.</summary>
internal readonly struct PackedShiftArithmeticVariable : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b) => Avx2.IsSupported
        ? Avx2.ShiftRightArithmeticVariable(a.AsInt32(), b.AsUInt32()).AsByte()
        : VariableShift.Apply<uint>(a, b, static (value, count) => (ulong)((int)value >> (int)Math.Min(count, 31)));
}

/// <summary>Shifts by counts in a vector, for hosts that have none.</summary>
internal static class VariableShift
{
    /// <summary>Shifts each element, zero-extended, by its count.</summary>
    public static Vector128<byte> Apply<T>(Vector128<byte> a, Vector128<byte> b, Func<ulong, ulong, ulong> shift)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 8)
            return Vector128.Create(shift(a.AsUInt64()[0], b.AsUInt64()[0]), shift(a.AsUInt64()[1], b.AsUInt64()[1])).AsByte();
        Vector128<uint> result = default;
        for (int at = 0; at < 4; at++)
            result = result.WithElement(at, (uint)shift(a.AsUInt32()[at], b.AsUInt32()[at]));
        return result.AsByte();
    }
}
