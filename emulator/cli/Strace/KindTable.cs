namespace Emu.Cli;

/// <summary>What became of an argument that was to be printed.</summary>
internal enum PrintState
{
    /// <summary>It stands there.</summary>
    Done,

    /// <summary>It is not printed at all.</summary>
    Dropped,

    /// <summary>It can be printed only when the call is done.</summary>
    Later,
}

/// <summary>Prints a value that stands in a register or in a structure.</summary>
/// <param name="writer">Where to.</param>
/// <param name="value">The value, as many bytes of it as the kind has.</param>
/// <param name="parameter">The kind's parameter.</param>
internal delegate void ValuePrinter(ByteWriter writer, ulong value, string parameter);

/// <summary>Prints what an address points to.</summary>
/// <param name="call">The call; its writer is written to.</param>
/// <param name="kind">The kind.</param>
/// <param name="address">Not 0.</param>
/// <returns>Whether it could be read; if not, nothing was printed.</returns>
internal delegate bool PointedPrinter(CallText call, in CallKind kind, ulong address);

/// <summary>Prints an argument whose meaning other arguments decide, and all that follow if it takes the rest.</summary>
internal delegate PrintState SpecialPrinter(CallText call, in CallKind kind, int index);

/// <summary>Prints what is added behind the result.</summary>
internal delegate void NotePrinter(CallText call, in CallKind kind, int index);

/// <summary>A kind of value.</summary>
/// <param name="Size">Bytes of it in memory.</param>
/// <param name="Print">Prints it.</param>
internal sealed record ValueKind(int Size, ValuePrinter Print);

/// <summary>The kinds by name. Each group of them is a file.</summary>
internal static class KindTable
{
    /// <summary>Values in registers and in structures.</summary>
    public static Dictionary<string, ValueKind> Values { get; } = [];

    /// <summary>What pointers point to.</summary>
    public static Dictionary<string, PointedPrinter> Pointed { get; } = [];

    /// <summary>Arguments that know more than their own register.</summary>
    public static Dictionary<string, SpecialPrinter> Special { get; } = [];

    /// <summary>What is added behind the result.</summary>
    public static Dictionary<string, NotePrinter> Notes { get; } = [];

    static KindTable()
    {
        ValueKinds.Register(Values);
        TextKinds.Register(Pointed, Special);
        FileKinds.Register(Values, Pointed, Special);
        SignalKinds.Register(Values, Pointed, Special);
        SocketKinds.Register(Values, Pointed, Special);
        TaskKinds.Register(Values, Pointed, Special);
        WaitKinds.Register(Special, Notes);
        ControlKinds.Register(Pointed, Special, Notes);
        MemoryKinds.Register(Values, Pointed, Special, Notes);
    }

    /// <summary>Whether a kind exists.</summary>
    public static bool Exists(string name) => Values.ContainsKey(name) || Pointed.ContainsKey(name) || Special.ContainsKey(name) ||
        StructKinds.Exists(name);
}
