using System.Text;
using Emu.Cpu;
using Emu.Syscalls;

namespace Emu.Cli.Tests;

public class OptionParserTests
{
    private delegate string? Setter(RunOptions options, string value);

    [Fact]
    public void Parse_FillsInEveryOption()
    {
        RunOptions options = Parse("run --memory 512M,nodes=2 --cpus 1 --cpu x86-64-v2 --clock host --seed 0x10 --epoch 5 --timeout 1.5 " +
            "--max-instructions 1_000 --volume /a:/b:ro --volume c:/d --rootfs /r --cwd /w --env A=1 --env B= --clear-env --strace --stats " +
            "--check=7 -o out -vv --swap 64M --swap 1M:/s --cgroup memory.max=64M --pids 9 --inject page_alloc:nth=12 prog");

        Assert.Equal((512UL << 20, 2), (options.Memory.Bytes, options.Memory.Nodes));
        Assert.Equal((1, CpuModel.V2, ClockKind.Host), (options.Cpus, options.Model, options.Clock));
        Assert.Equal((16UL, 5_000_000_000L, TimeSpan.FromSeconds(1.5), 1000UL), (options.Seed, options.Epoch, options.Timeout, options.MaxInstructions));
        Assert.Equal("/a>/b:True c>/d:False", string.Join(' ', options.Volumes.Select(v => $"{Text(v.Host)}>{Text(v.Guest)}:{v.IsReadOnly}")));
        Assert.Equal("/r /w out", $"{Text(options.RootFs!)} {Text(options.WorkingDirectory!)} {Text(options.Output!)}");
        Assert.Equal(["A=1", "B="], options.Environment.Select(Text));
        Assert.True(options.ClearEnvironment && options.Strace && options.Statistics);
        Assert.Equal((7, 2, 9), (options.CheckInterval, options.Verbosity, options.Pids));
        Assert.Equal([(64UL << 20, null), (1UL << 20, "/s")], options.Swap.Select(s => (s.Bytes, s.File == null ? null : Text(s.File))));
        Assert.Equal(12UL, options.FailingAllocation);
        Assert.Equal(("memory.max", "64M"), (options.ControlGroup[0].Name, options.ControlGroup[0].Value));
    }

    [Fact]
    public void Parse_FillsInTheFiltersOfATrace()
    {
        RunOptions options = Parse("trace --class anon,cow --class sigsegv --vma [heap] --range 0x1000-0x2000 --format jsonl prog");

        Assert.Equal((1UL << (int)Mm.FaultClass.Anon) | (1UL << (int)Mm.FaultClass.Cow) | (1UL << (int)Mm.FaultClass.Sigsegv), options.Classes);
        Assert.Equal("[heap]", Text(options.AreaName!));
        Assert.Equal((0x1000UL, 0x1FFFUL, OutputFormat.JsonLines), (options.RangeStart, options.RangeLast, options.Format));
    }

    [Fact]
    public void For_FixesTheEpoch_OfATraceAlone()
    {
        Assert.Equal(1_735_689_600_000_000_000, RunOptions.For(CommandKind.Trace).Epoch);
        Assert.Null(RunOptions.For(CommandKind.Run).Epoch);
    }

    [Theory]
    [InlineData("2025-01-01", 1_735_689_600)]
    [InlineData("2025-01-01T00:00:01Z", 1_735_689_601)]
    [InlineData("0", 0)]
    public void Epoch_TakesSecondsAndDates(string value, long seconds)
    {
        RunOptions options = new();

        Assert.Null(OptionValues.Epoch(options, value));
        Assert.Equal(seconds * 1_000_000_000, options.Epoch);
    }

    [Fact]
    public void Parse_AsksForTheRunCommand_WhenOnlyOptionsAreGiven() => Assert.Equal(CommandKind.Run, Parse("--strace").Command);

    [Theory]
    [InlineData("run --memory")]
    [InlineData("run --memory nonsense p")]
    [InlineData("run --nonsense p")]
    [InlineData("run --class anon p")] // a filter of trace
    [InlineData("syscalls --strace")]
    [InlineData("version --memory 1G")]
    [InlineData("-q p")]
    public void Parse_EndsWithUsage_WhenTheLineIsWrong(string words) => Assert.Equal(2, Status(words));

    [Fact]
    public void Values_AreRefused_WhenTheyMakeNoSense()
    {
        (Setter Set, string[] Wrong)[] cases =
        [
            (OptionValues.Memory, ["", "0", "4Q", "1G,nodes=", "1G,nodes=0", "1G,zones=2", "99999999999999999999", "64K", "-1"]),
            (OptionValues.Cpus, ["", "0", "-1", "x", "100000"]),
            (OptionValues.Model, ["", "pentium"]),
            (OptionValues.Clock, ["", "sundial"]),
            (OptionValues.Seed, ["", "-1", "0x", "1.5"]),
            (OptionValues.Epoch, ["", "-1", "tomorrow", "1969-12-31", "99999999999"]),
            (OptionValues.Timeout, ["", "0", "-1", "1e3", "NaN", "x"]),
            (OptionValues.MaxInstructions, ["", "-1", "1.5"]),
            (OptionValues.Volume, ["", "/a", ":/b", "/a:b", "/a:/b:rx", "/a:/b:ro:x"]),
            (OptionValues.RootFs, [""]),
            (OptionValues.Variable, ["", "A", "=1"]),
            (OptionValues.Check, ["0", "-1", "x", "99999999999"]),
            (OptionValues.Classes, ["", "anon,", "nonsense", "none"]),
            (OptionValues.Range, ["", "1", "2-1", "1-1", "x-y", "1-2-3"]),
            (OptionValues.Swap, ["", "1K", "x", "64M:", "1T"]),
            (OptionValues.ControlGroup, ["", "memory.max", "memory=1", ".max=1", "../memory.max=1", "a=b.c"]),
            (OptionValues.Pids, ["", "0", "-1", "5000000"]),
        ];
        foreach ((Setter set, string[] wrong) in cases)
        {
            foreach (string value in wrong)
                Assert.True(set(new RunOptions { Command = CommandKind.Trace }, value) != null, $"{set.Method.Name} took '{value}'");
        }
    }

    [Theory]
    [InlineData(CommandKind.Trace, "json")]
    [InlineData(CommandKind.Syscalls, "jsonl")]
    internal void Format_IsRefused_WhenItIsAnothersCommands(CommandKind command, string format) =>
        Assert.NotNull(OptionValues.Format(new RunOptions { Command = command }, format));

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static RunOptions Parse(string words)
    {
        Assert.Null(OptionParser.Parse(Split(words), out RunOptions options));
        return options;
    }

    private static int? Status(string words) => OptionParser.Parse(Split(words), out _);

    private static SplitLine Split(string words) => ArgumentSplitter.Split([.. words.Split(' ').Select(Encoding.Latin1.GetBytes)]);
}
