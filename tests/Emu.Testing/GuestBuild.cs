namespace Emu.Testing;

/// <summary>A way to make a program of a source.</summary>
/// <param name="Name">As the sources name it in their <c>build:</c> line.</param>
/// <param name="Compiler">The compiler driver.</param>
/// <param name="Flags">What makes the kind of program.</param>
public sealed record GuestBuild(string Name, string Compiler, string[] Flags)
{
    /// <summary>All ways.</summary>
    public static IReadOnlyList<GuestBuild> All { get; } =
    [
        new("glibc-static", "gcc", ["-static"]),
        new("glibc-static-pie", "gcc", ["-static-pie", "-fPIE"]),
        new("musl-static", "musl-gcc", ["-static"]),
        new("nostdlib", "gcc", ["-nostdlib", "-static", "-ffreestanding", "-fno-stack-protector"]),
        // As samples/Makefile builds them: what the compiler adds of its own accord is left out, for the file's length shows in a trace.
        new("sample", "gcc",
            ["-nostdlib", "-static", "-ffreestanding", "-fno-stack-protector", "-fno-ident", "-fno-asynchronous-unwind-tables", "-Wl,--build-id=none"]),
        new("nostdlib-pie", "gcc", ["-nostdlib", "-static-pie", "-fPIE", "-ffreestanding", "-fno-stack-protector"]),
    ];

    /// <summary>The way of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static GuestBuild Named(string name) =>
        All.FirstOrDefault(build => build.Name == name)
            ?? throw new ArgumentException($"'{name}' is no build; there are: {string.Join(", ", All.Select(build => build.Name))}");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
