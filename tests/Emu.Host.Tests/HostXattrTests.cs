using System.Text;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostXattrTests : TestBase
{
    private static ReadOnlySpan<byte> Name => "user.emu"u8;

    private byte[] MakeFile()
    {
        Temp.Write(OddName, default);
        return Temp.PathOf(OddName);
    }

    [Fact]
    public void Set_Get_List_Remove_WorkOnPath()
    {
        byte[] path = MakeFile();
        byte[] buffer = new byte[64];
        Assert.Equal(0, HostXattr.Set(path, Name, "value\0x"u8));
        Assert.Equal(7, HostXattr.Get(path, Name, buffer));
        Assert.Equal("value\0x"u8.ToArray(), buffer[..7]);
        Assert.Equal(7, HostXattr.Get(path, Name, default));
        Assert.Equal(-HostErrno.ERANGE, HostXattr.Get(path, Name, buffer.AsSpan(0, 3)));
        int length = HostXattr.List(path, buffer);
        Assert.Contains("user.emu\0", Encoding.ASCII.GetString(buffer, 0, length));
        Assert.Equal(length, HostXattr.List(path, default));
        Assert.Equal(0, HostXattr.Remove(path, Name));
        Assert.Equal(-HostErrno.ENODATA, HostXattr.Remove(path, Name));
        Assert.Equal(-HostErrno.ENODATA, HostXattr.Get(path, Name, buffer));
    }

    [Fact]
    public void FunctionsOnDescriptor_Agree()
    {
        MakeFile();
        int fd = OpenTemp(OddName, HostOpenFlags.ReadWrite);
        byte[] buffer = new byte[64];
        Assert.Equal(0, HostXattr.FSet(fd, Name, "v"u8, HostXattr.Create));
        Assert.Equal(1, HostXattr.FGet(fd, Name, buffer));
        Assert.True(HostXattr.FList(fd, buffer) >= 9);
        Assert.Equal(0, HostXattr.FRemove(fd, Name));
        Assert.Equal(-HostErrno.ENODATA, HostXattr.FGet(fd, Name, buffer));
        int path = OpenTemp(OddName, HostOpenFlags.Path);
        Assert.Equal(-HostErrno.EBADF, HostXattr.FGet(path, Name, buffer));
        Assert.Equal(-HostErrno.EBADF, HostXattr.FSet(NoFd, Name, "v"u8));
        Assert.Equal(-HostErrno.EBADF, HostXattr.FList(NoFd, buffer));
        Assert.Equal(-HostErrno.EBADF, HostXattr.FRemove(NoFd, Name));
    }

    [Fact]
    public void LForms_ActOnLinkItself()
    {
        byte[] target = MakeFile();
        byte[] link = Temp.PathOf("link"u8);
        byte[] buffer = new byte[64];
        HostDirectory.SymlinkAt(OddName, Temp.Fd, "link"u8);
        HostXattr.Set(link, Name, "v"u8);
        Assert.Equal(1, HostXattr.LGet(target, Name, buffer));
        int onLink = HostXattr.LGet(link, Name, buffer);
        Assert.True(onLink is -HostErrno.ENODATA or -HostErrno.EPERM or -HostErrno.EOPNOTSUPP, $"{onLink}");
        // Links bear no attributes of the kind user (xattr(7)).
        int set = HostXattr.LSet(link, Name, "v"u8);
        Assert.True(set is -HostErrno.EPERM or -HostErrno.EOPNOTSUPP, $"{set}");
        Assert.Equal(0, HostXattr.LSet(target, Name, "w"u8));
        Assert.True(HostXattr.LList(target, buffer) >= 9);
        Assert.True(HostXattr.LList(link, buffer) >= 0);
        Assert.Equal(0, HostXattr.LRemove(target, Name));
        Assert.True(HostXattr.LRemove(link, Name) < 0);
    }

    [Fact]
    public void PathDescriptor_IsReachedByItsProcPath()
    {
        byte[] path = MakeFile();
        HostXattr.Set(path, Name, "v"u8);
        int fd = OpenTemp(OddName, HostOpenFlags.Path);
        byte[] buffer = new byte[64];
        int length = HostFile.FormatProcPath(fd, buffer);
        Assert.Equal(1, HostXattr.Get(buffer.AsSpan(0, length), Name, default));
    }

    [Fact]
    public void Set_ReportsErrno_WhenRefused()
    {
        byte[] path = MakeFile();
        Assert.Equal(-HostErrno.ENODATA, HostXattr.Set(path, Name, "v"u8, HostXattr.Replace));
        Assert.Equal(0, HostXattr.Set(path, Name, default, HostXattr.Create));
        Assert.Equal(-HostErrno.EEXIST, HostXattr.Set(path, Name, "v"u8, HostXattr.Create));
        Assert.Equal(-HostErrno.EOPNOTSUPP, HostXattr.Set(path, "nonsense"u8, "v"u8));
        Assert.Equal(-HostErrno.ERANGE, HostXattr.Set(path, new byte[256], "v"u8));
        Assert.Equal(-HostErrno.EINVAL, HostXattr.Set(path, "user.a\0b"u8, "v"u8));
        Assert.Equal(-HostErrno.ENOENT, HostXattr.Set(Temp.PathOf("none"u8), Name, "v"u8));
        Assert.Equal(-HostErrno.ENAMETOOLONG, HostXattr.List(new byte[5000], default));
    }
}
