using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostAttributesTests : TestBase
{
    private const uint NoId = uint.MaxValue;

    private HostStatx Stat(ReadOnlySpan<byte> name)
    {
        Assert.Equal(0, HostStat.StatxAt(Temp.Fd, name, HostAtFlags.SymlinkNoFollow, out HostStatx stat));
        return stat;
    }

    [Fact]
    public void FChMod_SetsPermissions()
    {
        int fd = OpenTemp(OddName);
        Assert.Equal(0, HostAttributes.FChMod(fd, 0x9C0));
        Assert.Equal(HostFileType.Regular | 0x9C0, Stat(OddName).Mode);
        Assert.Equal(-HostErrno.EBADF, HostAttributes.FChMod(NoFd, 0));
        int path = OpenTemp(OddName, HostOpenFlags.Path);
        Assert.Equal(-HostErrno.EBADF, HostAttributes.FChMod(path, 0));
    }

    [Fact]
    public void FChModAt_SetsPermissions_AndLeavesLinksAlone()
    {
        Temp.Write(OddName, default);
        HostDirectory.SymlinkAt(OddName, Temp.Fd, "link"u8);
        Assert.Equal(0, HostAttributes.FChModAt(Temp.Fd, "link"u8, 0x100));
        Assert.Equal(0x100, Stat(OddName).Mode & 0xFFF);
        Assert.Equal(0, HostAttributes.FChModAt(Temp.Fd, OddName, 0x180, HostAtFlags.SymlinkNoFollow));
        Assert.Equal(0x180, Stat(OddName).Mode & 0xFFF);
        Assert.Equal(
            -HostErrno.EOPNOTSUPP, HostAttributes.FChModAt(Temp.Fd, "link"u8, 0x1C0, HostAtFlags.SymlinkNoFollow));
        Assert.Equal(0x180, Stat(OddName).Mode & 0xFFF);
        Assert.Equal(-HostErrno.ENOENT, HostAttributes.FChModAt(Temp.Fd, "none"u8, 0));
        Assert.Equal(-HostErrno.EINVAL, HostAttributes.FChModAt(Temp.Fd, OddName, 0, 1 << 30));
        Assert.Equal(-HostErrno.EINVAL, HostAttributes.FChModAt(Temp.Fd, "a\0"u8, 0));
    }

    [Fact]
    public void FChOwnAt_SetsOwner_WhenAllowed()
    {
        Temp.Write(OddName, default);
        HostStatx before = Stat(OddName);
        Assert.Equal(0, HostAttributes.FChOwnAt(Temp.Fd, OddName, NoId, NoId));
        Assert.Equal(0, HostAttributes.FChOwnAt(Temp.Fd, OddName, before.Uid, before.Gid));
        int expected = IsRoot ? 0 : -HostErrno.EPERM;
        Assert.Equal(expected, HostAttributes.FChOwnAt(Temp.Fd, OddName, before.Uid + 1, NoId));
        HostStatx after = Stat(OddName);
        Assert.Equal(before.Uid + (IsRoot ? 1u : 0u), after.Uid);
        Assert.Equal(before.Gid, after.Gid);
        Assert.Equal(-HostErrno.ENOENT, HostAttributes.FChOwnAt(Temp.Fd, "none"u8, NoId, NoId));
    }

    [Fact]
    public void FChOwnAt_ActsOnLinkOrDescriptor_WhenAsked()
    {
        HostDirectory.SymlinkAt("nowhere"u8, Temp.Fd, "link"u8);
        uint gid = Stat("link"u8).Gid;
        Assert.Equal(-HostErrno.ENOENT, HostAttributes.FChOwnAt(Temp.Fd, "link"u8, NoId, gid));
        Assert.Equal(0, HostAttributes.FChOwnAt(Temp.Fd, "link"u8, NoId, gid, HostAtFlags.SymlinkNoFollow));
        int path = OpenTemp("link"u8, HostOpenFlags.Path | HostOpenFlags.NoFollow);
        Assert.Equal(0, HostAttributes.FChOwnAt(path, ""u8, NoId, gid, HostAtFlags.EmptyPath));
    }

    [Fact]
    public void UTimeNsAt_SetsTimesToTheNanosecond()
    {
        Temp.Write(OddName, default);
        Assert.Equal(0, HostAttributes.UTimeNsAt(Temp.Fd, OddName, new(1000, 1), new(2000, 999_999_999)));
        HostStatx stat = Stat(OddName);
        Assert.Equal((1000L, 1u), (stat.AccessTime.Seconds, stat.AccessTime.Nanoseconds));
        Assert.Equal((2000L, 999_999_999u), (stat.ModificationTime.Seconds, stat.ModificationTime.Nanoseconds));
        Assert.Equal(0, HostAttributes.UTimeNsAt(Temp.Fd, OddName, HostFileTime.Omit, HostFileTime.Now));
        stat = Stat(OddName);
        Assert.Equal(1000L, stat.AccessTime.Seconds);
        Assert.True(stat.ModificationTime.Seconds > 1_000_000_000);
        Assert.Equal(-HostErrno.EINVAL, HostAttributes.UTimeNsAt(Temp.Fd, OddName, new(0, -1), HostFileTime.Omit));
        Assert.Equal(-HostErrno.ENOENT, HostAttributes.UTimeNsAt(Temp.Fd, "none"u8, HostFileTime.Now, HostFileTime.Now));
    }

    [Fact]
    public void UTimeNsAt_ActsOnLinkItself_WhenAsked()
    {
        HostDirectory.SymlinkAt("nowhere"u8, Temp.Fd, "link"u8);
        Assert.Equal(
            0, HostAttributes.UTimeNsAt(Temp.Fd, "link"u8, new(5, 0), new(6, 0), HostAtFlags.SymlinkNoFollow));
        Assert.Equal(6, Stat("link"u8).ModificationTime.Seconds);
    }

    [Fact]
    public void FUTimeNs_SetsTimesOfOpenFile()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(0, HostAttributes.FUTimeNs(fd, new(-5, 7), new(3, 4)));
        HostStatx stat = Stat("file"u8);
        Assert.Equal((-5L, 7u), (stat.AccessTime.Seconds, stat.AccessTime.Nanoseconds));
        Assert.Equal(-HostErrno.EBADF, HostAttributes.FUTimeNs(NoFd, HostFileTime.Now, HostFileTime.Now));
    }

    [Fact]
    public void FAccessAt2_AsksForPermissions()
    {
        Temp.Write(OddName, default);
        HostDirectory.SymlinkAt("nowhere"u8, Temp.Fd, "link"u8);
        HostAttributes.FChModAt(Temp.Fd, OddName, 0x100);
        const int Read = HostAccess.Read;
        Assert.Equal(0, HostAttributes.FAccessAt2(Temp.Fd, OddName, HostAccess.Exists));
        Assert.Equal(0, HostAttributes.FAccessAt2(Temp.Fd, OddName, Read, HostAtFlags.EffectiveAccess));
        Assert.Equal(-HostErrno.EACCES, HostAttributes.FAccessAt2(Temp.Fd, OddName, HostAccess.Execute));
        Assert.Equal(IsRoot ? 0 : -HostErrno.EACCES, HostAttributes.FAccessAt2(Temp.Fd, OddName, HostAccess.Write));
        Assert.Equal(-HostErrno.ENOENT, HostAttributes.FAccessAt2(Temp.Fd, "link"u8, 0));
        Assert.Equal(0, HostAttributes.FAccessAt2(Temp.Fd, "link"u8, 0, HostAtFlags.SymlinkNoFollow));
        Assert.Equal(-HostErrno.EINVAL, HostAttributes.FAccessAt2(Temp.Fd, OddName, 8));
        int path = OpenTemp(OddName, HostOpenFlags.Path);
        Assert.Equal(0, HostAttributes.FAccessAt2(path, ""u8, Read, HostAtFlags.EmptyPath));
    }
}
