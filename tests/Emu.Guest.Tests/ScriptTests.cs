using System.Reflection;
using Emu.Testing;
using Xunit.Sdk;

namespace Emu.Guest.Tests;

/// <summary>Shell scripts of tests/guest/scripts, by the static shells.</summary>
public class ScriptTests
{
    [ToolTheory("busybox", "bash-static")]
    [Scripts]
    public void Runs_AsNatively(string script, string shell)
    {
        string path = Path.Combine(Repository.Guest, "scripts", script);
        GuestComparison.Check(shell == "bash"
            ? new GuestRun(Tools.Require("bash-static"), path)
            : new GuestRun(Tools.Require("busybox"), "sh", path));
    }
}

/// <summary>Each script with each shell that its first line names.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ScriptsAttribute : DataAttribute
{
    private const string Key = "# shells: ";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Repository.Guest, "scripts"), "*.sh").Order(StringComparer.Ordinal))
        {
            string first = File.ReadLines(path).First();
            if (!first.StartsWith(Key, StringComparison.Ordinal))
                throw new FormatException($"{path}: the first line is not '{Key}…'");
            foreach (string shell in first[Key.Length..].Split(',', StringSplitOptions.TrimEntries))
                yield return [Path.GetFileName(path), shell];
        }
    }
}
