using System.Globalization;
using System.Text.RegularExpressions;
using Emu.Testing;
using Xunit.Abstractions;

namespace Emu.Guest.Tests;

/// <summary>One page allocation of a run fails, whichever it is: the program gets an errno or a signal, nothing leaks, every invariant holds.</summary>
/// <remarks>A number of allocations spread over the run are tried; EMU_TEST_SCALE multiplies them, up to all.</remarks>
public partial class InjectionTests(ITestOutputHelper output)
{
    private const int StandardRuns = 12, Defect = 125, LimitReached = 124;

    [ToolTheory("gcc")]
    [InlineData("hello/hello.c")]
    [InlineData("memory/fork-cow.c")]
    [InlineData("memory/mremap.c")]
    public void Run_EndsCleanly_WhicheverAllocationFails(string source)
    {
        string program = GuestCompiler.Make(new GuestSource(Path.Combine(Repository.Guest, source)), GuestBuild.Named("glibc-static"));
        using ScratchFolder folder = new();
        ProcessResult whole = Run(folder, program, long.MaxValue);
        long allocations = long.Parse(CountOf().Match(whole.ErrorText).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(allocations, 20, 100_000);
        long runs = Math.Min(allocations, Math.Max((long)(StandardRuns * Scale()), 1));
        for (long run = 0; run < runs; run++)
            Check(Run(folder, program, 1 + (run * allocations / runs)), 1 + (run * allocations / runs));
    }

    private void Check(ProcessResult result, long nth)
    {
        output.WriteLine($"{nth}: status {result.Status}: {result.ErrorText.TrimEnd().Split('\n')[^1]}");
        Assert.False(result.TimedOut, $"allocation {nth}: emu did not end");
        Assert.True(result.Status is not (Defect or LimitReached), $"allocation {nth}: status {result.Status}: {result.ErrorText}");
        // If the program could not even be started, one line says so.
        Assert.True(result.ErrorText.Contains($"emu: injected: page allocation {nth} of ", StringComparison.Ordinal) ||
            result.ErrorText.EndsWith("Cannot allocate memory\n", StringComparison.Ordinal), $"allocation {nth}: {result.ErrorText}");
    }

    private static ProcessResult Run(ScratchFolder folder, string program, long nth)
    {
        folder.Renew();
        return ProcessRunner.Run(new ProcessRequest(Repository.Emu, ["run", "--check", "--timeout", "100", "--inject", $"page_alloc:nth={nth}", program])
        {
            Folder = folder.Root,
            Limit = TimeSpan.FromMinutes(2),
        });
    }

    private static double Scale() => double.TryParse(
        Environment.GetEnvironmentVariable("EMU_TEST_SCALE"), CultureInfo.InvariantCulture, out double scale) ? scale : 1;

    [GeneratedRegex("there were ([0-9]+) page allocations")]
    private static partial Regex CountOf();
}
