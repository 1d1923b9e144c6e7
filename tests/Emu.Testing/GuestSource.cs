namespace Emu.Testing;

/// <summary>A guest program in source, with what its first comment lines ask of the harness.</summary>
/// <remarks>
/// Lines of the form <c>// key: words</c> at the head of the file, each at most once if not said otherwise:
/// <c>build</c> names the builds (glibc-static if missing); <c>flags</c> go to the compiler behind the harness's own; <c>args</c> are the
/// program's arguments, and each such line is a run of its own; <c>stdin</c> is its input, with <c>\n</c> for the end of a line;
/// <c>emu</c> are options of emu.
/// </remarks>
public sealed class GuestSource
{
    private readonly Dictionary<string, List<string>> _keys = [];

    /// <summary>Reads the head of a source.</summary>
    /// <param name="path">A file in C or assembly.</param>
    /// <exception cref="FormatException">A key stands twice.</exception>
    public GuestSource(string path)
    {
        FilePath = path;
        Text = File.ReadAllText(path);
        foreach (string line in Text.Split('\n').TakeWhile(static line => line.StartsWith("//", StringComparison.Ordinal)))
            ReadLine(line[2..].Trim());
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Its content.</summary>
    public string Text { get; }

    /// <summary>The file without folder and ending.</summary>
    public string Name => Path.GetFileNameWithoutExtension(FilePath);

    /// <summary>
    /// What a run must print, with <c>status: N</c> as the last line, where the kernel of the machine that tests cannot show it: the file of the same name with the ending
    /// <c>.expected</c>. Null if the native run is the oracle.
    /// </summary>
    public string? Expected => File.Exists(Path.ChangeExtension(FilePath, ".expected")) ? File.ReadAllText(Path.ChangeExtension(FilePath, ".expected")) : null;

    /// <summary>How it is built.</summary>
    public IEnumerable<GuestBuild> Builds => WordsOf("build").DefaultIfEmpty("glibc-static").Select(GuestBuild.Named);

    /// <summary>What the compiler gets beyond the harness's own flags.</summary>
    public IEnumerable<string> Flags => WordsOf("flags");

    /// <summary>Options of emu.</summary>
    /// <remarks>A comma may be part of one.</remarks>
    public IEnumerable<string> EmuOptions =>
        _keys.TryGetValue("emu", out List<string>? lines) ? lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>The arguments of each run; one run without any if nothing is said.</summary>
    public IEnumerable<string[]> Runs => _keys.TryGetValue("args", out List<string>? lines) ? lines.Select(Words) : [[]];

    /// <summary>The input.</summary>
    public byte[] Input => _keys.TryGetValue("stdin", out List<string>? lines)
        ? System.Text.Encoding.UTF8.GetBytes(lines[0].Replace("\\n", "\n", StringComparison.Ordinal))
        : [];

    private void ReadLine(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon < 0)
            return;
        string key = line[..colon];
        if (key is not ("build" or "flags" or "args" or "stdin" or "emu"))
            return;
        if (!_keys.TryGetValue(key, out List<string>? lines))
            _keys[key] = lines = [];
        else if (key != "args")
            throw new FormatException($"{FilePath}: '{key}' stands twice");
        lines.Add(line[(colon + 2)..]);
    }

    private IEnumerable<string> WordsOf(string key) => _keys.TryGetValue(key, out List<string>? lines) ? Words(lines[0]) : [];

    private static string[] Words(string line) =>
        line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
