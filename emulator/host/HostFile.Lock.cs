namespace Emu.Host;

/// <summary>Kinds of a lock on a range (include/uapi/asm-generic/fcntl.h).</summary>
public enum HostLockType : short
{
    /// <summary><c>F_RDLCK</c>: shared.</summary>
    Read = 0,

    /// <summary><c>F_WRLCK</c>: exclusive.</summary>
    Write = 1,

    /// <summary><c>F_UNLCK</c>: none.</summary>
    None = 2,
}

/// <summary>A lock on a range of a file: <c>struct flock</c> of fcntl(2).</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Start">The first byte, from <paramref name="Whence"/>.</param>
/// <param name="Length">Bytes; 0 reaches to the end of the file, however it grows.</param>
/// <param name="Whence">An origin of <see cref="HostSeek"/>: start, current or end.</param>
/// <param name="Pid">In an answer, the owner: -1 for a lock that belongs to an open file.</param>
public readonly record struct HostFileLock(HostLockType Type, long Start, long Length, short Whence = 0, int Pid = 0);

/// <summary>Operations of flock(2) (include/uapi/asm-generic/fcntl.h).</summary>
public static class HostFlock
{
    /// <summary><c>LOCK_SH</c>.</summary>
    public const int Shared = 1;

    /// <summary><c>LOCK_EX</c>.</summary>
    public const int Exclusive = 2;

    /// <summary><c>LOCK_NB</c>: <c>-EAGAIN</c> rather than wait.</summary>
    public const int NonBlock = 4;

    /// <summary><c>LOCK_UN</c>.</summary>
    public const int Unlock = 8;
}

/// <content>
/// Locks. Only those that belong to the open file: the emulated processes share one host process, to which the host's
/// process locks (F_SETLK) would all belong.
/// </content>
public static unsafe partial class HostFile
{
    private const int OfdGetLock = 36;
    private const int OfdSetLock = 37;
    private const int OfdSetLockWait = 38;

    /// <summary>flock(2) of the whole file; operations are <see cref="HostFlock"/>. Waits for as long as it takes.</summary>
    public static int Flock(int fd, int operation)
    {
        int result;
        do
            result = FlockInterruptible(fd, operation);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="Flock"/> that answers <c>-EINTR</c>.</summary>
    public static int FlockInterruptible(int fd, int operation) => Native.Result(Native.flock(fd, operation));

    /// <summary>
    /// Finds a lock in the way of the one described, and describes it instead; the type becomes
    /// <see cref="HostLockType.None"/> when there is none (fcntl(2) F_OFD_GETLK).
    /// </summary>
    public static int GetLock(int fd, ref HostFileLock range)
    {
        NativeFlock native = ToNative(range);
        int result = Native.Result(Native.fcntl(fd, OfdGetLock, (nint)(&native)));
        if (result >= 0)
            range = new HostFileLock((HostLockType)native.Type, native.Start, native.Length, native.Whence, native.Pid);
        return result;
    }

    /// <summary>
    /// Takes, changes or gives up a lock; <c>-EAGAIN</c> when another open file holds one in the way (F_OFD_SETLK).
    /// </summary>
    public static int SetLock(int fd, in HostFileLock range)
    {
        NativeFlock native = ToNative(range);
        return Native.Result(Native.fcntl(fd, OfdSetLock, (nint)(&native)));
    }

    /// <summary><see cref="SetLock"/> that waits, and answers <c>-EINTR</c> (F_OFD_SETLKW). No deadlock is detected.</summary>
    public static int SetLockWaitInterruptible(int fd, in HostFileLock range)
    {
        NativeFlock native = ToNative(range);
        return Native.Result(Native.fcntl(fd, OfdSetLockWait, (nint)(&native)));
    }

    /// <summary>The pid must be 0 in a request (fcntl(2)).</summary>
    private static NativeFlock ToNative(in HostFileLock range) =>
        new() { Type = (short)range.Type, Whence = range.Whence, Start = range.Start, Length = range.Length };
}
