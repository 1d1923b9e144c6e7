using System.Reflection;
using Emu.Testing;
using Xunit.Sdk;

namespace Emu.Guest.Tests;

/// <summary>What the documents tell people to type works as it stands there.</summary>
public class DocumentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [DocumentCommands]
    public void Command_Succeeds(string document, string command)
    {
        using ScratchFolder folder = new();
        string tools = Path.GetDirectoryName(Repository.Emu)!;
        Dictionary<string, string> environment = new()
        {
            ["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? folder.Root,
        };
        ProcessResult result = ProcessRunner.Run(new ProcessRequest("/bin/sh", ["-c", command])
        {
            Folder = Repository.Root,
            Environment = environment,
            Limit = Limit,
        });
        Assert.True(result.Status == 0 && !result.TimedOut, $"{document}: {command}\nended with {result.Status}:\n{result.ErrorText}");
    }
}

/// <summary>
/// A row for each line of the blocks marked <c>```sh</c>. A line that a test cannot run stands in a block marked <c>```sh no-test</c>: what
/// installs packages, runs all tests (this one among them) or measures for minutes.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DocumentCommandsAttribute : DataAttribute
{
    private static readonly string[] Folders = ["docs", "samples"];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        foreach (string path in Documents())
        {
            foreach (string command in Commands(File.ReadLines(path)))
                yield return [Path.GetRelativePath(Repository.Root, path), command];
        }
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Folders.SelectMany(static name => Directory.EnumerateFiles(Path.Combine(Repository.Root, name), "*.md")))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Commands(IEnumerable<string> lines)
    {
        bool inside = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = !inside && line == "```sh";
            else if (inside && line.Length != 0 && !line.StartsWith('#'))
                yield return line;
        }
    }
}
