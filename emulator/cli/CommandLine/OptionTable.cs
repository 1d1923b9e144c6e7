namespace Emu.Cli;

/// <summary>What emu can be asked to do.</summary>
[Flags]
internal enum CommandKind
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Run a program.</summary>
    Run = 1,

    /// <summary>Run a program and print every page fault.</summary>
    Trace = 2,

    /// <summary>Print the table of system calls.</summary>
    Syscalls = 4,

    /// <summary>Print the version.</summary>
    Version = 8,

    /// <summary>Print the instructions of a processor model.</summary>
    Isa = 16,

    /// <summary>The commands that run a program.</summary>
    Runs = Run | Trace,
}

/// <summary>Whether an option has a value.</summary>
internal enum OptionValue
{
    /// <summary>None: it is given or not.</summary>
    None,

    /// <summary>In the same word behind <c>=</c>, or none.</summary>
    Attached,

    /// <summary>Always: behind <c>=</c>, or the next word.</summary>
    Required,
}

/// <summary>An option of the command line.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Letter">Its short form, or 0.</param>
/// <param name="Value">Whether it has a value.</param>
/// <param name="ValueName">What help calls the value.</param>
/// <param name="Commands">The commands that know it.</param>
/// <param name="Apply">Takes a value into the options; gives what is wrong with it in words, or null.</param>
/// <param name="Help">A line for help.</param>
internal sealed record OptionSpec(
    string Name, char Letter, OptionValue Value, string ValueName, CommandKind Commands, Func<RunOptions, string, string?> Apply, string Help)
{
    /// <summary>The values that it takes, where they are few; for completion and help.</summary>
    public string[] Choices { get; init; } = [];
}

/// <summary>The options: the one list that splitting, parsing and help follow.</summary>
internal static class OptionTable
{
    private static readonly OptionSpec[] List =
    [
        Valued("--memory", "SIZE[,nodes=N][,hotplug=SIZE][,cma=SIZE]", CommandKind.Runs, OptionValues.Memory,
            "RAM of the machine, the nodes that it lies on, what can be brought online later, what is kept for contiguous allocations (4G)"),
        Valued("--cpus", "N", CommandKind.Runs, OptionValues.Cpus, "processors of the machine (1)"),
        Valued("--cpu", "MODEL", CommandKind.Runs | CommandKind.Isa, OptionValues.Model, "what the processors can do (x86-64-v3)"),
        Valued("--clock", "virtual|host", CommandKind.Runs, OptionValues.Clock, "count time by instructions or by the host's clock (virtual)")
            with { Choices = ["virtual", "host"] },
        Valued("--seed", "N", CommandKind.Runs, OptionValues.Seed, "seed of all randomness, and unless 0 of the schedule (0)"),
        Valued("--epoch", "T", CommandKind.Runs, OptionValues.Epoch,
            "time at the start: seconds since 1970, or like 2025-01-01T00:00:00Z (run: the host's; trace: that one)"),
        Valued("--timeout", "SECONDS", CommandKind.Runs, OptionValues.Timeout, "end with status 124 after so much time of the host"),
        Valued("--max-instructions", "N", CommandKind.Runs, OptionValues.MaxInstructions, "end with status 124 after so many instructions"),
        Valued("--volume", "HOST:GUEST[:ro]", CommandKind.Runs, OptionValues.Volume, "show a directory of the host to the program; repeatable"),
        Valued("--rootfs", "DIR", CommandKind.Runs, OptionValues.RootFs, "the directory of the host that is the program's root"),
        Valued("--cwd", "DIR", CommandKind.Runs, OptionValues.WorkingDirectory, "the program's working directory, as the program names it"),
        Valued("--env", "NAME=VALUE", CommandKind.Runs, OptionValues.Variable, "set a variable of the program's environment; repeatable"),
        Flag("--clear-env", CommandKind.Runs, static options => options.ClearEnvironment = true, "start from an empty environment"),
        Valued("--swap", "SIZE[:FILE]", CommandKind.Runs, OptionValues.Swap, "a swap area, in memory of the host or in a file of it; repeatable"),
        Valued("--cgroup", "NAME=VALUE", CommandKind.Runs, OptionValues.ControlGroup,
            "set a limit of the program's control group, such as memory.max=64M; repeatable"),
        Valued("--pids", "N", CommandKind.Runs, OptionValues.Pids, "threads that there may be at a time (32768)"),
        Flag("--strace", CommandKind.Runs, static options => options.Strace = true, "print every system call as strace does"),
        Flag("--stats", CommandKind.Runs, static options => options.Statistics = true, "print instructions, faults, memory and time at the end"),
        new("--check", '\0', OptionValue.Attached, "N", CommandKind.Runs, OptionValues.Check,
            "check the invariants of mm at every Nth fault (1000) and at the end"),
        Valued("--inject", "page_alloc:nth=N", CommandKind.Runs, OptionValues.Inject, "let the Nth page allocation fail, counted from the start of the program"),
        Valued("--class", "LIST", CommandKind.Trace, OptionValues.Classes, "print only faults of these classes, such as anon,cow"),
        Valued("--vma", "NAME", CommandKind.Trace, OptionValues.AreaName, "print only faults in areas of this name, such as [heap]"),
        Valued("--range", "A-B", CommandKind.Trace, OptionValues.Range, "print only faults from address A up to B"),
        Valued("--format", "FORMAT", CommandKind.Trace | CommandKind.Syscalls | CommandKind.Isa, OptionValues.Format,
            "trace: text or jsonl (see docs/trace-schema.md); syscalls, isa: table, json or csv"),
        Valued("--output", "FILE", CommandKind.Runs, OptionValues.Output, "write what emu itself prints to a file, not to stderr")
            with { Letter = 'o' },
        Flag("--verbose", CommandKind.Runs, static options => options.Verbosity++, "say more; -vv says most") with { Letter = 'v' },
    ];

    /// <summary>All options in the order of help; --help and --version are System.CommandLine's own.</summary>
    public static IReadOnlyList<OptionSpec> All => List;

    /// <summary>The option of a name, or null.</summary>
    public static OptionSpec? Find(string name)
    {
        foreach (OptionSpec option in List)
        {
            if (option.Name == name)
                return option;
        }
        return null;
    }

    /// <summary>The option of a letter, or null.</summary>
    public static OptionSpec? Find(char letter)
    {
        foreach (OptionSpec option in List)
        {
            if (option.Letter == letter)
                return option;
        }
        return null;
    }

    /// <summary>The command of a name, or <see cref="CommandKind.None"/>.</summary>
    public static CommandKind FindCommand(string name) => name switch
    {
        "run" => CommandKind.Run,
        "trace" => CommandKind.Trace,
        "syscalls" => CommandKind.Syscalls,
        "version" => CommandKind.Version,
        "isa" => CommandKind.Isa,
        _ => CommandKind.None,
    };

    /// <summary>The word of a command.</summary>
    public static string NameOf(CommandKind command) => command switch
    {
        CommandKind.Run => "run",
        CommandKind.Trace => "trace",
        CommandKind.Syscalls => "syscalls",
        CommandKind.Isa => "isa",
        _ => "version",
    };

    private static OptionSpec Valued(
        string name, string valueName, CommandKind commands, Func<RunOptions, string, string?> apply, string help) =>
        new(name, '\0', OptionValue.Required, valueName, commands, apply, help);

    private static OptionSpec Flag(string name, CommandKind commands, Action<RunOptions> set, string help) =>
        new(name, '\0', OptionValue.None, "", commands, (options, _) => Done(() => set(options)), help);

    private static string? Done(Action set)
    {
        set();
        return null;
    }
}
