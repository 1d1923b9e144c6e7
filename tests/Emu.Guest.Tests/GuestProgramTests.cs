using Emu.Testing;

namespace Emu.Guest.Tests;

/// <summary>Programs of tests/guest, built against glibc.</summary>
public class GlibcProgramTests
{
    [ToolTheory("gcc")]
    [GuestPrograms("glibc-static")]
    public void Runs_AsNatively(string source, string build, string arguments) => GuestProgram.Check(source, build, arguments);
}

/// <summary>Programs of tests/guest, built against musl.</summary>
public class MuslProgramTests
{
    [ToolTheory("gcc", "musl-gcc")]
    [GuestPrograms("musl-static")]
    public void Runs_AsNatively(string source, string build, string arguments) => GuestProgram.Check(source, build, arguments);
}

/// <summary>Programs of tests/guest, position-independent or without any library.</summary>
public class OtherProgramTests
{
    [ToolTheory("gcc")]
    [GuestPrograms("glibc-static-pie", "nostdlib", "nostdlib-pie")]
    public void Runs_AsNatively(string source, string build, string arguments) => GuestProgram.Check(source, build, arguments);
}

internal static class GuestProgram
{
    /// <summary>Makes a program and compares a run of it.</summary>
    public static void Check(string source, string build, string arguments)
    {
        GuestSource program = new(Path.Combine(Repository.Guest, source));
        GuestRun run = new(
            GuestCompiler.Make(program, GuestBuild.Named(build)), arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Input = program.Input,
            EmuOptions = [.. program.EmuOptions],
        };
        if (program.Expected is { } expected)
            GuestComparison.CheckExpected(run, expected);
        else
            GuestComparison.Check(run);
    }
}
