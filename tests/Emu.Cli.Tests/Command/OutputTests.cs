using System.Text.Json;
using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>Where emu's own words go, and that they are the same each time.</summary>
public class OutputTests
{
    [Fact]
    public void Output_TakesAllOwnWords_AndOnlyThose()
    {
        using ScratchFolder folder = new();
        string file = Path.Combine(folder.Root, "out");

        ProcessResult result = EmuCommand.Run("--strace", "--stats", "-o", file, Programs.Arguments);

        Assert.Equal($"[{Programs.Arguments}]", result.OutputText);
        Assert.Equal("", result.ErrorText);
        string[] lines = File.ReadAllLines(file);
        Assert.Equal($"2     execve(\"{Programs.Arguments}\", [\"{Programs.Arguments}\"], 0x", lines[0][..(lines[0].IndexOf("0x", StringComparison.Ordinal) + 2)]);
        Assert.Equal("2     write(1, \"[\", 1)                  = 1", lines[1]);
        Assert.Equal("2     exit_group(3)                     = ?", lines[4]);
        Assert.Equal("2     +++ exited with 3 +++", lines[5]);
        Assert.StartsWith("emu: instructions:   ", lines[6], StringComparison.Ordinal);
    }

    [Fact]
    public void Output_ReportsThatItCannotBeWritten()
    {
        ProcessResult result = EmuCommand.Run("--strace", "-o", "/dev/full", Programs.Nothing);

        Assert.Equal("emu: --output: /dev/full: No space left on device\n", result.ErrorText);
        Assert.Equal(125, result.Status);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("jsonl")]
    public void Trace_IsTheSame_EachTime(string format)
    {
        ProcessResult first = EmuCommand.Run("trace", "--format", format, "--strace", Programs.Arguments, "x");
        ProcessResult second = EmuCommand.Run("trace", "--format", format, "--strace", Programs.Arguments, "x");

        Assert.Equal(first.ErrorText, second.ErrorText);
        Assert.Contains("file-read", first.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_GivesItsSummaryOnStderr_WhenItGoesToAFile()
    {
        using ScratchFolder folder = new();
        string file = Path.Combine(folder.Root, "out");

        ProcessResult result = EmuCommand.Run("trace", "--format", "jsonl", "-o", file, Programs.Crash);

        Assert.StartsWith("# ", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("  sigsegv\n", result.ErrorText, StringComparison.Ordinal);
        string[] types = [.. File.ReadLines(file).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!)];
        Assert.Equal("header", types[0]);
        Assert.Equal(["fault", "crash"], types[1..].Distinct());
    }

    [Fact]
    public void Trace_ShowsWhatTheFiltersLetThrough()
    {
        ProcessResult result = EmuCommand.Run("trace", "--class", "sigsegv,anon", "--range", "0-0x2000", Programs.Crash);

        string[] faults = [.. result.ErrorText.Split('\n').Where(static line => line.Contains(" 2/2 ", StringComparison.Ordinal) && line[0] == ' ')];
        Assert.Matches("sigsegv .* user .* store 000000001234 - .* stumble\\+0x0 ", Assert.Single(faults));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("table")]
    public void Syscalls_ListsEveryCall(string format)
    {
        string text = EmuCommand.Run("syscalls", "--format", format).OutputText;

        Assert.Contains("exit_group", text, StringComparison.Ordinal);
        if (format == "json")
            Assert.True(JsonDocument.Parse(text).RootElement.GetArrayLength() > 300);
        if (format == "csv")
            Assert.StartsWith("number,name,support,note\n0,read,", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x86-64-v2", "SSE4_2", "AVX2")]
    [InlineData("x86-64-v3", "AVX2", "AVX512F")]
    public void Isa_ListsTheInstructionsOfTheModel(string model, string feature, string absent)
    {
        JsonElement root = JsonDocument.Parse(EmuCommand.Run("isa", "--cpu", model, "--format", "json").OutputText).RootElement;
        JsonElement[] entries = [.. root.GetProperty("instructions").EnumerateArray()];
        string[] features = [.. entries.SelectMany(static entry => entry.GetProperty("features").EnumerateArray()).Select(static name => name.GetString()!).Distinct()];

        Assert.Equal(model, root.GetProperty("model").GetString());
        Assert.Contains(feature, features);
        Assert.DoesNotContain(absent, features);
        Assert.DoesNotContain(entries, static entry => entry.GetProperty("support").GetString() == "missing");
    }

    [Theory]
    [InlineData("table", @"^VFMADD132PS ymm1, ymm2, ymm3/m256 +FMA\+?\w* +executed$")]
    [InlineData("csv", "^VEX_Vfmadd132ps_ymm_ymm_ymmm256,")]
    public void Isa_HasALineForEachForm(string format, string line)
    {
        string text = EmuCommand.Run("isa", "--format", format).OutputText;

        Assert.Single(text.Split('\n'), candidate => System.Text.RegularExpressions.Regex.IsMatch(candidate, line));
    }

    [Fact]
    public void Check_FindsNothingWrong_AndSaysNothing()
    {
        ProcessResult result = EmuCommand.Run("--check=1", "--memory", "64M", Programs.Arguments);

        Assert.Equal("", result.ErrorText);
        Assert.Equal(3, result.Status);
    }
}
