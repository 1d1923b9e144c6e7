using System.Diagnostics;
using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>The built command while it runs.</summary>
internal sealed class RunningEmu : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private RunningEmu(Process process) => _process = process;

    /// <summary>Starts it and waits until the program says that it waits.</summary>
    /// <param name="terminal">Path of the terminal that is its standard input, or null.</param>
    /// <param name="arguments">Its arguments.</param>
    public static RunningEmu Start(string? terminal, params string[] arguments)
    {
        string script = terminal == null ? "exec \"$0\" \"$@\"" : $"exec \"$0\" \"$@\" < {terminal}";
        ProcessStartInfo info = new("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", script, Repository.Emu, .. arguments])
            info.ArgumentList.Add(argument);
        Process process = Process.Start(info)!;
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Limit), "the program did not start");
        Assert.Equal("waiting", line.Result);
        return new RunningEmu(process);
    }

    /// <summary>Sends it a signal.</summary>
    public void Send(string signal) =>
        Assert.Equal(0, ProcessRunner.Run(new ProcessRequest("/bin/kill", [$"-{signal}", $"{_process.Id}"])).Status);

    /// <summary>Waits for its end.</summary>
    /// <param name="words">What it wrote to stderr.</param>
    /// <returns>Its status.</returns>
    public int Wait(out string words)
    {
        Task<string> error = _process.StandardError.ReadToEndAsync();
        Assert.True(_process.WaitForExit(Limit), "emu did not end");
        words = error.Result;
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
