using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Emu.Testing;

/// <summary>Makes guest programs, each once: they are kept in a folder under the test's output, by a hash of all that goes into them.</summary>
public static class GuestCompiler
{
    private static readonly string[] CommonFlags = ["-std=gnu17", "-O2", "-g0", "-Wall", "-Wextra", "-Werror"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly ConcurrentDictionary<(string, GuestBuild), Lazy<string>> Made = new();
    private static readonly ConcurrentDictionary<string, Lazy<string>> Versions = new();
    private static readonly Lazy<string> Headers = new(static () => string.Concat(
        Directory.EnumerateFiles(Repository.Guest, "*.h", SearchOption.AllDirectories)
        .Concat(Directory.EnumerateFiles(Repository.Samples, "*.h")).Order(StringComparer.Ordinal).Select(File.ReadAllText)));

    /// <summary>Where programs are kept.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "guest-programs");

    /// <summary>Makes a program, or finds it made. Safe from any thread; two test processes may do it at once.</summary>
    /// <param name="source">The source.</param>
    /// <param name="build">How.</param>
    /// <returns>The program's path.</returns>
    /// <exception cref="Xunit.Sdk.XunitException">The compiler is missing, or it found a mistake.</exception>
    public static string Make(GuestSource source, GuestBuild build) =>
        Made.GetOrAdd((source.FilePath, build), key => new Lazy<string>(() => FindOrCompile(source, key.Item2))).Value;

    private static string FindOrCompile(GuestSource source, GuestBuild build)
    {
        string compiler = Tools.Require(build.Compiler);
        string[] flags = [.. CommonFlags, .. build.Flags];
        string key = string.Join('\n', [VersionOf(compiler), .. flags, .. source.Flags, Headers.Value, source.Text]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
        string program = Path.Combine(Folder, hash, source.Name);
        if (!File.Exists(program))
            Compile(compiler, [.. flags, "-I", Repository.Guest, source.FilePath, .. source.Flags], program);
        return program;
    }

    // It appears under its name only when it is whole.
    private static void Compile(string compiler, string[] arguments, string program)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        string unfinished = $"{program}.{Environment.ProcessId}";
        ProcessResult result = ProcessRunner.Run(new ProcessRequest(compiler, [.. arguments, "-o", unfinished]) { Limit = Limit });
        if (result.Status != 0)
            Assert.Fail($"{compiler} {string.Join(' ', arguments)}\nended with {result.Status}:\n{result.ErrorText}");
        File.Move(unfinished, program, overwrite: true);
    }

    private static string VersionOf(string compiler) => Versions.GetOrAdd(compiler, path => new Lazy<string>(
        () => ProcessRunner.Run(new ProcessRequest(path, ["--version"]) { Limit = Limit }).OutputText)).Value;
}
