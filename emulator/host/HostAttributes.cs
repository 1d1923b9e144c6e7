namespace Emu.Host;

/// <summary>A time to give a file, or one of the two words that utimensat(2) takes instead.</summary>
/// <param name="Seconds">Seconds since 1970.</param>
/// <param name="Nanoseconds">0 to 999,999,999, or <see cref="NowMark"/>, or <see cref="OmitMark"/>.</param>
public readonly record struct HostFileTime(long Seconds, long Nanoseconds)
{
    /// <summary><c>UTIME_NOW</c> (include/linux/stat.h).</summary>
    public const long NowMark = (1L << 30) - 1;

    /// <summary><c>UTIME_OMIT</c> (include/linux/stat.h).</summary>
    public const long OmitMark = (1L << 30) - 2;

    /// <summary>The time of the call.</summary>
    public static HostFileTime Now => new(0, NowMark);

    /// <summary>Leave the time as it is.</summary>
    public static HostFileTime Omit => new(0, OmitMark);
}

/// <summary>
/// Modes, owners, times and access checks of the host's files. Every result is ≥ 0 or a negative errno; paths as in
/// <see cref="HostFile"/>.
/// </summary>
public static unsafe class HostAttributes
{
    /// <summary>fchmod(2). <c>-EBADF</c> for an O_PATH descriptor.</summary>
    public static int FChMod(int fd, uint mode) => Native.Result(Native.fchmod(fd, mode));

    /// <summary>
    /// fchmodat2(2): with <see cref="HostAtFlags.SymlinkNoFollow"/> and <see cref="HostAtFlags.EmptyPath"/>. Before Linux
    /// 6.6 libc stands in for the first (<c>-EOPNOTSUPP</c> on a link) and answers <c>-EINVAL</c> to the second.
    /// </summary>
    public static int FChModAt(int dirFd, ReadOnlySpan<byte> path, uint mode, int flags = 0)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        if (error < 0)
            return error;
        if (flags != 0)
        {
            long result = Native.Syscall(SyscallNumber.Fchmodat2, dirFd, (nint)name, (nint)mode, flags);
            if (result != -HostErrno.ENOSYS)
                return (int)result;
        }
        return Native.Result(Native.fchmodat(dirFd, name, mode, flags));
    }

    /// <summary>
    /// fchownat(2): <see cref="uint.MaxValue"/> leaves an id as it is. With <see cref="HostAtFlags.EmptyPath"/> and an
    /// empty path it is fchown(2), for O_PATH descriptors too.
    /// </summary>
    public static int FChOwnAt(int dirFd, ReadOnlySpan<byte> path, uint uid, uint gid, int flags = 0)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        return error < 0 ? error : Native.Result(Native.fchownat(dirFd, name, uid, gid, flags));
    }

    /// <summary>utimensat(2): sets the times of access and of modification.</summary>
    public static int UTimeNsAt(
        int dirFd, ReadOnlySpan<byte> path, HostFileTime access, HostFileTime modification, int flags = 0)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        if (error < 0)
            return error;
        NativeTimespec* times = stackalloc NativeTimespec[2];
        Fill(times, access, modification);
        return Native.Result(Native.utimensat(dirFd, name, times, flags));
    }

    /// <summary>futimens(3): sets the times of an open file.</summary>
    public static int FUTimeNs(int fd, HostFileTime access, HostFileTime modification)
    {
        NativeTimespec* times = stackalloc NativeTimespec[2];
        Fill(times, access, modification);
        return Native.Result(Native.futimens(fd, times));
    }

    /// <summary>
    /// faccessat2(2): 0, or <c>-EACCES</c> and the like. Modes are <see cref="HostAccess"/>; the ids asked for are the
    /// real ones unless <see cref="HostAtFlags.EffectiveAccess"/>. Before Linux 5.8 libc stands in for the flags.
    /// </summary>
    public static int FAccessAt2(int dirFd, ReadOnlySpan<byte> path, int mode, int flags = 0)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        if (error < 0)
            return error;
        if (flags != 0)
        {
            long result = Native.Syscall(SyscallNumber.Faccessat2, dirFd, (nint)name, mode, flags);
            if (result != -HostErrno.ENOSYS)
                return (int)result;
        }
        return Native.Result(Native.faccessat(dirFd, name, mode, flags));
    }

    private static void Fill(NativeTimespec* times, HostFileTime access, HostFileTime modification)
    {
        times[0] = new NativeTimespec { Seconds = access.Seconds, Nanoseconds = access.Nanoseconds };
        times[1] = new NativeTimespec { Seconds = modification.Seconds, Nanoseconds = modification.Nanoseconds };
    }
}
