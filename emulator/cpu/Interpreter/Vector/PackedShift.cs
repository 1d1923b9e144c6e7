using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
