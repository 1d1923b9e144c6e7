using System.Text;

namespace Emu.Testing;

/// <summary>Says how two texts differ, for people.</summary>
public static class TextDiff
{
    private const int Context = 3, MaxLines = 40, MaxWidth = 300;

    /// <summary>The first place where the texts differ, with the lines about it; empty if they do not.</summary>
    /// <param name="expected">Lines that begin with <c>-</c>.</param>
    /// <param name="actual">Lines that begin with <c>+</c>.</param>
    public static string Of(string expected, string actual)
    {
        if (expected == actual)
            return "";
        string[] left = expected.Split('\n'), right = actual.Split('\n');
        int same = 0;
        while (same < left.Length && same < right.Length && left[same] == right[same])
            same++;
        int tail = 0;
        while (tail < left.Length - same && tail < right.Length - same && left[^(tail + 1)] == right[^(tail + 1)])
            tail++;
        StringBuilder text = new();
        text.Append($"line {same + 1}:\n");
        Add(text, ' ', left[Math.Max(0, same - Context)..same]);
        Add(text, '-', left[same..^tail]);
        Add(text, '+', right[same..^tail]);
        Add(text, ' ', left[^tail..].Take(Context));
        return text.ToString();
    }

    private static void Add(StringBuilder text, char mark, IEnumerable<string> lines)
    {
        int count = 0;
        foreach (string line in lines)
        {
            if (++count > MaxLines)
            {
                text.Append($"{mark} …\n");
                return;
            }
            text.Append(mark).Append(Visible(line)).Append('\n');
        }
    }

    private static string Visible(string line)
    {
        StringBuilder text = new();
        foreach (char c in line.Length > MaxWidth ? line[..MaxWidth] : line)
        {
            if (c is (>= ' ' and <= '~') or '\t')
                text.Append(c);
            else
                text.Append($"\\x{(int)c:x2}");
        }
        return line.Length > MaxWidth ? text.Append('…').ToString() : text.ToString();
    }
}
