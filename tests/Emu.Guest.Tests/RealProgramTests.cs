using System.Reflection;
using Emu.Testing;
using Xunit.Sdk;

namespace Emu.Guest.Tests;

/// <summary>Programs of Debian and other languages' as they come, each in a script of tests/guest/programs.</summary>
public class RealProgramTests
{
    [Theory]
    [RealProgram("archives")]
    [RealProgram("gcc")]
    [RealProgram("go")]
    [RealProgram("java")]
    [RealProgram("jobs")]
    [RealProgram("login")]
    [RealProgram("lua")]
    [RealProgram("make")]
    [RealProgram("node")]
    [RealProgram("openssl")]
    [RealProgram("perl")]
    [RealProgram("pipeline")]
    [RealProgram("python")]
    [RealProgram("rust")]
    [RealProgram("sqlite")]
    [RealProgram("stress")]
    public void Runs_AsNatively(string name)
    {
        RealProgram program = new(name);
        GuestComparison.Check(new GuestRun("/bin/sh", program.Script, RealProgram.Folder) { Prepare = program.Prepare });
    }
}

/// <summary>A script under tests/guest/programs; skipped where it needs a program that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RealProgramAttribute : DataAttribute
{
    public RealProgramAttribute(string name)
    {
        Name = name;
        string? missing = new RealProgram(name).Needs.FirstOrDefault(static tool => Tools.Find(tool) == null);
        if (missing != null)
            Skip = $"'{missing}' is missing";
    }

    public string Name { get; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Name]];
}

/// <summary>
/// A script whose first line names the programs that it needs (<c># needs: a b</c>). A second line <c># before: command</c> is what the shell of
/// the host does first, in the same folder.
/// </summary>
internal sealed class RealProgram
{
    private const string NeedsKey = "# needs: ", BeforeKey = "# before: ";

    private readonly string? _before;

    public RealProgram(string name)
    {
        Script = Path.Combine(Folder, name + ".sh");
        string[] lines = [.. File.ReadLines(Script).Take(2)];
        if (!lines[0].StartsWith(NeedsKey, StringComparison.Ordinal))
            throw new FormatException($"{Script}: the first line is not '{NeedsKey}…'");
        Needs = lines[0][NeedsKey.Length..].Split(' ');
        _before = lines[1].StartsWith(BeforeKey, StringComparison.Ordinal) ? lines[1][BeforeKey.Length..] : null;
    }

    public static string Folder { get; } = Path.Combine(Repository.Guest, "programs");

    public string Script { get; }

    public IReadOnlyList<string> Needs { get; }

    public void Prepare(ScratchFolder folder)
    {
        if (_before == null)
            return;
        ProcessRequest request = new("/bin/sh", ["-c", _before, "before", Folder]) { Folder = folder.Root };
        ProcessResult result = ProcessRunner.Run(request);
        Assert.True(result.Status == 0, result.ErrorText);
    }
}
