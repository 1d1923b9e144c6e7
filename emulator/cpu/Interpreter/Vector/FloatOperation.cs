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

    /// <summary>Whether the host's result stands.</summary>
    static abstract bool Stands<T>(uint mxcsr, T a, T b, T result)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Whether the host's results stand.</summary>
    static abstract bool Stands<T>(uint mxcsr, Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The result with all its exceptions.</summary>
    static abstract ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged;
}

/// <summary>Arithmetic whose results are rounded: fast once PE is up, for normal numbers.</summary>
internal interface IRoundedOperation : IFloatOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IFloatOperation.Stands<T>(uint mxcsr, T a, T b, T result) =>
        (mxcsr & Mxcsr.FastMask) == Mxcsr.FastValue && FloatFormat<T>.IsNormal(a) && FloatFormat<T>.IsNormal(b)
            && FloatFormat<T>.IsNormal(result);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IFloatOperation.Stands<T>(uint mxcsr, Vector128<T> a, Vector128<T> b, Vector128<T> result) =>
        (mxcsr & Mxcsr.FastMask) == Mxcsr.FastValue && FloatVector.AreNormal(a, b, result);
}

/// <summary>Choice of one of two numbers: fast unless one is a NaN or denormal.</summary>
internal interface IOrderedOperation : IFloatOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IFloatOperation.Stands<T>(uint mxcsr, T a, T b, T result) => FloatFormat<T>.IsOrdered(a) && FloatFormat<T>.IsOrdered(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IFloatOperation.Stands<T>(uint mxcsr, Vector128<T> a, Vector128<T> b, Vector128<T> result) => FloatVector.AreOrdered(a, b);
}

internal readonly struct FloatAdd : IRoundedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a + b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Add<T>(a, b, ref context);
}

internal readonly struct FloatSubtract : IRoundedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a - b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Subtract<T>(a, b, ref context);
}

internal readonly struct FloatMultiply : IRoundedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => a * b;

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.Multiply<T>(a, b, ref context);
}

internal readonly struct FloatDivide : IRoundedOperation
{
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
internal readonly struct FloatMinimum : IOrderedOperation
{
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
internal readonly struct FloatMaximum : IOrderedOperation
{
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
internal readonly struct FloatSquareRoot : IRoundedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Host<T>(T a, T b)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Sqrt(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Host<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector128.Sqrt(b);

    public static ulong Exact<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => FloatMath.SquareRoot<T>(b, ref context);
}
