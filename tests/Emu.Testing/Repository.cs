using System.Reflection;

namespace Emu.Testing;

/// <summary>Where the parts of this project lie on the host.</summary>
public static class Repository
{
    /// <summary>The folder of Emu.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The sources of the guest programs.</summary>
    public static string Guest { get; } = Path.Combine(Root, "tests", "guest");

    /// <summary>The samples, each with the trace that is expected of it.</summary>
    public static string Samples { get; } = Path.Combine(Root, "samples");

    /// <summary>Debug or Release: as this library was built.</summary>
    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    /// <summary>The <c>emu</c> to be tested: what EMU_PATH names, or what the build of this library published.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Emu { get; } = FindEmu();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Emu.sln")))
                return folder.FullName;
        }
        throw new FileNotFoundException($"no Emu.sln above {AppContext.BaseDirectory}");
    }

    private static string FindEmu()
    {
        if (Environment.GetEnvironmentVariable("EMU_PATH") is { Length: > 0 } given)
            return Path.GetFullPath(given);
        string published = Path.Combine(Root, "tests", "Emu.Testing", "bin", Configuration, "emu", "emu");
        return File.Exists(published) ? published : throw new FileNotFoundException($"no {published}: the build of Emu.Testing publishes it");
    }
}
