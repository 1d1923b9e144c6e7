namespace Emu.Cpu;

/// <summary>How two numbers stand to each other.</summary>
internal enum FloatOrder
{
    /// <summary>The first is less.</summary>
    Less,

    /// <summary>They are equal.</summary>
    Equal,

    /// <summary>The first is greater.</summary>
    Greater,

    /// <summary>One is a NaN.</summary>
    Unordered,
}

/// <content>Comparison, minimum, maximum.</content>
internal static partial class FloatMath
{
    /// <summary>Compares a with b.</summary>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="quiet">Whether a quiet NaN raises nothing.</param>
    /// <param name="context">Takes the exceptions.</param>
    public static FloatOrder Compare<T>(ulong a, ulong b, bool quiet, ref FloatContext context)
        where T : unmanaged
    {
        if (FloatFormat<T>.IsNaN(a) || FloatFormat<T>.IsNaN(b))
        {
            if (!quiet || FloatFormat<T>.IsSignaling(a) || FloatFormat<T>.IsSignaling(b))
                context.Raised |= Mxcsr.Invalid;
            return FloatOrder.Unordered;
        }
        a = Admit<T>(a, context);
        b = Admit<T>(b, context);
        NoteDenormal<T>(a, ref context);
        NoteDenormal<T>(b, ref context);
        long x = Position<T>(a), y = Position<T>(b);
        return x < y ? FloatOrder.Less : x == y ? FloatOrder.Equal : FloatOrder.Greater;
    }

    /// <summary>The lesser of a and b; b if they are zeros or one is a NaN, which raises IE even if quiet.</summary>
    public static ulong Minimum<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged =>
        Compare<T>(a, b, quiet: false, ref context) == FloatOrder.Less ? Admit<T>(a, context) : Admit<T>(b, context);

    /// <summary>The greater of a and b; b if they are zeros or one is a NaN, which raises IE even if quiet.</summary>
    public static ulong Maximum<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged =>
        Compare<T>(a, b, quiet: false, ref context) == FloatOrder.Greater ? Admit<T>(a, context) : Admit<T>(b, context);

    // Orders numbers as integers; both zeros are one.
    private static long Position<T>(ulong bits)
        where T : unmanaged
    {
        long magnitude = (long)FloatFormat<T>.Magnitude(bits);
        return (bits & FloatFormat<T>.SignBit) != 0 ? -magnitude : magnitude;
    }
}
