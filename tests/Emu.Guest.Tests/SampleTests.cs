using System.Reflection;
using System.Text.RegularExpressions;
using Emu.Testing;
using Xunit.Sdk;

namespace Emu.Guest.Tests;

/// <summary>The samples: each ends well natively and under emu, and its faults are those that were checked in.</summary>
public class SampleTests
{
    [ToolTheory("gcc")]
    [Samples]
    public void Trace_IsAsExpected(string name)
    {
        GuestSource source = new(Path.Combine(Repository.Samples, name + ".c"));
        string program = GuestCompiler.Make(source, source.Builds.Single());
        string expected = File.ReadAllText(Path.ChangeExtension(source.FilePath, ".trace"));
        using ScratchFolder folder = new();
        Assert.Equal(0, ProcessRunner.Run(new ProcessRequest(program, []) { Folder = folder.Root }).Status);
        Sample.Check(SampleTrace.WithoutCode(expected), SampleTrace.WithoutCode(Sample.Trace(program, "")), program);
    }

    [Fact]
    public void Trace_IsAsExpectedByteForByte_WhenTheProgramIsCheckedIn()
    {
        string program = Path.Combine(Repository.Samples, "hello", "hello");
        string expected = File.ReadAllText(program + ".trace");
        for (int run = 0; run < 2; run++)
            Sample.Check(expected, Sample.Trace(program, "hello from a program without a library\n"), program);
    }

    [ToolFact("gcc")]
    public void Hello_IsMadeOfItsSource()
    {
        string program = Path.Combine(Repository.Samples, "hello", "hello");
        using ScratchFolder folder = new();
        string made = Path.Combine(folder.Root, "hello");
        string[] words = ["-nostdlib", "-static", "-Wl,--build-id=none,--strip-debug,-z,noseparate-code", "-o", made, program + ".S"];
        Assert.Equal(0, ProcessRunner.Run(new ProcessRequest(Tools.Require("gcc"), words)).Status);
        Assert.Equal(Sample.Trace(program, null), Sample.Trace(made, null));
    }
}

/// <summary>A row for each sample in C.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SamplesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Directory.EnumerateFiles(Repository.Samples, "*.c").Order(StringComparer.Ordinal)
            .Select(static path => new object[] { Path.GetFileNameWithoutExtension(path) });
}

internal static class Sample
{
    /// <summary>Traces a program at the path /samples/NAME, where the expected traces were taken.</summary>
    /// <param name="program">The program on the host.</param>
    /// <param name="output">What it must print, or null if that does not matter.</param>
    public static string Trace(string program, string? output)
    {
        using ScratchFolder folder = new(), words = new();
        string inside = Path.GetFileName(program), trace = Path.Combine(words.Root, "trace");
        File.Copy(program, Path.Combine(folder.Root, inside));
        ProcessRequest request = new(Repository.Emu,
            ["trace", "--check", "--clear-env", "--volume", $"{folder.Root}:/samples", "--cwd", "/samples", "-o", trace, $"/samples/{inside}"]);
        ProcessResult result = ProcessRunner.Run(request);
        Assert.True(result.Status == 0, $"{request.CommandLine}\nended with {result.Status}:\n{result.ErrorText}");
        if (output != null)
            Assert.Equal(output, result.OutputText);
        return File.ReadAllText(trace);
    }

    /// <summary>Requires two traces to be alike.</summary>
    public static void Check(string expected, string actual, string program)
    {
        if (TextDiff.Of(expected, actual) is { Length: > 0 } difference)
            Assert.Fail($"- expected + emu, {difference}{program}\nsamples/README.md tells how to write the traces anew");
    }
}

/// <summary>A trace without what depends on the compiler that made the program.</summary>
internal static partial class SampleTrace
{
    // Time, task, major or minor, class, by, access, address, area, rip, symbol, and the entries.
    private const int Time = 0, Access = 5, Address = 6, Area = 7, Rip = 8, Symbol = 9;

    /// <summary>
    /// Leaves out time, rip and symbol, the place within the page of code and stack addresses, and the registers of a line about a fatal signal.
    /// </summary>
    public static string WithoutCode(string trace) => string.Join('\n', trace.Split('\n').Select(Line));

    private static string Line(string line)
    {
        if (line.StartsWith('#') || line.Length == 0)
            return line;
        if (line.StartsWith("emu: ", StringComparison.Ordinal))
            return line[..line.IndexOf("; rip=", StringComparison.Ordinal)];
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[Access] == "exec" || words[Area].StartsWith("[stack]", StringComparison.Ordinal))
        {
            words[Address] = WithinPage().Replace(words[Address], "...");
            words[Area] = WithinPage().Replace(words[Area], "...");
        }
        return string.Join(' ', words.Where(static (_, index) => index is not (Time or Rip or Symbol)));
    }

    [GeneratedRegex("[0-9a-f]{1,3}$")]
    private static partial Regex WithinPage();
}
