using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>Runs the built command.</summary>
internal static class EmuCommand
{
    /// <summary>Runs it to its end.</summary>
    public static ProcessResult Run(params string[] arguments) => Run(new ProcessRequest(Repository.Emu, arguments));

    /// <summary>Runs it by way of a shell, which can make any bytes: <c>$0</c> is the command.</summary>
    public static ProcessResult Shell(string script, params string[] arguments) =>
        Run(new ProcessRequest("/bin/sh", ["-c", script, Repository.Emu, .. arguments]));

    private static ProcessResult Run(ProcessRequest request)
    {
        ProcessResult result = ProcessRunner.Run(request);
        Assert.False(result.TimedOut, request.CommandLine);
        return result;
    }
}
