using System.Collections.Concurrent;
using System.Globalization;

namespace Emu.Cli;

/// <summary>When the memory behind an argument is read.</summary>
internal enum KindDirection
{
    /// <summary>The register itself is the value, or the kind knows.</summary>
    Value,

    /// <summary>Before the call.</summary>
    In,

    /// <summary>After the call, if it went well.</summary>
    Out,

    /// <summary>Before and after.</summary>
    InOut,

    /// <summary>After the call, if a signal interrupted it.</summary>
    Interrupted,
}

/// <summary>Where the number of elements, or of bytes, behind a pointer comes from.</summary>
internal enum KindCount
{
    /// <summary>There is one.</summary>
    One,

    /// <summary>It is fixed.</summary>
    Fixed,

    /// <summary>An argument is it.</summary>
    Argument,

    /// <summary>An argument points to it.</summary>
    Pointed,

    /// <summary>The result is it.</summary>
    Result,
}

/// <summary>What an argument is, as a row of the system call table says.</summary>
/// <param name="Direction">When memory is read.</param>
/// <param name="Name">The kind.</param>
/// <param name="Parameter">The table of names, or the argument that decides.</param>
/// <param name="Count">Where the number of elements comes from.</param>
/// <param name="CountValue">The number, or the argument's index.</param>
internal readonly record struct CallKind(KindDirection Direction, string Name, string Parameter, KindCount Count, int CountValue)
{
    /// <summary>Index of the argument that the parameter names.</summary>
    public int ParameterIndex => int.Parse(Parameter, CultureInfo.InvariantCulture);

    /// <summary>Reads one kind.</summary>
    public static CallKind Parse(string text)
    {
        KindDirection direction = text[0] switch
        {
            '<' => KindDirection.In,
            '>' => KindDirection.Out,
            '&' => KindDirection.InOut,
            '!' => KindDirection.Interrupted,
            _ => KindDirection.Value,
        };
        string rest = direction == KindDirection.Value ? text : text[1..];
        int hash = rest.IndexOf('#');
        KindCount count = KindCount.One;
        int value = 1;
        if (hash >= 0)
        {
            (count, value) = ParseCount(rest.AsSpan(hash + 1));
            rest = rest[..hash];
        }
        int colon = rest.IndexOf(':');
        return new CallKind(direction, colon < 0 ? rest : rest[..colon], colon < 0 ? "" : rest[(colon + 1)..], count, value);
    }

    private static (KindCount Count, int Value) ParseCount(ReadOnlySpan<char> text) => text[0] switch
    {
        'r' => (KindCount.Result, 0),
        '=' => (KindCount.Fixed, int.Parse(text[1..], CultureInfo.InvariantCulture)),
        '*' => (KindCount.Pointed, int.Parse(text[1..], CultureInfo.InvariantCulture)),
        _ => (KindCount.Argument, int.Parse(text, CultureInfo.InvariantCulture)),
    };
}

/// <summary>The kinds of one system call's arguments and of its result. The language is described at the system call table.</summary>
/// <param name="Arguments">In order.</param>
/// <param name="Result">Of the result.</param>
internal sealed record CallKinds(CallKind[] Arguments, CallKind Result)
{
    private static readonly ConcurrentDictionary<string, CallKinds> Known = new();

    private static readonly CallKind Decimal = CallKind.Parse("long");

    /// <summary>Reads the kinds of a row.</summary>
    public static CallKinds Of(string kinds) => Known.GetOrAdd(kinds, static text => Parse(text));

    private static CallKinds Parse(string text)
    {
        CallKind result = Decimal;
        int end = text.LastIndexOf('=');
        // "#=2" is a count
        if (end > 0 && text[end - 1] != '#')
        {
            result = CallKind.Parse(text[(end + 1)..]);
            text = text[..end];
        }
        return new CallKinds(text.Length == 0 ? [] : [.. text.Split(',').Select(CallKind.Parse)], result);
    }
}
