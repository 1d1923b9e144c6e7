using System.Text;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostFileTests : TestBase
{
    [Fact]
    public void OpenAt_MakesAndFindsFile_WhenNameIsNotUtf8()
    {
        int fd = OpenTemp(OddName);
        Assert.Equal(5, HostFile.Write(fd, "hello"u8));
        int again = Keep(HostFile.OpenAt(HostAtFlags.CurrentDirectory, Temp.PathOf(OddName), HostOpenFlags.ReadOnly));
        byte[] buffer = new byte[16];
        Assert.Equal(5, HostFile.Read(again, buffer));
        Assert.Equal("hello"u8.ToArray(), buffer[..5]);
    }

    [Fact]
    public void OpenAt_ReportsErrno_WhenItFails()
    {
        Temp.Write("file"u8, "x"u8);
        Assert.Equal(-HostErrno.ENOENT, HostFile.OpenAt(Temp.Fd, "none"u8, 0));
        Assert.Equal(-HostErrno.ENOENT, HostFile.OpenAt(Temp.Fd, ""u8, 0));
        Assert.Equal(-HostErrno.EEXIST, HostFile.OpenAt(Temp.Fd, "file"u8, NewFile));
        Assert.Equal(-HostErrno.ENOTDIR, HostFile.OpenAt(Temp.Fd, "file/x"u8, 0));
        Assert.Equal(-HostErrno.EISDIR, HostFile.OpenAt(Temp.Fd, "."u8, HostOpenFlags.WriteOnly));
        Assert.Equal(-HostErrno.EBADF, HostFile.OpenAt(NoFd, "file"u8, 0));
    }

    [Fact]
    public void OpenAt_RefusesPath_WhenTooLongOrWithNul()
    {
        Assert.Equal(-HostErrno.ENAMETOOLONG, HostFile.OpenAt(Temp.Fd, new byte[4096], 0));
        byte[] longest = new byte[4095];
        longest.AsSpan().Fill((byte)'/');
        Keep(HostFile.OpenAt(Temp.Fd, longest, HostOpenFlags.ReadOnly));
        byte[] longName = new byte[256];
        longName.AsSpan().Fill((byte)'n');
        Assert.Equal(-HostErrno.ENAMETOOLONG, HostFile.OpenAt(Temp.Fd, longName, 0));
        Assert.Equal(-HostErrno.EINVAL, HostFile.OpenAt(Temp.Fd, "fi\0le"u8, 0));
        Assert.Equal(-HostErrno.EINVAL, HostFile.OpenAt(Temp.Fd, "file\0"u8, 0));
    }

    [Fact]
    public void OpenAt2_StaysBeneath_WhenAsked()
    {
        Temp.Write("file"u8, "x"u8);
        HostDirectory.SymlinkAt("/etc/passwd"u8, Temp.Fd, "out"u8);
        HostDirectory.SymlinkAt("../../../../../etc"u8, Temp.Fd, "up"u8);
        Keep(HostFile.OpenAt2(Temp.Fd, "file"u8, 0, 0, HostResolveFlags.Beneath));
        Assert.Equal(-HostErrno.EXDEV, HostFile.OpenAt2(Temp.Fd, "/etc"u8, 0, 0, HostResolveFlags.Beneath));
        Assert.Equal(-HostErrno.EXDEV, HostFile.OpenAt2(Temp.Fd, "../x"u8, 0, 0, HostResolveFlags.Beneath));
        Assert.Equal(-HostErrno.EXDEV, HostFile.OpenAt2(Temp.Fd, "out"u8, 0, 0, HostResolveFlags.Beneath));
        Assert.Equal(-HostErrno.EXDEV, HostFile.OpenAt2(Temp.Fd, "up"u8, 0, 0, HostResolveFlags.Beneath));
    }

    [Fact]
    public void OpenAt2_TakesDirectoryForRoot_WhenAsked()
    {
        HostDirectory.MkDirAt(Temp.Fd, "etc"u8, 0x1C0);
        Temp.Write("etc/own"u8, "x"u8);
        HostDirectory.SymlinkAt("/etc/own"u8, Temp.Fd, "link"u8);
        foreach (string path in new[] { "/etc/own", "../../etc/own", "link" })
            Keep(HostFile.OpenAt2(Temp.Fd, Encoding.UTF8.GetBytes(path), 0, 0, HostResolveFlags.InRoot));
        Assert.Equal(-HostErrno.ENOENT, HostFile.OpenAt2(Temp.Fd, "/etc/passwd"u8, 0, 0, HostResolveFlags.InRoot));
    }

    [Fact]
    public void OpenAt2_FollowsNoLinks_WhenToldSo()
    {
        Temp.Write("file"u8, "x"u8);
        HostDirectory.SymlinkAt("file"u8, Temp.Fd, "link"u8);
        Assert.Equal(-HostErrno.ELOOP, HostFile.OpenAt2(Temp.Fd, "link"u8, 0, 0, HostResolveFlags.NoSymlinks));
        byte[] magic = Encoding.ASCII.GetBytes($"/proc/self/fd/{Temp.Fd}");
        Keep(HostFile.OpenAt2(HostAtFlags.CurrentDirectory, magic, 0, 0, 0));
        Assert.Equal(
            -HostErrno.ELOOP, HostFile.OpenAt2(HostAtFlags.CurrentDirectory, magic, 0, 0, HostResolveFlags.NoMagicLinks));
        Assert.Equal(-HostErrno.EXDEV, HostFile.OpenAt2(-100, "/proc/self"u8, 0, 0, HostResolveFlags.NoXDev));
    }

    [Fact]
    public void OpenAt2_IsStrict_AboutModeAndFlags()
    {
        Keep(HostFile.OpenAt2(Temp.Fd, OddName, NewFile, 0x180, HostResolveFlags.Beneath));
        Assert.Equal(-HostErrno.EINVAL, HostFile.OpenAt2(Temp.Fd, OddName, 0, 0x180, 0));
        Assert.Equal(-HostErrno.EINVAL, HostFile.OpenAt2(Temp.Fd, OddName, 0, 0, 1UL << 40));
        Assert.Equal(-HostErrno.EINVAL, HostFile.OpenAt2(Temp.Fd, "a\0"u8, 0, 0, 0));
    }

    [Fact]
    public void OpenAt_GivesPathDescriptor_ThatOpensAnewByItsProcPath()
    {
        Temp.Write("file"u8, "hello"u8);
        int path = OpenTemp("file"u8, HostOpenFlags.Path);
        byte[] buffer = new byte[32];
        Assert.Equal(-HostErrno.EBADF, HostFile.Read(path, buffer));
        int length = HostFile.FormatProcPath(path, buffer);
        int fd = Keep(HostFile.OpenAt(HostAtFlags.CurrentDirectory, buffer.AsSpan(0, length), HostOpenFlags.ReadOnly));
        Assert.Equal(5, HostFile.Read(fd, buffer));
    }

    [Fact]
    public void FormatProcPath_IsErange_WhenBufferIsShort()
    {
        Assert.Equal(15, HostFile.FormatProcPath(7, new byte[15]));
        Assert.Equal(-HostErrno.ERANGE, HostFile.FormatProcPath(17, new byte[15]));
        Assert.Equal(-HostErrno.ERANGE, HostFile.FormatProcPath(7, new byte[3]));
        Assert.Equal(25, HostFile.FormatProcPath(int.MinValue, new byte[25]));
    }

    [Fact]
    public void GetPath_TellsNameOfOpenFile()
    {
        int fd = OpenTemp(OddName);
        byte[] buffer = new byte[4096];
        int length = HostFile.GetPath(fd, buffer);
        Assert.Equal(Temp.PathOf(OddName), buffer[..length]);
        HostDirectory.UnlinkAt(Temp.Fd, OddName, 0);
        length = HostFile.GetPath(fd, buffer);
        Assert.True(buffer.AsSpan(0, length).EndsWith(" (deleted)"u8));
        Assert.Equal(-HostErrno.ENOENT, HostFile.GetPath(NoFd, buffer));
    }

    [Fact]
    public void Close_FreesDescriptor()
    {
        int fd = Temp.Open("file"u8, NewFile);
        Assert.Equal(0, HostFile.Close(fd));
        Assert.Equal(-HostErrno.EBADF, HostFile.Close(NoFd));
        Assert.Equal(-HostErrno.EBADF, HostFile.Close(-1));
    }

    [Fact]
    public void Dup_SharesPosition_AndClosesOnExec()
    {
        int fd = OpenTemp("file"u8);
        int dup = Keep(HostFile.Dup(fd, 500));
        Assert.True(dup >= 500);
        HostFile.Write(fd, "abc"u8);
        Assert.Equal(3, HostFile.Seek(dup, 0, HostSeek.Current));
        Assert.Equal(1, HostFile.GetDescriptorFlags(dup));
        Assert.Equal(-HostErrno.EBADF, HostFile.Dup(NoFd));
    }

    [Fact]
    public void Dup3_ReplacesDescriptor()
    {
        int fd = OpenTemp("file"u8);
        int target = OpenTemp("other"u8);
        Assert.Equal(target, HostFile.Dup3(fd, target, HostOpenFlags.CloseOnExec));
        HostFile.Write(fd, "abc"u8);
        Assert.Equal(3, HostFile.Seek(target, 0, HostSeek.Current));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Dup3(fd, fd, 0));
        Assert.Equal(-HostErrno.EBADF, HostFile.Dup3(NoFd, target, 0));
    }

    [Fact]
    public void StatusFlags_AreGuestsValues()
    {
        int fd = OpenTemp("file"u8, NewFile | HostOpenFlags.Append);
        int flags = HostFile.GetStatusFlags(fd) & ~HostOpenFlags.LargeFile;
        Assert.Equal(HostOpenFlags.ReadWrite | HostOpenFlags.Append, flags);
        Assert.Equal(0, HostFile.SetStatusFlags(fd, HostOpenFlags.NonBlock));
        flags = HostFile.GetStatusFlags(fd) & ~HostOpenFlags.LargeFile;
        Assert.Equal(HostOpenFlags.ReadWrite | HostOpenFlags.NonBlock, flags);
        int directory = OpenTemp("."u8, HostOpenFlags.Path | HostOpenFlags.Directory);
        Assert.Equal(
            HostOpenFlags.Path | HostOpenFlags.Directory, HostFile.GetStatusFlags(directory) & ~HostOpenFlags.LargeFile);
        Assert.Equal(-HostErrno.EBADF, HostFile.GetStatusFlags(NoFd));
    }

    [Fact]
    public void DescriptorFlags_AreSetAndRead()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(1, HostFile.GetDescriptorFlags(fd));
        Assert.Equal(0, HostFile.SetDescriptorFlags(fd, 0));
        Assert.Equal(0, HostFile.GetDescriptorFlags(fd));
        Assert.Equal(-HostErrno.EBADF, HostFile.SetDescriptorFlags(NoFd, 0));
    }

    [Fact]
    public void Pipe2_CarriesBytes_AndKnowsItsSize()
    {
        (int read, int write) = OpenPipe(HostOpenFlags.NonBlock);
        byte[] buffer = new byte[8];
        Assert.Equal(-HostErrno.EAGAIN, HostFile.Read(read, buffer));
        Assert.Equal(2, HostFile.Write(write, "ab"u8));
        Assert.Equal(2, HostFile.Read(read, buffer));
        Assert.True(HostFile.SetPipeSize(write, 8192) >= 8192);
        Assert.Equal(HostFile.GetPipeSize(read), HostFile.GetPipeSize(write));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Pipe2(out int first, out int second, HostOpenFlags.Append));
        Assert.Equal((-1, -1), (first, second));
        Assert.Equal(-HostErrno.EBADF, HostFile.GetPipeSize(OpenTemp("file"u8)));
    }

    [Fact]
    public void MemfdCreate_MakesSealableFile()
    {
        int fd = Keep(HostFile.MemfdCreate(OddName, HostMemfdFlags.CloseOnExec | HostMemfdFlags.AllowSealing));
        const int SealWrite = 8;
        Assert.Equal(3, HostFile.Write(fd, "abc"u8));
        Assert.Equal(0, HostFile.GetSeals(fd));
        Assert.Equal(0, HostFile.AddSeals(fd, SealWrite));
        Assert.Equal(SealWrite, HostFile.GetSeals(fd));
        Assert.Equal(-HostErrno.EPERM, HostFile.Write(fd, "abc"u8));
        Assert.Equal(-HostErrno.EINVAL, HostFile.MemfdCreate("x"u8, 1u << 20));
        Assert.Equal(-HostErrno.EINVAL, HostFile.MemfdCreate("\0"u8, 0));
    }
}
