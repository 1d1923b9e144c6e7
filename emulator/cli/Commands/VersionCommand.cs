using Emu.Cpu;

namespace Emu.Cli;

/// <summary>emu version: what this is, and what it imitates.</summary>
internal static class VersionCommand
{
    /// <summary>The version of emu.</summary>
    public static string Version { get; } = typeof(VersionCommand).Assembly.GetName().Version is { } version
        ? $"{version.Major}.{version.Minor}.{version.Build}"
        : "0";

    /// <summary>Writes the lines.</summary>
    public static void Write(ByteWriter writer)
    {
        writer.Add("emu "u8).Add(Version).Add("\nkernel: Linux 6.18, x86-64\nprocessors:"u8);
        foreach (CpuModel model in CpuModel.All)
            writer.Add((byte)' ').Add(model.Name);
        writer.Add((byte)'\n');
    }
}
