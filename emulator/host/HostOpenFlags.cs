namespace Emu.Host;

/// <summary>
/// Flags of open(2), fcntl(2) <c>F_GETFL</c> and pipe2(2) with the values of x86-64 (include/uapi/asm-generic/fcntl.h).
/// </summary>
/// <remarks>
/// A guest's flags may be handed to this layer as they are. On an arm64 host, where four of them have other values, the
/// layer translates on the way in and on the way out. Unknown bits pass unchanged.
/// </remarks>
public static class HostOpenFlags
{
    /// <summary><c>O_RDONLY</c>.</summary>
    public const int ReadOnly = 0x0;

    /// <summary><c>O_WRONLY</c>.</summary>
    public const int WriteOnly = 0x1;

    /// <summary><c>O_RDWR</c>.</summary>
    public const int ReadWrite = 0x2;

    /// <summary><c>O_ACCMODE</c>: mask of the three above.</summary>
    public const int AccessMode = 0x3;

    /// <summary><c>O_CREAT</c>.</summary>
    public const int Create = 0x40;

    /// <summary><c>O_EXCL</c>.</summary>
    public const int Exclusive = 0x80;

    /// <summary><c>O_NOCTTY</c>.</summary>
    public const int NoControllingTerminal = 0x100;

    /// <summary><c>O_TRUNC</c>.</summary>
    public const int Truncate = 0x200;

    /// <summary><c>O_APPEND</c>.</summary>
    public const int Append = 0x400;

    /// <summary><c>O_NONBLOCK</c>.</summary>
    public const int NonBlock = 0x800;

    /// <summary><c>O_DSYNC</c>.</summary>
    public const int DataSync = 0x1000;

    /// <summary><c>O_ASYNC</c>.</summary>
    public const int Async = 0x2000;

    /// <summary><c>O_DIRECT</c>; another bit on arm64.</summary>
    public const int Direct = 0x4000;

    /// <summary><c>O_LARGEFILE</c>; another bit on arm64.</summary>
    public const int LargeFile = 0x8000;

    /// <summary><c>O_DIRECTORY</c>; another bit on arm64.</summary>
    public const int Directory = 0x10000;

    /// <summary><c>O_NOFOLLOW</c>; another bit on arm64.</summary>
    public const int NoFollow = 0x20000;

    /// <summary><c>O_NOATIME</c>.</summary>
    public const int NoAccessTime = 0x40000;

    /// <summary><c>O_CLOEXEC</c>.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary><c>O_SYNC</c> (holds <see cref="DataSync"/>).</summary>
    public const int Sync = 0x101000;

    /// <summary><c>O_PATH</c>.</summary>
    public const int Path = 0x200000;

    /// <summary><c>O_TMPFILE</c> (holds <see cref="Directory"/>).</summary>
    public const int TemporaryFile = 0x410000;

    /// <summary>The flags in the host's encoding.</summary>
    internal static int ToHost(int flags) => Native.IsArm64 ? SwapArm64(flags) : flags;

    /// <summary>The host's flags in the x86-64 encoding.</summary>
    internal static int FromHost(int flags) => Native.IsArm64 ? SwapArm64(flags) : flags;

    /// <summary>
    /// Between x86-64 and arm64 two pairs of bits change places: 14 and 16 (O_DIRECT, O_DIRECTORY), 15 and 17
    /// (O_LARGEFILE, O_NOFOLLOW). The exchange is its own inverse (arch/arm64/include/uapi/asm/fcntl.h).
    /// </summary>
    internal static int SwapArm64(int flags)
    {
        const int Low = Direct | LargeFile;
        const int High = Directory | NoFollow;
        return (flags & ~(Low | High)) | ((flags & Low) << 2) | ((flags & High) >> 2);
    }
}

/// <summary>How openat2(2) resolves a path (include/uapi/linux/openat2.h).</summary>
public static class HostResolveFlags
{
    /// <summary><c>RESOLVE_NO_XDEV</c>: cross no mount point.</summary>
    public const ulong NoXDev = 0x01;

    /// <summary><c>RESOLVE_NO_MAGICLINKS</c>: follow no link of the kind of <c>/proc/self/fd/N</c>.</summary>
    public const ulong NoMagicLinks = 0x02;

    /// <summary><c>RESOLVE_NO_SYMLINKS</c>: follow no symbolic link at all.</summary>
    public const ulong NoSymlinks = 0x04;

    /// <summary>
    /// <c>RESOLVE_BENEATH</c>: never leave the starting directory; absolute paths and links fail with <c>EXDEV</c>.
    /// </summary>
    public const ulong Beneath = 0x08;

    /// <summary><c>RESOLVE_IN_ROOT</c>: the starting directory is the root, for <c>..</c>, absolute paths and links.</summary>
    public const ulong InRoot = 0x10;

    /// <summary><c>RESOLVE_CACHED</c>: only what needs no I/O, else <c>EAGAIN</c>.</summary>
    public const ulong Cached = 0x20;
}
