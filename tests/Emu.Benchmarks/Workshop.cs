using System.Diagnostics;

namespace Emu.Benchmarks;

/// <summary>A folder for temporary files in which emu is published and the programs are compiled; it is removed in the end.</summary>
internal sealed class Workshop : IDisposable
{
    private static readonly string[] CompilerFlags = ["-std=gnu17", "-O2", "-static", "-pthread", "-Wall", "-Wextra", "-Werror"];

    private readonly string _root = FindRoot();
    private readonly string _folder = Directory.CreateTempSubdirectory("emu-benchmarks-").FullName;

    /// <summary>The names of the programs.</summary>
    public IEnumerable<string> Programs =>
        Directory.EnumerateFiles(Sources, "*.c").Order(StringComparer.Ordinal).Select(static path => Path.GetFileNameWithoutExtension(path));

    private string Sources => Path.Combine(_root, "tests", "Emu.Benchmarks", "programs");

    /// <summary>The text of a program.</summary>
    public string SourceOf(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Compiles a program.</summary>
    /// <returns>Its path.</returns>
    public string Compile(string name)
    {
        string program = Path.Combine(_folder, name);
        Execute("gcc", [.. CompilerFlags, PathOf(name), "-o", program]);
        return program;
    }

    /// <summary>Publishes emu, unless EMU_PATH names one.</summary>
    /// <returns>The path of the executable.</returns>
    public string PublishEmu()
    {
        if (Environment.GetEnvironmentVariable("EMU_PATH") is { Length: > 0 } given)
            return Path.GetFullPath(given);
        string target = Path.Combine(_folder, "emu");
        Console.Error.WriteLine("publishing emu ...");
        Execute("dotnet", ["publish", Path.Combine(_root, "emulator", "cli"), "-c", "Release", "-o", target, "-v", "q", "--nologo"]);
        return Path.Combine(target, "emu");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(Sources, name + ".c");

    private static void Execute(string program, string[] words)
    {
        ProcessStartInfo info = new(program, words) { RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(info)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new BenchmarkException($"{program} {string.Join(' ', words)}: ended with {process.ExitCode}\n{output}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new BenchmarkException($"{program}: {missing.Message}");
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Emu.sln")))
                return folder.FullName;
        }
        throw new BenchmarkException($"no Emu.sln above {AppContext.BaseDirectory}");
    }
}
