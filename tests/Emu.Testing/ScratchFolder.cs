using System.Security.Cryptography;

namespace Emu.Testing;

/// <summary>A folder of its own for a test, gone with it.</summary>
public sealed class ScratchFolder : IDisposable
{
    private static int s_count;

    /// <summary>Makes one under the host's folder for temporary files.</summary>
    public ScratchFolder()
    {
        Root = Path.Combine(Path.GetTempPath(), $"emu-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
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

    /// <summary>What it holds, a line a file: path, type, mode, size or link target, hash of the content.</summary>
    public string Describe()
    {
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories);
        return string.Concat(entries.Order(StringComparer.Ordinal).Select(Describe));
    }

    /// <inheritdoc/>
    public void Dispose() => Remove();

    private string Describe(string path)
    {
        FileInfo file = new(path);
        string name = Path.GetRelativePath(Root, path);
        string mode = Convert.ToString((int)file.UnixFileMode, 8);
        if (file.LinkTarget != null)
            return $"{name} link {file.LinkTarget}\n";
        if (Directory.Exists(path))
            return $"{name}/ {mode}\n";
        if (!file.Attributes.HasFlag(FileAttributes.Normal))
            return $"{name} {file.Attributes} {mode}\n";
        return $"{name} {mode} {file.Length} {HashOf(path)}\n";
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
        Directory.Delete(Root, recursive: true);
    }
}
