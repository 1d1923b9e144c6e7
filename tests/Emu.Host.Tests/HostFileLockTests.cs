using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostFileLockTests : TestBase
{
    [Fact]
    public void Flock_ExcludesOtherOpenFiles()
    {
        int first = OpenTemp("file"u8);
        int second = OpenTemp("file"u8, HostOpenFlags.ReadWrite);
        Assert.Equal(0, HostFile.Flock(first, HostFlock.Exclusive));
        Assert.Equal(-HostErrno.EAGAIN, HostFile.Flock(second, HostFlock.Shared | HostFlock.NonBlock));
        Assert.Equal(0, HostFile.Flock(first, HostFlock.Shared));
        Assert.Equal(0, HostFile.Flock(second, HostFlock.Shared | HostFlock.NonBlock));
        Assert.Equal(0, HostFile.Flock(first, HostFlock.Unlock));
        Assert.Equal(-HostErrno.EINVAL, HostFile.Flock(first, 0));
        Assert.Equal(-HostErrno.EBADF, HostFile.FlockInterruptible(NoFd, HostFlock.Shared));
    }

    [Fact]
    public void SetLock_ExcludesOverlappingRanges()
    {
        int first = OpenTemp("file"u8);
        int second = OpenTemp("file"u8, HostOpenFlags.ReadWrite);
        Assert.Equal(0, HostFile.SetLock(first, new HostFileLock(HostLockType.Write, 10, 10)));
        Assert.Equal(-HostErrno.EAGAIN, HostFile.SetLock(second, new HostFileLock(HostLockType.Read, 19, 1)));
        Assert.Equal(0, HostFile.SetLock(second, new HostFileLock(HostLockType.Write, 20, 0)));
        Assert.Equal(0, HostFile.SetLock(first, new HostFileLock(HostLockType.None, 0, 0)));
        Assert.Equal(0, HostFile.SetLockWaitInterruptible(second, new HostFileLock(HostLockType.Write, 0, 0)));
    }

    [Fact]
    public void GetLock_DescribesLockInTheWay()
    {
        int first = OpenTemp("file"u8);
        int second = OpenTemp("file"u8, HostOpenFlags.ReadWrite);
        HostFile.SetLock(first, new HostFileLock(HostLockType.Write, 10, 10));
        HostFileLock range = new(HostLockType.Read, 0, 0);
        Assert.Equal(0, HostFile.GetLock(second, ref range));
        Assert.Equal(new HostFileLock(HostLockType.Write, 10, 10, HostSeek.Start, -1), range);
        range = new HostFileLock(HostLockType.Read, 0, 5);
        Assert.Equal(0, HostFile.GetLock(second, ref range));
        Assert.Equal(HostLockType.None, range.Type);
    }

    [Fact]
    public void SetLock_ReportsErrno_WhenDescriptorDoesNotAllowIt()
    {
        OpenTemp("file"u8);
        int readOnly = OpenTemp("file"u8, HostOpenFlags.ReadOnly);
        HostFileLock write = new(HostLockType.Write, 0, 0);
        Assert.Equal(-HostErrno.EBADF, HostFile.SetLock(readOnly, write));
        Assert.Equal(-HostErrno.EBADF, HostFile.SetLock(NoFd, write));
        Assert.Equal(-HostErrno.EBADF, HostFile.GetLock(NoFd, ref write));
        Assert.Equal(-HostErrno.EINVAL, HostFile.SetLock(readOnly, new HostFileLock(HostLockType.Read, -5, 1)));
    }
}
