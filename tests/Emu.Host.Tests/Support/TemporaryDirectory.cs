using System.Text;

namespace Emu.Host.Tests.Support;

/// <summary>A directory of its own for a test, open as <see cref="Fd"/>; emptied and removed at the end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private const int OpenDirectory = HostOpenFlags.ReadOnly | HostOpenFlags.Directory | HostOpenFlags.CloseOnExec;

    public TemporaryDirectory()
    {
        Name = System.IO.Directory.CreateTempSubdirectory("emu-host-").FullName;
        Fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, Encoding.UTF8.GetBytes(Name), OpenDirectory);
        Assert.True(Fd >= 0, $"open {Name}: {Fd}");
    }

    public string Name { get; }

    public int Fd { get; }

    /// <summary>The absolute path of an entry.</summary>
    public byte[] PathOf(ReadOnlySpan<byte> name) => [.. Encoding.UTF8.GetBytes(Name), (byte)'/', .. name];

    /// <summary>Opens or makes a file; the descriptor is the test's to close.</summary>
    public int Open(ReadOnlySpan<byte> name, int flags, uint mode = 0x1A4)
    {
        int fd = HostFile.OpenAt(Fd, name, flags | HostOpenFlags.CloseOnExec, mode);
        Assert.True(fd >= 0, $"open: {fd}");
        return fd;
    }

    /// <summary>Makes a file with contents.</summary>
    public void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> contents)
    {
        int fd = Open(name, HostOpenFlags.WriteOnly | HostOpenFlags.Create | HostOpenFlags.Truncate);
        Assert.Equal(contents.Length, HostFile.Write(fd, contents));
        HostFile.Close(fd);
    }

    public void Dispose()
    {
        Empty(Fd);
        HostFile.Close(Fd);
        System.IO.Directory.Delete(Name);
    }

    /// <summary>Removes all entries, whatever bytes their names are.</summary>
    private static void Empty(int directory)
    {
        byte[] buffer = new byte[8192];
        HostFile.Seek(directory, 0, HostSeek.Start);
        int length;
        while ((length = HostDirectory.GetDents64(directory, buffer)) > 0)
        {
            foreach (HostDirectoryEntry entry in new HostDirectoryEntries(buffer.AsSpan(0, length)))
                Remove(directory, entry);
            HostFile.Seek(directory, 0, HostSeek.Start);
            if (length <= 48)
                break; // "." and ".." alone
        }
    }

    private static void Remove(int directory, HostDirectoryEntry entry)
    {
        if (entry.Name.SequenceEqual("."u8) || entry.Name.SequenceEqual(".."u8))
            return;
        if (entry.Type != HostEntryType.Directory)
        {
            HostDirectory.UnlinkAt(directory, entry.Name, 0);
            return;
        }
        int inner = HostFile.OpenAt(directory, entry.Name, OpenDirectory | HostOpenFlags.NoFollow);
        Empty(inner);
        HostFile.Close(inner);
        HostDirectory.UnlinkAt(directory, entry.Name, HostAtFlags.RemoveDirectory);
    }
}
