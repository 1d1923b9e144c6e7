namespace Emu.Host;

/// <summary>
/// The host's files by descriptor: opening, closing, duplicating, flags. Every result is ≥ 0 or a negative errno.
/// </summary>
/// <remarks>
/// Paths are raw bytes without a NUL: <c>-ENAMETOOLONG</c> from 4096 bytes on, <c>-EINVAL</c> for a NUL inside. Calls
/// that a signal cut short are repeated, except in functions whose name ends in <c>Interruptible</c>: these answer
/// <c>-EINTR</c>, see <see cref="HostInterruptTarget"/>. Whoever opens a descriptor closes it. Thread-safe as the host's
/// calls are.
/// </remarks>
public static unsafe partial class HostFile
{
    private const int DupFdCloexec = 1030;
    private const int GetFd = 1;
    private const int SetFd = 2;
    private const int GetFl = 3;
    private const int SetFl = 4;
    private const int SetPipeSz = 1031;
    private const int GetPipeSz = 1032;
    private const int AddSealsCommand = 1033;
    private const int GetSealsCommand = 1034;

    /// <summary>openat(2): a new descriptor. Flags are <see cref="HostOpenFlags"/>.</summary>
    public static int OpenAt(int dirFd, ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        int result;
        do
            result = OpenAtInterruptible(dirFd, path, flags, mode);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>openat(2) that answers <c>-EINTR</c>: opening a FIFO waits for its other end.</summary>
    public static int OpenAtInterruptible(int dirFd, ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        return error < 0 ? error : Native.Result(Native.openat(dirFd, name, HostOpenFlags.ToHost(flags), mode));
    }

    /// <summary>
    /// openat2(2): a new descriptor, resolving as <see cref="HostResolveFlags"/> says. <c>-ENOSYS</c> before Linux 5.6;
    /// <c>-EAGAIN</c> when a rename on the way left it unproven that a path with <c>..</c> stays inside (repeat it, or
    /// resolve stepwise); <c>-EXDEV</c> when it would leave.
    /// </summary>
    /// <remarks>Stricter than openat(2): unknown flags, and a mode without a flag that creates, are <c>-EINVAL</c>.</remarks>
    public static int OpenAt2(int dirFd, ReadOnlySpan<byte> path, int flags, uint mode, ulong resolve)
    {
        int result;
        do
            result = OpenAt2Interruptible(dirFd, path, flags, mode, resolve);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="OpenAt2"/> that answers <c>-EINTR</c>.</summary>
    public static int OpenAt2Interruptible(int dirFd, ReadOnlySpan<byte> path, int flags, uint mode, ulong resolve)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        if (error < 0)
            return error;
        OpenHow how = new() { Flags = (uint)HostOpenFlags.ToHost(flags), Mode = mode, Resolve = resolve };
        return (int)Native.Syscall(SyscallNumber.Openat2, dirFd, (nint)name, (nint)(&how), sizeof(OpenHow));
    }

    /// <summary>
    /// close(2). The descriptor is gone whatever the result (Linux frees it before anything can fail or be
    /// interrupted), so it is never repeated; an error tells of a write that failed late.
    /// </summary>
    public static int Close(int fd) => Native.Result(Native.close(fd));

    /// <summary>
    /// A duplicate with close-on-exec and the lowest free number from <paramref name="lowest"/> on (F_DUPFD_CLOEXEC).
    /// </summary>
    public static int Dup(int fd, int lowest = 0) => Native.Result(Native.fcntl(fd, DupFdCloexec, lowest));

    /// <summary>dup3(2): makes <paramref name="newFd"/> a duplicate; flags are 0 or <c>CloseOnExec</c>.</summary>
    public static int Dup3(int oldFd, int newFd, int flags)
    {
        int result;
        do
            result = Native.Result(Native.dup3(oldFd, newFd, flags));
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>The open file's access mode and status flags in the x86-64 encoding (fcntl(2) F_GETFL).</summary>
    public static int GetStatusFlags(int fd)
    {
        int result = Native.Result(Native.fcntl(fd, GetFl, 0));
        return result < 0 ? result : HostOpenFlags.FromHost(result);
    }

    /// <summary>Sets the status flags that may change: append, async, direct, noatime, nonblock (fcntl(2) F_SETFL).</summary>
    public static int SetStatusFlags(int fd, int flags) =>
        Native.Result(Native.fcntl(fd, SetFl, HostOpenFlags.ToHost(flags)));

    /// <summary>The descriptor's own flags: 1 is FD_CLOEXEC (fcntl(2) F_GETFD).</summary>
    public static int GetDescriptorFlags(int fd) => Native.Result(Native.fcntl(fd, GetFd, 0));

    /// <summary>Sets the descriptor's own flags (fcntl(2) F_SETFD).</summary>
    public static int SetDescriptorFlags(int fd, int flags) => Native.Result(Native.fcntl(fd, SetFd, flags));

    /// <summary>The capacity of a pipe in bytes (fcntl(2) F_GETPIPE_SZ).</summary>
    public static int GetPipeSize(int fd) => Native.Result(Native.fcntl(fd, GetPipeSz, 0));

    /// <summary>Sets the capacity of a pipe; the capacity that it got (fcntl(2) F_SETPIPE_SZ).</summary>
    public static int SetPipeSize(int fd, int size) => Native.Result(Native.fcntl(fd, SetPipeSz, size));

    /// <summary>Adds seals to a file of memory (fcntl(2) F_ADD_SEALS).</summary>
    public static int AddSeals(int fd, int seals) => Native.Result(Native.fcntl(fd, AddSealsCommand, seals));

    /// <summary>The seals of a file of memory (fcntl(2) F_GET_SEALS).</summary>
    public static int GetSeals(int fd) => Native.Result(Native.fcntl(fd, GetSealsCommand, 0));

    /// <summary>memfd_create(2): a descriptor of an empty file in memory. Flags are <see cref="HostMemfdFlags"/>.</summary>
    public static int MemfdCreate(ReadOnlySpan<byte> name, uint flags)
    {
        byte* text = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(name, text);
        return error < 0 ? error : Native.Result(Native.memfd_create(text, flags));
    }

    /// <summary>pipe2(2): both ends of a new pipe, -1 on failure. Flags are <see cref="HostOpenFlags"/>.</summary>
    public static int Pipe2(out int readEnd, out int writeEnd, int flags)
    {
        int* fds = stackalloc int[2];
        int result = Native.Result(Native.pipe2(fds, HostOpenFlags.ToHost(flags)));
        readEnd = result < 0 ? -1 : fds[0];
        writeEnd = result < 0 ? -1 : fds[1];
        return result;
    }

    /// <summary>
    /// Writes the name of a descriptor under proc(5), <c>/proc/self/fd/N</c>, and returns its length. Opening that name
    /// opens the same file anew, which serves where a call takes no O_PATH descriptor.
    /// <c>-ERANGE</c> when it does not fit (25 bytes always do).
    /// </summary>
    public static int FormatProcPath(int fd, Span<byte> buffer)
    {
        ReadOnlySpan<byte> directory = "/proc/self/fd/"u8;
        if (!directory.TryCopyTo(buffer) || !fd.TryFormat(buffer[directory.Length..], out int digits))
            return -HostErrno.ERANGE;
        return directory.Length + digits;
    }

    /// <summary>
    /// The path by which the host knows an open file, as readlink(2) of <c>/proc/self/fd/N</c> gives it: the length, cut
    /// to the buffer. A deleted file's ends in <c> (deleted)</c>; a pipe's is <c>pipe:[N]</c>.
    /// </summary>
    public static int GetPath(int fd, Span<byte> buffer)
    {
        Span<byte> link = stackalloc byte[32];
        int length = FormatProcPath(fd, link);
        return length < 0 ? length : HostDirectory.ReadLinkAt(HostAtFlags.CurrentDirectory, link[..length], buffer);
    }

    /// <summary><c>struct open_how</c> (include/uapi/linux/openat2.h).</summary>
    private struct OpenHow
    {
        internal ulong Flags;
        internal ulong Mode;
        internal ulong Resolve;
    }
}
