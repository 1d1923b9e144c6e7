using System.Text;
using System.Text.RegularExpressions;
using Emu.Testing;

namespace Emu.Guest.Tests;

/// <summary>The programs of samples/: each runs as it does natively, and leaves the trace that stands beside it.</summary>
public partial class SampleTests
{
    private static readonly string Samples = Path.Combine(Repository.Root, "samples");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Samples, "*.c").Order(StringComparer.Ordinal).Select(static path => Path.GetFileNameWithoutExtension(path))];

    [ToolTheory("gcc", "make")]
    [MemberData(nameof(Names))]
    public void Runs_AsNatively(string name)
    {
        using ScratchFolder folder = new();
        GuestComparison.Check(new GuestRun(Make(name, folder)));
    }

    [ToolTheory("gcc", "make")]
    [MemberData(nameof(Names))]
    public void Trace_IsAsExpected(string name)
    {
        using ScratchFolder folder = new();
        Make(name, folder);
        Assert.Equal("", TextDiff.Of(Comparable(ReadTrace(name)), Comparable(Trace(name, folder))));
    }

    [Fact]
    public void Trace_IsTheSameToTheByte_WhenTheProgramIs()
    {
        using ScratchFolder folder = new();
        folder.Put("hello", File.ReadAllBytes(Path.Combine(Samples, "hello")));
        File.SetUnixFileMode(Path.Combine(folder.Root, "hello"), (UnixFileMode)Convert.ToInt32("755", 8));
        string first = Trace("hello", folder), second = Trace("hello", folder);
        Assert.Equal(first, second);
        Assert.Equal("", TextDiff.Of(ReadTrace("hello"), first));
    }

    private static string ReadTrace(string name) => File.ReadAllText(Path.Combine(Samples, "traces", name + ".trace"));

    private static string Make(string name, ScratchFolder folder)
    {
        Tools.Require("make");
        string program = Path.Combine(folder.Root, name);
        ProcessResult result = ProcessRunner.Run(new ProcessRequest("make", ["-s", "-C", Samples, "-f", "Makefile", $"BIN={folder.Root}", program]));
        Assert.True(result.Status == 0, result.ErrorText);
        return program;
    }

    private static string Trace(string name, ScratchFolder folder)
    {
        string output = folder.Root + ".trace";
        string[] arguments = ["trace", "--check", "-o", output, "--clear-env", "--rootfs", folder.Root, "/" + name];
        ProcessRunner.Run(new ProcessRequest(Repository.Emu, arguments) { Folder = folder.Root });
        string trace = File.ReadAllText(output, Encoding.Latin1);
        File.Delete(output);
        return trace;
    }

    /// <summary>
    /// What another compiler would leave as it is. Gone: times, addresses, offsets within a page, registers. Frames get numbers in the order
    /// in which they are named, so that it still shows where two entries have the same.
    /// </summary>
    private static string Comparable(string trace)
    {
        Dictionary<string, int> frames = [];
        IEnumerable<string> lines = trace.Split('\n').Where(static line => !line.StartsWith('#')).Select(line => Comparable(line, frames));
        return string.Join('\n', lines);
    }

    private static string Comparable(string line, Dictionary<string, int> frames)
    {
        Match fault = FaultLine().Match(line);
        if (!fault.Success)
            return line.Split("; rip=")[0];
        string symbol = fault.Groups["symbol"].Value.Split('+')[0];
        string entries = Frame().Replace(fault.Groups["entries"].Value, match =>
        {
            frames.TryAdd(match.Value, frames.Count);
            return "#" + frames[match.Value];
        });
        return $"{fault.Groups["what"].Value} {OffsetInPage().Replace(fault.Groups["area"].Value, "")} {symbol} {entries}";
    }

    [GeneratedRegex(@"^ *[0-9.]+ (?<what>\d+/\d+ +\S+ +\S+ +\S+ +\S+) +[0-9a-f]{12} (?<area>\S+) +[0-9a-f]{12} (?<symbol>\S+) +(?<entries>.*)$")]
    private static partial Regex FaultLine();

    [GeneratedRegex("[0-9a-f]{8}(?= )")]
    private static partial Regex Frame();

    [GeneratedRegex("[0-9a-f]{1,3}$")]
    private static partial Regex OffsetInPage();
}
