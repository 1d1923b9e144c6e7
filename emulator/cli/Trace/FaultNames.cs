using System.Text;
using Emu.Mm;

namespace Emu.Cli;

/// <summary>Names of the classes of faults as they are printed and as --class takes them: dashed, in lower case.</summary>
internal static class FaultNames
{
    private static readonly byte[][] Names = Create();

    /// <summary>How many classes there are.</summary>
    public static int Count => Names.Length;

    /// <summary>The name of a class.</summary>
    public static ReadOnlySpan<byte> Of(FaultClass kind) => Names[(int)kind];

    /// <summary>The class of a name.</summary>
    public static bool TryParse(string name, out FaultClass kind)
    {
        kind = FaultClass.None;
        for (int i = 1; i < Names.Length; i++)
        {
            if (Encoding.ASCII.GetString(Names[i]) != name)
                continue;
            kind = (FaultClass)i;
            return true;
        }
        return false;
    }

    /// <summary>All names with commas between them.</summary>
    public static string List() => string.Join(",", Names.Skip(1).Select(Encoding.ASCII.GetString));

    // A dash before each capital of the identifier but the first.
    private static byte[][] Create()
    {
        string[] identifiers = Enum.GetNames<FaultClass>();
        byte[][] names = new byte[identifiers.Length][];
        ByteWriter name = new(32);
        for (int i = 0; i < names.Length; i++)
        {
            name.Clear();
            foreach (char c in identifiers[i])
            {
                if (char.IsAsciiLetterUpper(c) && name.Length != 0)
                    name.Add((byte)'-');
                name.Add((byte)char.ToLowerInvariant(c));
            }
            names[i] = name.Written.ToArray();
        }
        return names;
    }
}
