using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Emu.Host;

namespace Emu.Cli;

/// <summary>
/// Lets System.CommandLine read the words before the program, and takes help and completion from it. Loading that library takes time, so
/// this class is touched only where there are options.
/// </summary>
internal static class OptionParser
{
    private const string Description = """
        Runs static Linux x86-64 programs in a machine of its own, and explains every page fault.

        emu PROG ARGS... means emu run PROG ARGS... Options stand before PROG; what stands behind it is the program's own.
        """;

    // The library puts options last; here they stand before the program.
    private const string LibraryUsage = "[<PROG> [<ARGS>...]] [options]", ProgramUsage = "[OPTIONS] PROG [ARGS...]";

    private const string ProgramHelp = "The program: a path, or a name to be found in PATH. Options end here.";

    /// <summary>Reads the options of a command line.</summary>
    /// <param name="line">The command line, already cut.</param>
    /// <param name="options">What it asks for.</param>
    /// <returns>The status to end with at once (help was asked for, or there was a mistake), or null to go on.</returns>
    public static int? Parse(SplitLine line, out RunOptions options)
    {
        CommandKind command = line.Command == CommandKind.None && line.Options.Exists(static word => OptionTable.Find(NameOf(word)) != null)
            ? CommandKind.Run
            : line.Command;
        options = RunOptions.For(command);
        List<string> words = command == CommandKind.None ? [] : [OptionTable.NameOf(command)];
        words.AddRange(line.Options);
        return Finish(Parse(words), options);
    }

    /// <summary>Answers a question of the shell's completion. Its first word is <c>[suggest]</c>.</summary>
    public static int Complete(ReadOnlySpan<byte[]> words)
    {
        List<string> texts = [];
        foreach (byte[] word in words)
            texts.Add(RawText.FromBytes(word));
        return Invoke(Parse(texts));
    }

    private static ParseResult Parse(List<string> words)
    {
        ParserConfiguration configuration = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        return CreateRoot().Parse(words, configuration);
    }

    private static int? Finish(ParseResult result, RunOptions options)
    {
        if (result.Action is not (null or ParseErrorAction))
            return Invoke(result);
        if (UnknownWord(result) is { } word)
            return Fail(options, $"unknown option '{word}'");
        foreach (OptionSpec option in OptionTable.All)
        {
            if (result.GetResult(option.Name) is OptionResult given && Apply(option, given, options) is { } wrong)
                return Fail(options, $"{option.Name}: {wrong}");
        }
        return result.Errors.Count == 0 || options.Command == CommandKind.None ? null : Fail(options, result.Errors[0].Message);
    }

    // A value for each time the option was given; the last of several wins where there can be only one.
    private static string? Apply(OptionSpec option, OptionResult given, RunOptions options)
    {
        if (option.Value == OptionValue.Required && given.Tokens.Count < given.IdentifierTokenCount)
            return $"a value is missing: {option.ValueName}";
        foreach (Token token in given.Tokens)
        {
            if (option.Apply(options, token.Value) is { } wrong)
                return wrong;
        }
        for (int bare = given.Tokens.Count; bare < given.IdentifierTokenCount; bare++)
            option.Apply(options, "");
        return null;
    }

    // Where a program could stand, an unknown option is taken for one.
    private static string? UnknownWord(ParseResult result)
    {
        foreach (Argument argument in result.CommandResult.Command.Arguments)
        {
            if (result.GetResult(argument) is { Tokens: [Token first, ..] })
                return first.Value;
        }
        return result.UnmatchedTokens is [string unmatched, ..] ? unmatched : null;
    }

    private static RootCommand CreateRoot()
    {
        RootCommand root = new(Description);
        root.Add(CreateCommand(CommandKind.Run, "Run a program."));
        root.Add(CreateCommand(CommandKind.Trace, "Run a program and print every page fault with its cause."));
        root.Add(CreateCommand(CommandKind.Syscalls, "Print the system calls and how far each is supported."));
        root.Add(CreateCommand(CommandKind.Isa, "Print the instructions of a processor model and what becomes of each."));
        root.Add(CreateCommand(CommandKind.Version, "Print the version."));
        return root;
    }

    private static Command CreateCommand(CommandKind kind, string help)
    {
        Command command = new(OptionTable.NameOf(kind), help);
        foreach (OptionSpec option in OptionTable.All)
        {
            if ((option.Commands & kind) != 0)
                command.Add(CreateOption(option));
        }
        if ((kind & CommandKind.Runs) == 0)
            return command;
        command.Add(new Argument<string[]>("PROG") { Description = ProgramHelp, Arity = ArgumentArity.ZeroOrOne });
        command.Add(new Argument<string[]>("ARGS") { Description = "Its arguments.", Arity = ArgumentArity.ZeroOrMore });
        return command;
    }

    private static Option<string[]> CreateOption(OptionSpec option)
    {
        Option<string[]> created = option.Letter == '\0' ? new(option.Name) : new(option.Name, "-" + option.Letter);
        created.Description = option.Help;
        created.HelpName = option.ValueName;
        created.Arity = option.Value switch
        {
            OptionValue.None => ArgumentArity.Zero,
            OptionValue.Attached => ArgumentArity.ZeroOrMore,
            _ => ArgumentArity.OneOrMore,
        };
        if (option.Choices.Length != 0)
            created.CompletionSources.Add(option.Choices);
        return created;
    }

    // Help, the version or completions: what the library prints goes to stdout.
    private static int Invoke(ParseResult result)
    {
        StringWriter text = new();
        int status = result.Invoke(new InvocationConfiguration { Output = text, Error = text });
        ByteWriter bytes = new();
        bytes.Add(text.ToString().Replace(LibraryUsage, ProgramUsage, StringComparison.Ordinal));
        _ = HostFile.Write(1, bytes.Written); // a reader that is gone wants no help
        return status;
    }

    private static string NameOf(string word) => word.IndexOf('=') is >= 0 and int end ? word[..end] : word;

    private static int Fail(RunOptions options, string message) =>
        UserError.Fail(ExitStatus.Usage, $"{message} (emu {OptionTable.NameOf(options.Command)} --help tells more)");
}
