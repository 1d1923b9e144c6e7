namespace Emu.Cpu;

/// <content>What all operations do with their operands before they compute. Intel SDM vol. 1, 4.8.3 and 11.5.2.</content>
internal static partial class FloatMath
{
    /// <summary>Ends an operation that has a NaN: with the first operand if that is one, else with the second, made quiet.</summary>
    private static bool EndsWithNaN<T>(ulong a, ulong b, ref FloatContext context, out ulong result)
        where T : unmanaged
    {
        bool first = FloatFormat<T>.IsNaN(a);
        result = (first ? a : b) | FloatFormat<T>.QuietBit;
        if (!first && !FloatFormat<T>.IsNaN(b))
            return false;
        if (FloatFormat<T>.IsSignaling(a) || FloatFormat<T>.IsSignaling(b))
            context.Raised |= Mxcsr.Invalid;
        return true;
    }

    /// <summary>The operand as the operation sees it: with DAZ a denormal is a zero of its sign.</summary>
    private static ulong Admit<T>(ulong a, in FloatContext context)
        where T : unmanaged => context.DenormalsAreZero && FloatFormat<T>.IsDenormal(a) ? a & FloatFormat<T>.SignBit : a;

    private static void NoteDenormal<T>(ulong a, ref FloatContext context)
        where T : unmanaged
    {
        if (FloatFormat<T>.IsDenormal(a))
            context.Raised |= Mxcsr.Denormal;
    }

    private static ulong Invalid<T>(ref FloatContext context)
        where T : unmanaged
    {
        context.Raised |= Mxcsr.Invalid;
        return FloatFormat<T>.Indefinite;
    }
}
