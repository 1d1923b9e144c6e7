using System.Collections.Concurrent;
using System.Globalization;

namespace Emu.Cli;

/// <summary>Names of numbers: of the bits of a set of flags, or of the values of an enumeration. Read from a line of text when first asked for.</summary>
/// <remarks>The text: a prefix (<c>-</c> for none), then <c>NAME=value</c> in the order in which flags are printed.</remarks>
internal sealed class NameTable
{
    private static readonly ConcurrentDictionary<string, NameTable> Tables = new();

    private readonly string _prefix;
    private readonly (string Name, ulong Value)[] _names;

    private NameTable(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _prefix = words[0] == "-" ? "" : words[0];
        _names = [.. words.Skip(1).Select(Entry)];
    }

    /// <summary>The table of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none: a mistake in the kinds of a system call.</exception>
    public static NameTable Of(string name) => Tables.GetOrAdd(name, static key => new NameTable(NameTables.Texts[key]));

    /// <summary>Whether a table exists.</summary>
    public static bool Exists(string name) => NameTables.Texts.ContainsKey(name);

    /// <summary>The name of a value, or null.</summary>
    public string? Find(ulong value)
    {
        foreach ((string name, ulong known) in _names)
        {
            if (known == value)
                return _prefix + name;
        }
        return null;
    }

    /// <summary>Adds the name of a value; an unknown one as a number with the prefix behind it.</summary>
    public void AddValue(ByteWriter writer, ulong value)
    {
        if (Find(value) is { } name)
            writer.Add(name);
        else
            AddUnknown(writer, value);
    }

    /// <summary>Adds the names of bits with <c>|</c> between them, and what is left as a number.</summary>
    /// <returns>Whether a name was added.</returns>
    public bool AddFlags(ByteWriter writer, ulong value)
    {
        ulong left = value;
        bool any = false;
        foreach ((string name, ulong bits) in _names)
        {
            if ((left & bits) != bits || (bits == 0 && value != 0))
                continue;
            if (any)
                writer.Add((byte)'|');
            writer.Add(_prefix).Add(name);
            left &= ~bits;
            any = true;
            if (left == 0)
                break;
        }
        if (any && left != 0)
            writer.Add("|0x"u8).AddHex(left);
        else if (!any && left == 0)
            writer.Add((byte)'0');
        else if (!any)
            AddUnknown(writer, left);
        return any;
    }

    private void AddUnknown(ByteWriter writer, ulong value)
    {
        AddNumber(writer, value);
        if (_prefix.Length != 0)
            writer.Add(" /* "u8).Add(_prefix).Add("??? */"u8);
    }

    private static void AddNumber(ByteWriter writer, ulong value)
    {
        if (value == 0)
            writer.Add((byte)'0');
        else
            writer.Add("0x"u8).AddHex(value);
    }

    private static (string Name, ulong Value) Entry(string word)
    {
        int equals = word.IndexOf('=');
        ReadOnlySpan<char> number = word.AsSpan(equals + 1);
        ulong value = number.StartsWith("0x")
            ? ulong.Parse(number[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : ulong.Parse(number, CultureInfo.InvariantCulture);
        return (word[..equals], value);
    }
}
