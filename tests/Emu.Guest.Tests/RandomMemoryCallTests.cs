using System.Globalization;
using Emu.Testing;

namespace Emu.Guest.Tests;

/// <summary>Random memory calls, many seeds: mm does what the host's kernel does. EMU_TEST_SCALE multiplies the seeds.</summary>
public class RandomMemoryCallTests
{
    private const int StandardSeeds = 10, Calls = 2000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Scaled(StandardSeeds))];

    [ToolTheory("gcc")]
    [MemberData(nameof(Seeds))]
    public void Calls_LeaveWhatTheyLeaveNatively(int seed)
    {
        GuestSource source = new(Path.Combine(Repository.Guest, "differential", "random_memory_calls.c"));
        string program = GuestCompiler.Make(source, GuestBuild.Named("glibc-static"));
        GuestComparison.Check(new GuestRun(program, seed.ToString(CultureInfo.InvariantCulture), Calls.ToString(CultureInfo.InvariantCulture)));
    }

    private static int Scaled(int standard)
    {
        string? text = Environment.GetEnvironmentVariable("EMU_TEST_SCALE");
        return double.TryParse(text, CultureInfo.InvariantCulture, out double scale) ? Math.Max((int)(standard * scale), 1) : standard;
    }
}
