using System.Security.Cryptography;

namespace Emu.Testing;

/// <summary>A folder of its own for a test, gone with it.</summary>
public sealed class ScratchFolder : IDisposable
{
    private static int _count;

    /// <summary>Makes one under the host's folder for temporary files.</summary>
    public ScratchFolder()
    {
        Root = Path.Combine(Path.GetTempPath(), $"emu-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(Root);
    }

    /// <summary>Its path.</summary>
    public string Root { get; }

    /// <summary>Puts a file into it, and the folders on the way.</summary>
    public void Put(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Empties it. The folder itself is a new one, so that nothing of its old state can be seen.</summary>
    public void Renew()
    {
        Remove();
        Directory.CreateDirectory(Root);
    }

    /// <summary>What it holds, a line a file: path, type, mode, link target; of a regular file the size and a hash of the content.</summary>
    public string Describe()
    {
        ProcessRequest find = new(Tools.Require("find"), [Root, "-mindepth", "1", "-printf", "%P\\t%y\\t%m\\t%l\\n"]);
        IEnumerable<string> lines = ProcessRunner.Run(find).OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(lines.Order(StringComparer.Ordinal).Select(Describe));
    }

    /// <inheritdoc/>
    public void Dispose() => Remove();

    private string Describe(string line)
    {
        string[] parts = line.Split('\t');
        if (parts[1] != "f")
            return string.Join(' ', parts).TrimEnd() + "\n";
        string path = Path.Combine(Root, parts[0]);
        return $"{parts[0]} {parts[2]} {new FileInfo(path).Length} {HashOf(path)}\n";
    }

    private static string HashOf(string path)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..16];
        }
        catch (UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    private void Remove()
    {
        if (!Directory.Exists(Root))
            return;
        // A program may have taken its own rights away.
        foreach (string folder in Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories))
        {
            if (new DirectoryInfo(folder).LinkTarget == null)
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        // Names that are no UTF-8 are beyond the framework.
        ProcessResult result = ProcessRunner.Run(new ProcessRequest("/bin/rm", ["-rf", "--", Root]));
        if (result.Status != 0)
            throw new IOException($"{Root} cannot be removed: {result.ErrorText}");
    }
}
