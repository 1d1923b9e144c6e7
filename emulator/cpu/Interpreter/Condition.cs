using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>A condition of Jcc, SETcc and CMOVcc. Intel SDM vol. 1, appendix B.</summary>
internal interface ICondition
{
    /// <summary>Whether it holds, from the flags.</summary>
    static abstract bool Holds(ref LazyFlags flags);

    /// <summary>Whether it holds after a comparison, from the operands.</summary>
    /// <param name="flags">The flags that the comparison set.</param>
    /// <param name="a">First operand, sign-extended.</param>
    /// <param name="b">Second operand, sign-extended.</param>
    static abstract bool HoldsAfterCompare(ref LazyFlags flags, long a, long b);
}

internal readonly struct IfNot<TCondition> : ICondition
    where TCondition : struct, ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => !TCondition.Holds(ref flags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => !TCondition.HoldsAfterCompare(ref flags, a, b);
}

internal readonly struct IfOverflow : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Overflow;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => flags.Overflow;
}

internal readonly struct IfBelow : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Carry;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => (ulong)a < (ulong)b;
}

internal readonly struct IfEqual : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => a == b;
}

internal readonly struct IfBelowOrEqual : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Carry || flags.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => (ulong)a <= (ulong)b;
}

internal readonly struct IfSign : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Sign;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => flags.Result < 0;
}

internal readonly struct IfParity : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Parity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => flags.Parity;
}

internal readonly struct IfLess : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Less;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => a < b;
}

internal readonly struct IfLessOrEqual : ICondition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(ref LazyFlags flags) => flags.Zero || flags.Less;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HoldsAfterCompare(ref LazyFlags flags, long a, long b) => a <= b;
}
