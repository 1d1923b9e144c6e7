using System.Text;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostDirectoryTests : TestBase
{
    private List<(string Name, HostEntryType Type, ulong Ino, long Off)> List(int size)
    {
        List<(string, HostEntryType, ulong, long)> found = [];
        byte[] buffer = new byte[size];
        int length;
        HostFile.Seek(Temp.Fd, 0, HostSeek.Start);
        while ((length = HostDirectory.GetDents64(Temp.Fd, buffer)) > 0)
        {
            foreach (HostDirectoryEntry entry in new HostDirectoryEntries(buffer.AsSpan(0, length)))
                found.Add((Encoding.Latin1.GetString(entry.Name), entry.Type, entry.Ino, entry.Off));
        }
        Assert.Equal(0, length);
        return found;
    }

    [Fact]
    public void GetDents64_YieldsAllEntries_InSmallAndLargeBuffers()
    {
        Temp.Write(OddName, "x"u8);
        HostDirectory.MkDirAt(Temp.Fd, "sub"u8, 0x1C0);
        HostDirectory.SymlinkAt("sub"u8, Temp.Fd, "link"u8);
        HostDirectory.MkNodAt(Temp.Fd, "fifo"u8, HostFileType.Fifo | 0x180);
        for (int i = 0; i < 50; i++)
            Temp.Write(Encoding.ASCII.GetBytes($"file{i}"), default);
        var small = List(128);
        var large = List(65536);
        Assert.Equal(small.Order(), large.Order());
        Assert.Equal(56, large.Count);
        Assert.Contains(large, e => e.Name == Encoding.Latin1.GetString(OddName) && e.Type == HostEntryType.Regular);
        Assert.Contains(large, e => e is { Name: "sub", Type: HostEntryType.Directory });
        Assert.Contains(large, e => e is { Name: "link", Type: HostEntryType.SymbolicLink });
        Assert.Contains(large, e => e is { Name: "fifo", Type: HostEntryType.Fifo });
        HostStat.StatxAt(Temp.Fd, "sub"u8, 0, out HostStatx stat);
        Assert.Contains(large, e => e.Name == "sub" && e.Ino == stat.Ino);
    }

    [Fact]
    public void GetDents64_GoesOnBehindEntry_AfterSeekToItsOff()
    {
        for (int i = 0; i < 10; i++)
            Temp.Write(Encoding.ASCII.GetBytes($"file{i}"), default);
        var all = List(4096);
        HostFile.Seek(Temp.Fd, all[4].Off, HostSeek.Start);
        byte[] buffer = new byte[4096];
        int length = HostDirectory.GetDents64(Temp.Fd, buffer);
        HostDirectoryEntries entries = new(buffer.AsSpan(0, length));
        Assert.True(entries.MoveNext());
        Assert.Equal(all[5].Name, Encoding.Latin1.GetString(entries.Current.Name));
    }

    [Fact]
    public void GetDents64_ReportsErrno_WhenItFails()
    {
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.GetDents64(Temp.Fd, new byte[8]));
        Assert.Equal(-HostErrno.ENOTDIR, HostDirectory.GetDents64(OpenTemp("file"u8), new byte[512]));
        Assert.Equal(-HostErrno.EBADF, HostDirectory.GetDents64(NoFd, new byte[512]));
    }

    [Fact]
    public void Entries_End_WhenRecordIsCutOrBroken()
    {
        byte[] record = new byte[24];
        record[16] = 24;
        record[19] = (byte)'n';
        Assert.Equal(1, Count(record));
        Assert.Equal(0, Count(record.AsSpan(0, 23)));
        Assert.Equal(0, Count(record.AsSpan(0, 10)));
        Assert.Equal(0, Count(default));
        record[16] = 0;
        Assert.Equal(0, Count(record));
    }

    private static int Count(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        foreach (HostDirectoryEntry entry in new HostDirectoryEntries(bytes))
            count += entry.Name.Length;
        return count;
    }

    [Fact]
    public void MkDirAt_MakesDirectory_AndUnlinkAtRemovesIt()
    {
        Assert.Equal(0, HostDirectory.MkDirAt(Temp.Fd, OddName, 0x1C0));
        Assert.Equal(-HostErrno.EEXIST, HostDirectory.MkDirAt(Temp.Fd, OddName, 0x1C0));
        Assert.Equal(-HostErrno.ENOENT, HostDirectory.MkDirAt(Temp.Fd, "no/sub"u8, 0x1C0));
        Assert.Equal(-HostErrno.EISDIR, HostDirectory.UnlinkAt(Temp.Fd, OddName, 0));
        Temp.Write([.. OddName, (byte)'/', (byte)'f'], default);
        Assert.Equal(-HostErrno.ENOTEMPTY, HostDirectory.UnlinkAt(Temp.Fd, OddName, HostAtFlags.RemoveDirectory));
        Assert.Equal(0, HostDirectory.UnlinkAt(Temp.Fd, [.. OddName, (byte)'/', (byte)'f'], 0));
        Assert.Equal(0, HostDirectory.UnlinkAt(Temp.Fd, OddName, HostAtFlags.RemoveDirectory));
        Assert.Equal(-HostErrno.ENOENT, HostDirectory.UnlinkAt(Temp.Fd, OddName, HostAtFlags.RemoveDirectory));
        Assert.Equal(-HostErrno.ENAMETOOLONG, HostDirectory.MkDirAt(Temp.Fd, new byte[5000], 0));
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.UnlinkAt(Temp.Fd, "a\0"u8, 0));
    }

    [Fact]
    public void RenameAt2_MovesReplacesAndExchanges()
    {
        Temp.Write("a"u8, "a"u8);
        Temp.Write("b"u8, "b"u8);
        int fd = Temp.Fd;
        Assert.Equal(-HostErrno.EEXIST, HostDirectory.RenameAt2(fd, "a"u8, fd, "b"u8, HostRenameFlags.NoReplace));
        Assert.Equal(0, HostDirectory.RenameAt2(fd, "a"u8, fd, "b"u8, HostRenameFlags.Exchange));
        Assert.Equal("b", ReadText("a"u8));
        Assert.Equal(0, HostDirectory.RenameAt2(fd, "a"u8, fd, OddName, 0));
        Assert.Equal("b", ReadText(OddName));
        Assert.Equal(-HostErrno.ENOENT, HostDirectory.RenameAt2(fd, "a"u8, fd, "b"u8, 0));
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.RenameAt2(fd, "b"u8, fd, "c"u8, 0x80));
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.RenameAt2(fd, "b"u8, fd, "c\0"u8, 0));
    }

    private string ReadText(ReadOnlySpan<byte> name)
    {
        byte[] buffer = new byte[16];
        long length = HostFile.Read(OpenTemp(name, HostOpenFlags.ReadOnly), buffer);
        return Encoding.ASCII.GetString(buffer, 0, (int)length);
    }

    [Fact]
    public void LinkAt_GivesFileAnotherName()
    {
        Temp.Write("a"u8, "a"u8);
        Assert.Equal(0, HostDirectory.LinkAt(Temp.Fd, "a"u8, Temp.Fd, OddName, 0));
        HostStat.StatxAt(Temp.Fd, OddName, 0, out HostStatx stat);
        Assert.Equal(2u, stat.LinkCount);
        Assert.Equal(-HostErrno.EEXIST, HostDirectory.LinkAt(Temp.Fd, "a"u8, Temp.Fd, OddName, 0));
        Assert.Equal(-HostErrno.EPERM, HostDirectory.LinkAt(Temp.Fd, "."u8, Temp.Fd, "dir"u8, 0));
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.LinkAt(Temp.Fd, "a\0"u8, Temp.Fd, "b"u8, 0));
    }

    [Fact]
    public void LinkAt_NamesUnnamedFile_ByItsProcPath()
    {
        int unnamed = Keep(HostFile.OpenAt(Temp.Fd, "."u8, HostOpenFlags.TemporaryFile | HostOpenFlags.ReadWrite, 0x180));
        HostFile.Write(unnamed, "text"u8);
        byte[] path = new byte[32];
        int length = HostFile.FormatProcPath(unnamed, path);
        Assert.Equal(
            0, HostDirectory.LinkAt(-100, path.AsSpan(0, length), Temp.Fd, "named"u8, HostAtFlags.SymlinkFollow));
        Assert.Equal("text", ReadText("named"u8));
    }

    [Fact]
    public void SymlinkAt_StoresTargetRaw_AndReadLinkAtCutsIt()
    {
        byte[] buffer = new byte[64];
        Assert.Equal(0, HostDirectory.SymlinkAt(OddName, Temp.Fd, "link"u8));
        int length = HostDirectory.ReadLinkAt(Temp.Fd, "link"u8, buffer);
        Assert.Equal(OddName.ToArray(), buffer[..length]);
        Assert.Equal(3, HostDirectory.ReadLinkAt(Temp.Fd, "link"u8, buffer.AsSpan(0, 3)));
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.ReadLinkAt(Temp.Fd, "link"u8, default));
        Assert.Equal(-HostErrno.EINVAL, HostDirectory.ReadLinkAt(Temp.Fd, "."u8, buffer));
        Assert.Equal(-HostErrno.ENOENT, HostDirectory.ReadLinkAt(Temp.Fd, "none"u8, buffer));
        Assert.Equal(-HostErrno.EEXIST, HostDirectory.SymlinkAt("x"u8, Temp.Fd, "link"u8));
        Assert.Equal(-HostErrno.ENOENT, HostDirectory.SymlinkAt(""u8, Temp.Fd, "empty"u8));
        int link = OpenTemp("link"u8, HostOpenFlags.Path | HostOpenFlags.NoFollow);
        Assert.Equal(OddName.Length, HostDirectory.ReadLinkAt(link, ""u8, buffer));
    }

    [Fact]
    public void MkNodAt_MakesFifoAndRegularFile()
    {
        Assert.Equal(0, HostDirectory.MkNodAt(Temp.Fd, "fifo"u8, HostFileType.Fifo | 0x180));
        Assert.Equal(0, HostDirectory.MkNodAt(Temp.Fd, OddName, HostFileType.Regular | 0x180));
        HostStat.StatxAt(Temp.Fd, "fifo"u8, 0, out HostStatx fifo);
        HostStat.StatxAt(Temp.Fd, OddName, 0, out HostStatx file);
        Assert.Equal(HostFileType.Fifo, fifo.Mode & HostFileType.Mask);
        Assert.Equal(HostFileType.Regular | 0x180, file.Mode);
        Assert.Equal(-HostErrno.EEXIST, HostDirectory.MkNodAt(Temp.Fd, "fifo"u8, HostFileType.Fifo));
        Assert.Equal(-HostErrno.EPERM, HostDirectory.MkNodAt(Temp.Fd, "dir"u8, HostFileType.Directory));
    }

    [Fact]
    public void GetCurrent_TellsWorkingDirectory()
    {
        byte[] buffer = new byte[4096];
        int length = HostDirectory.GetCurrent(buffer);
        Assert.Equal(Environment.CurrentDirectory, Encoding.UTF8.GetString(buffer, 0, length));
        Assert.Equal(-HostErrno.ERANGE, HostDirectory.GetCurrent(buffer.AsSpan(0, 1)));
    }
}
