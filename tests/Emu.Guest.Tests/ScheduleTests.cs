using System.Globalization;
using Emu.Testing;

namespace Emu.Guest.Tests;

/// <summary>Seeds and schedules: a program with a race shows the same under the same seed, and its race under some other.</summary>
public class ScheduleTests
{
    private const int Seeds = 6;

    [ToolFact("gcc")]
    public void Seed_DecidesTheSchedule()
    {
        string[] sums = [.. Enumerable.Range(1, Seeds).Select(static seed => Run("run", seed).OutputText)];
        Assert.True(sums.Distinct().Count() > 2, string.Join(' ', sums)); // some lose what others keep

        ProcessResult first = Run("trace", Seeds), second = Run("trace", Seeds);
        Assert.Equal(sums[^1], first.OutputText);
        Assert.Equal(first.Output, second.Output);
        Assert.NotEmpty(first.Error);
        Assert.Equal(first.Error, second.Error);
    }

    private static ProcessResult Run(string command, int seed)
    {
        GuestSource source = new(Path.Combine(Repository.Guest, "differential", "race.c"));
        string program = GuestCompiler.Make(source, GuestBuild.Named("glibc-static"));
        ProcessResult result = ProcessRunner.Run(new ProcessRequest(Repository.Emu, [command, "--seed", seed.ToString(CultureInfo.InvariantCulture), program]));
        Assert.Equal(0, result.Status);
        return result;
    }
}
