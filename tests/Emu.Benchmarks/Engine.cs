using System.Diagnostics;
using System.Globalization;

namespace Emu.Benchmarks;

/// <summary>A way to run a guest program.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Command">The program and options that stand before the guest's; empty for a native run.</param>
/// <param name="CountOptions">Options that make it print the guest's instructions; empty if it has none.</param>
internal sealed record Engine(string Name, string[] Command, string[] CountOptions)
{
    private const string CountLabel = "emu: instructions:";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Whether this is the host's own processor and kernel.</summary>
    public bool IsNative => Command.Length == 0;

    /// <summary>Native first, then emu, then qemu-x86_64 if PATH has it.</summary>
    public static IEnumerable<Engine> All(string emu)
    {
        yield return new Engine("native", [], []);
        yield return new Engine("emu", [emu, "run", "--clock", "host"], ["--stats"]);
        string path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        string? qemu = path.Split(':').Select(static folder => Path.Combine(folder, "qemu-x86_64")).FirstOrDefault(File.Exists);
        if (qemu != null)
            yield return new Engine("qemu", [qemu], []);
    }

    /// <summary>Runs a program once and reads its measures.</summary>
    public IEnumerable<Sample> Run(string program)
    {
        (string output, string error) = Execute([.. Command, .. CountOptions, program]);
        long instructions = error.Split('\n').Where(static line => line.StartsWith(CountLabel, StringComparison.Ordinal))
            .Select(static line => Number(line[CountLabel.Length..].Trim())).FirstOrDefault();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Read(line, instructions))];
    }

    /// <summary>Runs a program once.</summary>
    /// <returns>Nanoseconds from before its start to its exit.</returns>
    public double TimeToExit(string program)
    {
        long start = Stopwatch.GetTimestamp();
        Execute([.. Command, program]);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private (string Output, string Error) Execute(string[] words)
    {
        ProcessStartInfo info = new(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new BenchmarkException($"{string.Join(' ', words)}: did not end in {Limit.TotalMinutes} minutes");
        }
        if (process.ExitCode != 0)
            throw new BenchmarkException($"{string.Join(' ', words)}: ended with {process.ExitCode}\n{error.Result}");
        return (output.Result, error.Result);
    }

    // Name, unit, operations, nanoseconds.
    private static Sample Read(string line, long instructions) => line.Split(' ') switch
    {
        [string name, string unit, string operations, string nanoseconds] =>
            new Sample(name, unit, Number(operations), Math.Max(Number(nanoseconds), 1), instructions),
        _ => throw new BenchmarkException($"'{line}' is no measure"),
    };

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw new BenchmarkException($"'{text}' is no number");
}

/// <summary>What keeps a benchmark from being run, in words for the one who started it.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
