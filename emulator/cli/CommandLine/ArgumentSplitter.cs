namespace Emu.Cli;

/// <summary>A command line, cut where the program begins.</summary>
internal sealed class SplitLine
{
    /// <summary>What to do; <see cref="CommandKind.None"/> if no word says so and no program is named.</summary>
    public CommandKind Command { get; set; }

    /// <summary>
    /// The options as <c>--name</c> and <c>--name=value</c>, whatever form they had; what is not known stands as it was. Characters stand
    /// for bytes.
    /// </summary>
    public List<string> Options { get; } = [];

    /// <summary>The program and its arguments, byte for byte; empty if none is named.</summary>
    public byte[][] Program { get; set; } = [];
}

/// <summary>
/// Cuts the raw command line into options and program. Options end at the program: whatever stands behind it is the program's own.
/// </summary>
/// <remarks>
/// A subcommand may stand before or between the options. A word with a slash never is one; nor is any word behind <c>--</c>.
/// </remarks>
internal static class ArgumentSplitter
{
    /// <summary>Cuts a command line.</summary>
    /// <param name="words">All words behind the name of the tool.</param>
    public static SplitLine Split(ReadOnlySpan<byte[]> words)
    {
        SplitLine line = new();
        int at = 0;
        while (at < words.Length)
        {
            if (words[at].AsSpan().SequenceEqual("--"u8))
            {
                at++;
                break;
            }
            if (!TakeOption(words, ref at, line) && !TakeCommand(words, ref at, line))
                break;
        }
        if (at < words.Length)
            line.Program = words[at..].ToArray();
        if (line.Command == CommandKind.None && line.Program.Length != 0)
            line.Command = CommandKind.Run;
        return line;
    }

    // Whether the word is an option; its value is taken with it.
    private static bool TakeOption(ReadOnlySpan<byte[]> words, ref int at, SplitLine line)
    {
        ReadOnlySpan<byte> word = words[at];
        if (word.Length < 2 || word[0] != '-')
            return false;
        at++;
        if (word[1] == '-')
            TakeLong(words, ref at, RawText.FromBytes(word), line);
        else
            TakeLetters(words, ref at, RawText.FromBytes(word), line);
        return true;
    }

    private static void TakeLong(ReadOnlySpan<byte[]> words, ref int at, string word, SplitLine line)
    {
        bool needsValue = OptionTable.Find(word) is { Value: OptionValue.Required };
        line.Options.Add(needsValue && at < words.Length ? $"{word}={RawText.FromBytes(words[at++])}" : word);
    }

    // Letters can be put together; the first that has a value takes the rest of the word, or the next word.
    private static void TakeLetters(ReadOnlySpan<byte[]> words, ref int at, string word, SplitLine line)
    {
        for (int i = 1; i < word.Length; i++)
        {
            if (OptionTable.Find(word[i]) is not { } option)
            {
                line.Options.Add(i == 1 ? word : "-" + word[i]);
                return;
            }
            if (option.Value != OptionValue.Required)
            {
                line.Options.Add(option.Name);
                continue;
            }
            if (i + 1 < word.Length)
                line.Options.Add($"{option.Name}={word.AsSpan(i + 1)}");
            else
                line.Options.Add(at < words.Length ? $"{option.Name}={RawText.FromBytes(words[at++])}" : option.Name);
            return;
        }
    }

    private static bool TakeCommand(ReadOnlySpan<byte[]> words, ref int at, SplitLine line)
    {
        if (line.Command != CommandKind.None || words[at].AsSpan().Contains((byte)'/'))
            return false;
        line.Command = OptionTable.FindCommand(RawText.FromBytes(words[at]));
        if (line.Command == CommandKind.None)
            return false;
        at++;
        return true;
    }
}
