using System.Reflection;
using Emu.Testing;
using Xunit.Sdk;

namespace Emu.Guest.Tests;

/// <summary>A row for each run of each program under tests/guest that is built in one of these ways.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GuestProgramsAttribute(params string[] builds) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        foreach (string path in Directory.EnumerateFiles(Repository.Guest, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(Path.GetDirectoryName(path)) == "programs")
                continue; // input of the compilers that run there
            GuestSource source = new(path);
            string name = Path.GetRelativePath(Repository.Guest, path);
            foreach (GuestBuild build in source.Builds.Where(build => builds.Contains(build.Name)))
            {
                foreach (string[] arguments in source.Runs)
                    yield return [name, build.Name, string.Join(' ', arguments)];
            }
        }
    }
}
