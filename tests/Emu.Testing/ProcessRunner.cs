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
        PipeReader output = new(process.StandardOutput.BaseStream), error = new(process.StandardError.BaseStream);
        Thread input = StartThread(() => Write(process.StandardInput.BaseStream, request.Input));
        bool timedOut = !process.WaitForExit(request.Limit);
        if (timedOut)
            process.Kill(entireProcessTree: true);
        process.WaitForExit(Grace);
        byte[] outputBytes = output.Finish(Grace), errorBytes = error.Finish(Grace);
        input.Join(Grace);
        return new ProcessResult(process.ExitCode, outputBytes, errorBytes, timedOut);
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

    private static void Write(Stream stream, byte[] input)
    {
        try
        {
            stream.Write(input);
            stream.Close();
        }
        catch (IOException)
        {
            // A program need not read its input.
        }
    }

    // Threads of their own: the tests block the pool's.
    private static Thread StartThread(ThreadStart body)
    {
        Thread thread = new(body) { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Takes what comes through a pipe.</summary>
    private sealed class PipeReader
    {
        private readonly MemoryStream _content = new();
        private readonly Thread _thread;

        public PipeReader(Stream stream) => _thread = StartThread(() => Read(stream));

        /// <summary>All that came; what comes after the grace period is lost.</summary>
        public byte[] Finish(TimeSpan grace)
        {
            _thread.Join(grace);
            lock (_content)
                return _content.ToArray();
        }

        private void Read(Stream stream)
        {
            byte[] buffer = new byte[65536];
            try
            {
                int count;
                while ((count = stream.Read(buffer)) > 0)
                {
                    lock (_content)
                        _content.Write(buffer, 0, count);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The test no longer waits for whoever still holds the pipe.
            }
        }
    }
}
