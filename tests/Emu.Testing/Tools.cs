namespace Emu.Testing;

/// <summary>The programs of the host that tests need.</summary>
public static class Tools
{
    /// <summary>Whether a test may be skipped for want of a tool. Without it the test fails.</summary>
    public static bool MaySkip { get; } = Environment.GetEnvironmentVariable("EMU_ALLOW_SKIP") == "1";

    /// <summary>The path of a tool, or null if PATH has none of this name.</summary>
    /// <param name="name">A name to be found in PATH, or a path.</param>
    public static string? Find(string name)
    {
        if (name.Contains('/'))
            return File.Exists(name) ? name : null;
        string path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        return path.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>The path of a tool that a test cannot do without.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It is missing.</exception>
    public static string Require(string name)
    {
        string? path = Find(name);
        if (path == null)
            Assert.Fail($"'{name}' is missing: tests/install-packages.sh installs it; EMU_ALLOW_SKIP=1 skips the tests that need it.");
        return path;
    }

    /// <summary>Why tests that need these tools are skipped, or null if they are not.</summary>
    public static string? SkipReason(params ReadOnlySpan<string> names)
    {
        if (!MaySkip)
            return null;
        foreach (string name in names)
        {
            if (Find(name) == null)
                return $"'{name}' is missing";
        }
        return null;
    }
}

/// <summary>A test that needs tools of the host. Without one it fails, or is skipped if EMU_ALLOW_SKIP is 1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    /// <summary>Names the tools.</summary>
    public ToolFactAttribute(params string[] tools)
    {
        ToolNames = tools;
        Skip = Tools.SkipReason(tools)!;
    }

    /// <summary>The tools.</summary>
    public IReadOnlyList<string> ToolNames { get; }
}

/// <summary>A theory that needs tools of the host. Without one it fails, or is skipped if EMU_ALLOW_SKIP is 1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    /// <summary>Names the tools.</summary>
    public ToolTheoryAttribute(params string[] tools)
    {
        ToolNames = tools;
        Skip = Tools.SkipReason(tools)!;
    }

    /// <summary>The tools.</summary>
    public IReadOnlyList<string> ToolNames { get; }
}
