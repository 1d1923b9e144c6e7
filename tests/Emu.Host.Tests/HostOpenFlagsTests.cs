using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostOpenFlagsTests : TestBase
{
    [Theory]
    [InlineData(HostOpenFlags.Directory, 0x4000)]
    [InlineData(HostOpenFlags.NoFollow, 0x8000)]
    [InlineData(HostOpenFlags.Direct, 0x10000)]
    [InlineData(HostOpenFlags.LargeFile, 0x20000)]
    [InlineData(HostOpenFlags.TemporaryFile, 0x404000)]
    [InlineData(HostOpenFlags.Create | HostOpenFlags.CloseOnExec | HostOpenFlags.Append, 0x80440)]
    public void SwapArm64_MovesOnlyTheFourFlags_BothWays(int x86, int arm64)
    {
        Assert.Equal(arm64, HostOpenFlags.SwapArm64(x86));
        Assert.Equal(x86, HostOpenFlags.SwapArm64(arm64));
    }

    [Fact]
    public void FromHost_UndoesToHost()
    {
        for (int bit = 0; bit < 31; bit++)
            Assert.Equal(1 << bit, HostOpenFlags.FromHost(HostOpenFlags.ToHost(1 << bit)));
    }

    [Fact]
    public void OpenAt_MeansTheFlagsItNames()
    {
        Temp.Write("file"u8, "x"u8);
        HostDirectory.SymlinkAt("file"u8, Temp.Fd, "link"u8);
        Assert.Equal(-HostErrno.ENOTDIR, HostFile.OpenAt(Temp.Fd, "file"u8, HostOpenFlags.Directory));
        Assert.Equal(-HostErrno.ELOOP, HostFile.OpenAt(Temp.Fd, "link"u8, HostOpenFlags.NoFollow));
        Keep(HostFile.OpenAt(Temp.Fd, "file"u8, HostOpenFlags.LargeFile));
        int unnamed = Keep(HostFile.OpenAt(Temp.Fd, "."u8, HostOpenFlags.TemporaryFile | HostOpenFlags.ReadWrite, 0x180));
        Assert.Equal(0, HostStat.Statx(unnamed, out HostStatx stat));
        Assert.Equal(0u, stat.LinkCount);
    }
}
