using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostFileTransferTests : TestBase
{
    [Fact]
    public void ReadAndWrite_MovePosition()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(6, HostFile.Write(fd, "abcdef"u8));
        Assert.Equal(2, HostFile.Seek(fd, 2, HostSeek.Start));
        byte[] buffer = new byte[8];
        Assert.Equal(4, HostFile.Read(fd, buffer));
        Assert.Equal("cdef"u8.ToArray(), buffer[..4]);
        Assert.Equal(0, HostFile.Read(fd, buffer));
        Assert.Equal(0, HostFile.Read(fd, default));
        Assert.Equal(0, HostFile.Write(fd, default));
    }

    [Fact]
    public void ReadAndWrite_ReportErrno_WhenTheyFail()
    {
        byte[] buffer = new byte[8];
        int readOnly = OpenTemp("file"u8, HostOpenFlags.ReadOnly | HostOpenFlags.Create);
        Assert.Equal(-HostErrno.EBADF, HostFile.Write(readOnly, "x"u8));
        Assert.Equal(-HostErrno.EBADF, HostFile.Read(NoFd, buffer));
        Assert.Equal(-HostErrno.EISDIR, HostFile.Read(Temp.Fd, buffer));
        (int read, int write) = OpenPipe();
        HostFile.Dup3(readOnly, read, 0);
        Assert.Equal(-HostErrno.EPIPE, HostFile.Write(write, "x"u8));
    }

    [Fact]
    public void PReadAndPWrite_LeavePosition()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(3, HostFile.PWrite(fd, "abc"u8, 10));
        byte[] buffer = new byte[8];
        Assert.Equal(2, HostFile.PRead(fd, buffer, 11));
        Assert.Equal("bc"u8.ToArray(), buffer[..2]);
        Assert.Equal(0, HostFile.Seek(fd, 0, HostSeek.Current));
        Assert.Equal(0, HostFile.PRead(fd, buffer, 100));
        Assert.Equal(-HostErrno.EINVAL, HostFile.PRead(fd, buffer, -1));
        Assert.Equal(-HostErrno.EINVAL, HostFile.PWrite(fd, "x"u8, -1));
        (int read, int write) = OpenPipe();
        Assert.Equal(-HostErrno.ESPIPE, HostFile.PRead(read, buffer, 0));
        Assert.Equal(-HostErrno.ESPIPE, HostFile.PWrite(write, "x"u8, 0));
    }

    [Fact]
    public void PReadVAndPWriteV_UseBuffersInTurn()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(6, HostFile.PWriteV(fd, 1, "ab"u8, default, "c"u8, "def"u8));
        byte[] first = new byte[3];
        byte[] second = new byte[5];
        Assert.Equal(6, HostFile.PReadV(fd, 1, first, second));
        Assert.Equal("abc"u8.ToArray(), first);
        Assert.Equal("def\0\0"u8.ToArray(), second);
        Assert.Equal(0, HostFile.PReadV(fd, 100, first, second));
        Assert.Equal(-HostErrno.EBADF, HostFile.PReadV(NoFd, 0, first, second));
        Assert.Equal(-HostErrno.EBADF, HostFile.PWriteV(NoFd, 0, first, second));
    }

    [Fact]
    public void ReadVAndWriteV_WorkOnPipes()
    {
        (int read, int write) = OpenPipe();
        Assert.Equal(5, HostFile.WriteVInterruptible(write, "ab"u8, "cde"u8));
        byte[] first = new byte[1];
        byte[] second = new byte[9];
        Assert.Equal(5, HostFile.ReadVInterruptible(read, default, first, second));
        Assert.Equal("a"u8.ToArray(), first);
        Assert.Equal("bcde"u8.ToArray(), second[..4]);
        Assert.Equal(-HostErrno.EBADF, HostFile.ReadVInterruptible(NoFd, first, second));
        Assert.Equal(-HostErrno.EBADF, HostFile.WriteVInterruptible(NoFd, first, second));
    }

    [Fact]
    public void Seek_FindsDataAndHoles()
    {
        const long Hole = 1 << 20;
        int fd = OpenTemp("file"u8);
        HostFile.PWrite(fd, "x"u8, Hole);
        Assert.Equal(Hole + 1, HostFile.Seek(fd, 0, HostSeek.End));
        Assert.Equal(Hole, HostFile.Seek(fd, 0, HostSeek.Data));
        Assert.Equal(0, HostFile.Seek(fd, 0, HostSeek.Hole));
        Assert.Equal(Hole + 1, HostFile.Seek(fd, Hole, HostSeek.Hole));
        Assert.Equal(-HostErrno.ENXIO, HostFile.Seek(fd, Hole + 1, HostSeek.Data));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Seek(fd, -1, HostSeek.Start));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Seek(fd, 0, 99));
        Assert.Equal(-HostErrno.ESPIPE, HostFile.Seek(OpenPipe().Read, 0, HostSeek.Start));
    }

    [Fact]
    public void Seek_TakesLargeOffsets()
    {
        const long Large = 0x1_2345_6789_ABL;
        int fd = OpenTemp("file"u8);
        Assert.Equal(Large, HostFile.Seek(fd, Large, HostSeek.Start));
        Assert.Equal(0, HostFile.Truncate(fd, Large));
        Assert.Equal(Large, HostFile.Seek(fd, 0, HostSeek.End));
    }

    [Fact]
    public void Truncate_SetsSize()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(0, HostFile.Truncate(fd, 1000));
        HostStat.Statx(fd, out HostStatx stat);
        Assert.Equal(1000u, stat.Size);
        Assert.Equal(-HostErrno.EINVAL, HostFile.Truncate(fd, -1));
        int readOnly = Keep(HostFile.OpenAt(Temp.Fd, "file"u8, HostOpenFlags.ReadOnly));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Truncate(readOnly, 0));
    }

    [Fact]
    public void Allocate_GivesStorage_AndPunchesHoles()
    {
        const long Size = 1 << 16;
        int fd = OpenTemp("file"u8);
        Assert.Equal(0, HostFile.Allocate(fd, HostFallocate.Default, 0, Size));
        HostStat.Statx(fd, out HostStatx full);
        Assert.Equal((ulong)Size, full.Size);
        Assert.True(full.Blocks * 512 >= Size);
        Assert.Equal(0, HostFile.Allocate(fd, HostFallocate.PunchHole | HostFallocate.KeepSize, 0, Size));
        HostStat.Statx(fd, out HostStatx punched);
        Assert.Equal((ulong)Size, punched.Size);
        Assert.True(punched.Blocks < full.Blocks);
        Assert.Equal(-HostErrno.EINVAL, HostFile.Allocate(fd, 0, 0, 0));
        Assert.Equal(-HostErrno.ESPIPE, HostFile.Allocate(OpenPipe().Write, 0, 0, 1));
    }

    [Fact]
    public void Sync_Succeeds_OnFilesOnly()
    {
        int fd = OpenTemp("file"u8);
        Assert.Equal(0, HostFile.Sync(fd));
        Assert.Equal(0, HostFile.DataSync(fd));
        Assert.Equal(0, HostFile.Sync(Temp.Fd));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Sync(OpenPipe().Write));
        Assert.Equal(-HostErrno.EBADF, HostFile.DataSync(NoFd));
    }

    [Fact]
    public void Write_ReportsFault_WhenFileGrowsTooLarge()
    {
        int fd = OpenTemp("file"u8);
        long result = HostFile.PWrite(fd, "x"u8, long.MaxValue);
        Assert.True(result is -HostErrno.EFBIG or -HostErrno.EINVAL, $"{result}");
    }
}
