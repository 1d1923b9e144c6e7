using System.Diagnostics;
using System.Text;

namespace Emu.Testing;

/// <summary>A program to be run on the host.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ProcessRequest(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Its working directory; this process's if null.</summary>
    public string? Folder { get; init; }

    /// <summary>What it reads from standard input, a pipe.</summary>
    public byte[] Input { get; init; } = [];

    /// <summary>Its whole environment; this process's if null.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>After so long it is killed, with its children.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The command as one would type it.</summary>
    public string CommandLine => string.Join(' ', Arguments.Prepend(Program).Select(Quote));

    private static string Quote(string word) =>
        word.Length != 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}

/// <summary>How a program ended.</summary>
/// <param name="Status">Its exit status, or 128 + N if signal N killed it.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="TimedOut">Whether it was killed after its time.</param>
public sealed record ProcessResult(int Status, byte[] Output, byte[] Error, bool TimedOut)
{
    /// <summary>Standard output as text: one character a byte.</summary>
    public string OutputText => Encoding.Latin1.GetString(Output);

    /// <summary>Standard error as text: one character a byte.</summary>
    public string ErrorText => Encoding.Latin1.GetString(Error);
}

/// <summary>Runs programs of the host, and never waits for one beyond its time.</summary>
public static class ProcessRunner
{
    // After the program itself is gone, a child of it may still hold the pipes.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs a program to its end.</summary>
    public static ProcessResult Run(ProcessRequest request)
    {
        using Process process = Process.Start(StartInfo(request))!;
        using CancellationTokenSource ended = new();
        Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream, ended.Token);
        Task<byte[]> error = ReadAsync(process.StandardError.BaseStream, ended.Token);
        Task input = WriteAsync(process.StandardInput.BaseStream, request.Input);
        bool timedOut = !process.WaitForExit(request.Limit);
        if (timedOut)
            process.Kill(entireProcessTree: true);
        process.WaitForExit(Grace);
        ended.CancelAfter(Grace);
        Task.WaitAll(output, error);
        input.Wait(Grace);
        return new ProcessResult(process.ExitCode, output.Result, error.Result, timedOut);
    }

    private static ProcessStartInfo StartInfo(ProcessRequest request)
    {
        ProcessStartInfo info = new(request.Program)
        {
            WorkingDirectory = request.Folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in request.Arguments)
            info.ArgumentList.Add(argument);
        if (request.Environment == null)
            return info;
        info.Environment.Clear();
        foreach ((string name, string value) in request.Environment)
            info.Environment[name] = value;
        return info;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancel)
    {
        using MemoryStream content = new();
        try
        {
            await stream.CopyToAsync(content, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What came so far is the result: whoever still holds the pipe is not waited for.
        }
        return content.ToArray();
    }

    private static async Task WriteAsync(Stream stream, byte[] input)
    {
        try
        {
            await stream.WriteAsync(input).ConfigureAwait(false);
            stream.Close();
        }
        catch (IOException)
        {
            // A program need not read its input.
        }
    }
}
