namespace Emu.Host;

/// <summary>
/// Error numbers that the host's calls answer, as their negatives, and by which callers decide. x86-64 and arm64 share
/// them (include/uapi/asm-generic/errno.h), so any result may be handed to a guest unchanged, listed here or not.
/// </summary>
public static class HostErrno
{
    /// <summary>Operation not permitted.</summary>
    public const int EPERM = 1;

    /// <summary>No such file or directory.</summary>
    public const int ENOENT = 2;

    /// <summary>No such process or thread.</summary>
    public const int ESRCH = 3;

    /// <summary>Interrupted by a signal.</summary>
    public const int EINTR = 4;

    /// <summary>Input or output error.</summary>
    public const int EIO = 5;

    /// <summary>No such device or address.</summary>
    public const int ENXIO = 6;

    /// <summary>Argument list too long.</summary>
    public const int E2BIG = 7;

    /// <summary>Bad file descriptor.</summary>
    public const int EBADF = 9;

    /// <summary>Try again; also <c>EWOULDBLOCK</c>.</summary>
    public const int EAGAIN = 11;

    /// <summary>Out of memory.</summary>
    public const int ENOMEM = 12;

    /// <summary>Permission denied.</summary>
    public const int EACCES = 13;

    /// <summary>Bad address.</summary>
    public const int EFAULT = 14;

    /// <summary>Device or resource busy.</summary>
    public const int EBUSY = 16;

    /// <summary>File exists.</summary>
    public const int EEXIST = 17;

    /// <summary>Across file systems, or out of the tree that a resolution must stay beneath.</summary>
    public const int EXDEV = 18;

    /// <summary>No such device.</summary>
    public const int ENODEV = 19;

    /// <summary>Not a directory.</summary>
    public const int ENOTDIR = 20;

    /// <summary>Is a directory.</summary>
    public const int EISDIR = 21;

    /// <summary>Invalid argument.</summary>
    public const int EINVAL = 22;

    /// <summary>Too many open files in the system.</summary>
    public const int ENFILE = 23;

    /// <summary>Too many open files in the process.</summary>
    public const int EMFILE = 24;

    /// <summary>Not a terminal, or no such ioctl on this file.</summary>
    public const int ENOTTY = 25;

    /// <summary>Text file busy.</summary>
    public const int ETXTBSY = 26;

    /// <summary>File too large.</summary>
    public const int EFBIG = 27;

    /// <summary>No space left on device.</summary>
    public const int ENOSPC = 28;

    /// <summary>Illegal seek.</summary>
    public const int ESPIPE = 29;

    /// <summary>Read-only file system.</summary>
    public const int EROFS = 30;

    /// <summary>Too many links.</summary>
    public const int EMLINK = 31;

    /// <summary>Broken pipe.</summary>
    public const int EPIPE = 32;

    /// <summary>Result or buffer out of range.</summary>
    public const int ERANGE = 34;

    /// <summary>Resource deadlock would occur.</summary>
    public const int EDEADLK = 35;

    /// <summary>File name too long.</summary>
    public const int ENAMETOOLONG = 36;

    /// <summary>The host has no such system call.</summary>
    public const int ENOSYS = 38;

    /// <summary>Directory not empty.</summary>
    public const int ENOTEMPTY = 39;

    /// <summary>Too many symbolic links, or a link where none is allowed.</summary>
    public const int ELOOP = 40;

    /// <summary>No such extended attribute.</summary>
    public const int ENODATA = 61;

    /// <summary>Value too large.</summary>
    public const int EOVERFLOW = 75;

    /// <summary>Not a socket.</summary>
    public const int ENOTSOCK = 88;

    /// <summary>Destination address required.</summary>
    public const int EDESTADDRREQ = 89;

    /// <summary>Message too long.</summary>
    public const int EMSGSIZE = 90;

    /// <summary>Wrong protocol type for the socket.</summary>
    public const int EPROTOTYPE = 91;

    /// <summary>No such socket option.</summary>
    public const int ENOPROTOOPT = 92;

    /// <summary>Protocol not supported.</summary>
    public const int EPROTONOSUPPORT = 93;

    /// <summary>Operation not supported; also <c>ENOTSUP</c>.</summary>
    public const int EOPNOTSUPP = 95;

    /// <summary>Address family not supported.</summary>
    public const int EAFNOSUPPORT = 97;

    /// <summary>Address in use.</summary>
    public const int EADDRINUSE = 98;

    /// <summary>Address not available.</summary>
    public const int EADDRNOTAVAIL = 99;

    /// <summary>Connection aborted.</summary>
    public const int ECONNABORTED = 103;

    /// <summary>Connection reset by peer.</summary>
    public const int ECONNRESET = 104;

    /// <summary>Already connected.</summary>
    public const int EISCONN = 106;

    /// <summary>Not connected.</summary>
    public const int ENOTCONN = 107;

    /// <summary>Timed out.</summary>
    public const int ETIMEDOUT = 110;

    /// <summary>Connection refused.</summary>
    public const int ECONNREFUSED = 111;

    /// <summary>No route to host.</summary>
    public const int EHOSTUNREACH = 113;

    /// <summary>Already in progress.</summary>
    public const int EALREADY = 114;

    /// <summary>In progress.</summary>
    public const int EINPROGRESS = 115;

    /// <summary>Cancelled.</summary>
    public const int ECANCELED = 125;
}
