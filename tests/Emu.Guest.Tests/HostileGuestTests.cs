using System.Globalization;
using Emu.Testing;

namespace Emu.Guest.Tests;

/// <summary>Guests that mean harm, in a root of their own that is thrown away: the machine goes on to its end. EMU_TEST_SCALE multiplies the seeds.</summary>
public class HostileGuestTests
{
    private const int StandardSeeds = 3, Processes = 20, Calls = 1500;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(17, Math.Max((int)(StandardSeeds * Scale), 1))];

    private static double Scale =>
        double.TryParse(Environment.GetEnvironmentVariable("EMU_TEST_SCALE"), CultureInfo.InvariantCulture, out double scale) ? scale : 1;

    [ToolTheory("gcc")]
    [MemberData(nameof(Seeds))]
    public void Machine_Survives_WhenCallsAreRandom(int seed)
    {
        GuestSource source = new(Path.Combine(Repository.Guest, "differential", "random_calls.c"));
        using ScratchFolder root = new();
        root.Put("tmp/none", []);
        File.Copy(GuestCompiler.Make(source, GuestBuild.Named("glibc-static")), Path.Combine(root.Root, "program"));
        string[] words =
        [
            "run", "--rootfs", root.Root, "--pids", "60", "-o", "/dev/null", "/program",
            seed.ToString(CultureInfo.InvariantCulture), Processes.ToString(CultureInfo.InvariantCulture), Calls.ToString(CultureInfo.InvariantCulture),
        ];
        ProcessResult result = ProcessRunner.Run(new ProcessRequest(Repository.Emu, words) { Folder = root.Root, Limit = TimeSpan.FromMinutes(3) });
        Assert.False(result.TimedOut);
        Assert.Equal(0, result.Status);
        Assert.StartsWith($"seed {seed}\n", result.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("done\n", result.OutputText, StringComparison.Ordinal);
    }
}
