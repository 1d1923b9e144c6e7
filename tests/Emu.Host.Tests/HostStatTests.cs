using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostStatTests : TestBase
{
    [Fact]
    public void StatxAt_TellsOfFile()
    {
        long before = HostClock.Realtime() / 1_000_000_000;
        Temp.Write(OddName, "hello"u8);
        HostAttributes.FChModAt(Temp.Fd, OddName, 0x1A4);
        Assert.Equal(0, HostStat.StatxAt(Temp.Fd, OddName, 0, out HostStatx stat));
        Assert.Equal(HostStatxMask.Basic, stat.Mask & HostStatxMask.Basic);
        Assert.Equal(HostFileType.Regular | 0x1A4, stat.Mode);
        Assert.Equal(5u, stat.Size);
        Assert.Equal(1u, stat.LinkCount);
        Assert.NotEqual(0u, stat.Ino);
        Assert.NotEqual(0u, stat.BlockSize);
        HostProcess.GetUserIds(out _, out uint user, out _);
        Assert.Equal(user, stat.Uid);
        foreach (HostTimestamp time in new[] { stat.AccessTime, stat.ModificationTime, stat.ChangeTime })
        {
            Assert.True(time.Seconds >= before - 1 && time.Nanoseconds < 1_000_000_000);
        }
    }

    [Fact]
    public void StatxAt_ObeysFlags()
    {
        Temp.Write("file"u8, "hello"u8);
        HostDirectory.SymlinkAt("file"u8, Temp.Fd, "link"u8);
        HostStat.StatxAt(Temp.Fd, "link"u8, 0, out HostStatx file);
        HostStat.StatxAt(Temp.Fd, "link"u8, HostAtFlags.SymlinkNoFollow, out HostStatx link);
        Assert.Equal(HostFileType.Regular, file.Mode & HostFileType.Mask);
        Assert.Equal(HostFileType.SymbolicLink, link.Mode & HostFileType.Mask);
        Assert.Equal(4u, link.Size);
        Assert.Equal(0, HostStat.StatxAt(Temp.Fd, ""u8, HostAtFlags.EmptyPath, out HostStatx self));
        Assert.Equal(HostFileType.Directory, self.Mode & HostFileType.Mask);
    }

    [Fact]
    public void Statx_TellsOfOpenFile_AlsoByPathDescriptor()
    {
        int fd = OpenTemp("file"u8);
        HostFile.Allocate(fd, 0, 0, 8192);
        Assert.Equal(0, HostStat.Statx(fd, out HostStatx stat));
        Assert.Equal(8192u, stat.Size);
        Assert.True(stat.Blocks >= 16);
        int path = OpenTemp("file"u8, HostOpenFlags.Path);
        Assert.Equal(0, HostStat.Statx(path, out HostStatx same));
        Assert.Equal((stat.Ino, stat.Device, stat.MountId), (same.Ino, same.Device, same.MountId));
        Assert.Equal(stat.Mask & HostStatxMask.MountId, same.Mask & HostStatxMask.MountId);
    }

    [Fact]
    public void StatxAt_TellsOfDevice()
    {
        Assert.Equal(0, HostStat.StatxAt(HostAtFlags.CurrentDirectory, "/dev/null"u8, 0, out HostStatx stat));
        Assert.Equal(HostFileType.CharacterDevice, stat.Mode & HostFileType.Mask);
        Assert.Equal((1u, 3u), (stat.RDeviceMajor, stat.RDeviceMinor));
        Assert.Equal(0x103u, stat.RDevice);
    }

    [Theory]
    [InlineData(8, 1, 0x801)]
    [InlineData(259, 0x12345, 0x1_2310_3_45)]
    [InlineData(0xFFF, 0xFFFFF, 0xFFFFFFFF)]
    public void EncodeDevice_PutsHighMinorBitsOnTop(uint major, uint minor, uint expected) =>
        Assert.Equal(expected, HostStatx.EncodeDevice(major, minor));

    [Fact]
    public void Statx_ReportsErrno_AndClears_WhenItFails()
    {
        Assert.Equal(-HostErrno.ENOENT, HostStat.StatxAt(Temp.Fd, "none"u8, 0, out HostStatx stat));
        Assert.Equal((0u, 0ul), (stat.Mask, stat.Ino));
        Assert.Equal(-HostErrno.ENOENT, HostStat.StatxAt(Temp.Fd, ""u8, 0, out _));
        Assert.Equal(-HostErrno.EBADF, HostStat.Statx(NoFd, out _));
        Assert.Equal(-HostErrno.EINVAL, HostStat.StatxAt(Temp.Fd, "a\0"u8, 0, out _));
        Assert.Equal(-HostErrno.EINVAL, HostStat.StatxAt(Temp.Fd, "."u8, 1 << 30, out _));
        Assert.Equal(-HostErrno.ENAMETOOLONG, HostStat.StatxAt(Temp.Fd, new byte[4096], 0, out _));
    }

    [Fact]
    public void Statfs_TellsOfFileSystem()
    {
        Assert.Equal(0, HostFileSystem.Statfs("/proc"u8, out HostStatfs proc));
        Assert.Equal(0x9FA0, proc.Type);
        Assert.Equal(0, HostFileSystem.Statfs(Temp.PathOf("."u8), out HostStatfs byPath));
        Assert.Equal(0, HostFileSystem.FStatfs(Temp.Fd, out HostStatfs byFd));
        Assert.Equal((byPath.Type, byPath.BlockSize, byPath.NameMax), (byFd.Type, byFd.BlockSize, byFd.NameMax));
        Assert.Equal(255, byFd.NameMax);
        Assert.True(byFd.FragmentSize > 0 && byFd.Blocks >= byFd.FreeBlocks && byFd.FreeBlocks >= byFd.AvailableBlocks);
        Assert.Equal(-HostErrno.ENOENT, HostFileSystem.Statfs(Temp.PathOf("none"u8), out _));
        Assert.Equal(-HostErrno.EINVAL, HostFileSystem.Statfs("/\0"u8, out _));
        Assert.Equal(-HostErrno.EBADF, HostFileSystem.FStatfs(NoFd, out _));
    }
}
