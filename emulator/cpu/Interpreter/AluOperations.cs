using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>A two-operand integer operation that sets the flags.</summary>
internal interface IAluOperation
{
    /// <summary>Whether the result goes to the destination (CMP and TEST only set flags).</summary>
    static abstract bool Writes { get; }

    /// <summary>How a jump behind it can take it over.</summary>
    static abstract ComparisonKind FusedAs(bool register);

    /// <summary>The result alone, where the flags are not asked for.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="flags">Those before.</param>
    static abstract ulong Result(ulong a, ulong b, ref readonly LazyFlags flags);

    /// <summary>Computes the result and the flags. The operands are zero-extended; bits above the width are undefined in the result.</summary>
    static abstract ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth;
}

internal readonly struct Add : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => register ? ComparisonKind.AddRegister : ComparisonKind.AddImmediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        ulong result = a + b;
        if (TWidth.Bits == 64)
            flags.SetWide(result, a ^ b ^ result, result < a);
        else
            flags.SetNarrow(result, a ^ b ^ result, TWidth.Bits);
        return result;
    }
}

internal readonly struct AddWithCarry : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => ComparisonKind.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a + b + (flags.Carry ? 1UL : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        bool carry = flags.Carry;
        ulong result = a + b + (carry ? 1UL : 0);
        if (TWidth.Bits == 64)
            flags.SetWide(result, a ^ b ^ result, carry ? result <= a : result < a);
        else
            flags.SetNarrow(result, a ^ b ^ result, TWidth.Bits);
        return result;
    }
}

internal readonly struct Subtract : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => register ? ComparisonKind.SubtractRegister : ComparisonKind.SubtractImmediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        ulong result = a - b;
        if (TWidth.Bits == 64)
            flags.SetWide(result, a ^ b ^ result, a < b);
        else
            flags.SetNarrow(result, a ^ b ^ result, TWidth.Bits);
        return result;
    }
}

internal readonly struct SubtractWithBorrow : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => ComparisonKind.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a - b - (flags.Carry ? 1UL : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        bool carry = flags.Carry;
        ulong result = a - b - (carry ? 1UL : 0);
        if (TWidth.Bits == 64)
            flags.SetWide(result, a ^ b ^ result, carry ? a <= b : a < b);
        else
            flags.SetNarrow(result, a ^ b ^ result, TWidth.Bits);
        return result;
    }
}

internal readonly struct Compare : IAluOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a - b;

    public static bool Writes => false;

    public static ComparisonKind FusedAs(bool register) => register ? ComparisonKind.CompareRegister : ComparisonKind.CompareImmediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => Subtract.Apply<TWidth>(ref flags, a, b);
}

internal readonly struct And : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => register ? ComparisonKind.AndRegister : ComparisonKind.AndImmediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        flags.SetLogic(a & b, TWidth.Bits);
        return a & b;
    }
}

internal readonly struct Test : IAluOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a & b;

    public static bool Writes => false;

    public static ComparisonKind FusedAs(bool register) => register ? ComparisonKind.TestRegister : ComparisonKind.TestImmediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => And.Apply<TWidth>(ref flags, a, b);
}

internal readonly struct Or : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => ComparisonKind.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        flags.SetLogic(a | b, TWidth.Bits);
        return a | b;
    }
}

internal readonly struct ExclusiveOr : IAluOperation
{
    public static bool Writes => true;

    public static ComparisonKind FusedAs(bool register) => ComparisonKind.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result(ulong a, ulong b, ref readonly LazyFlags flags) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        flags.SetLogic(a ^ b, TWidth.Bits);
        return a ^ b;
    }
}
