using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>An operation on two numbers of single or double precision.</summary>
/// <remarks>
/// The host computes it; whether its result is the processor's, with no exception that MXCSR does not show yet, is decided by a look at
/// the operands and the result. Where it may not be, the exact version does it again.
/// </remarks>
internal interface IFloatOperation
{
    /// <summary>The host's result for one element.</summary>
    static abstract T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The host's result for a vector.</summary>
    static abstract Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>
    /// Whether the result is rounded: the host's then stands once PE is up, for normal numbers. Else it is one of the operands, and stands
    /// unless one is a NaN or denormal.
    /// </summary>
    static abstract bool Rounds { get; }

    /// <summary>The result with all its exceptions.</summary>
    static abstract ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged;
}

/// <summary>Whether what the host computed is the processor's result, with no exception that MXCSR does not show yet.</summary>
internal static class FloatResult
{
    /// <summary>Of one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Stands<TOperation, T>(uint mxcsr, T a, T b, T result)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => TOperation.Rounds
        ? (mxcsr & Mxcsr.FastMask) == Mxcsr.FastValue && FloatFormat<T>.IsNormal(a) && FloatFormat<T>.IsNormal(b) && FloatFormat<T>.IsNormal(result)
        : FloatFormat<T>.IsOrdered(a) && FloatFormat<T>.IsOrdered(b);

    /// <summary>Of all elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Stands<TOperation, T>(uint mxcsr, Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => TOperation.Rounds
        ? (mxcsr & Mxcsr.FastMask) == Mxcsr.FastValue && FloatVector.AreNormal(a, b, result)
        : FloatVector.AreOrdered(a, b);
}

internal readonly struct FloatAdd : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a + b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Add<T>(a, b, ref context);
}

internal readonly struct FloatSubtract : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a - b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Subtract<T>(a, b, ref context);
}

internal readonly struct FloatMultiply : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a * b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Multiply<T>(a, b, ref context);
}

internal readonly struct FloatDivide : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a / b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Divide<T>(a, b, ref context);
}

/// <summary>MIN: the second of two zeros, and where one is a NaN.</summary>
internal readonly struct FloatMinimum : IFloatOperation
{
    public static bool Rounds => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a < b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Minimum<T>(a, b, ref context);
}

/// <summary>MAX: the second of two zeros, and where one is a NaN.</summary>
internal readonly struct FloatMaximum : IFloatOperation
{
    public static bool Rounds => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a > b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Maximum<T>(a, b, ref context);
}

/// <summary>SQRT of the second operand; the first is the same.</summary>
internal readonly struct FloatSquareRoot : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Sqrt(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector128.Sqrt(b);

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.SquareRoot<T>(b, ref context);
}
