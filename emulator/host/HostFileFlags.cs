namespace Emu.Host;

/// <summary>Flags and special descriptors of the calls named <c>…at</c> (include/uapi/linux/fcntl.h).</summary>
public static class HostAtFlags
{
    /// <summary><c>AT_FDCWD</c> as a directory descriptor: the host's working directory.</summary>
    public const int CurrentDirectory = -100;

    /// <summary><c>AT_SYMLINK_NOFOLLOW</c>: act on a final symbolic link itself.</summary>
    public const int SymlinkNoFollow = 0x100;

    /// <summary><c>AT_REMOVEDIR</c> of unlinkat(2).</summary>
    public const int RemoveDirectory = 0x200;

    /// <summary><c>AT_EACCESS</c> of faccessat2(2).</summary>
    public const int EffectiveAccess = 0x200;

    /// <summary><c>AT_SYMLINK_FOLLOW</c> of linkat(2).</summary>
    public const int SymlinkFollow = 0x400;

    /// <summary><c>AT_NO_AUTOMOUNT</c>.</summary>
    public const int NoAutomount = 0x800;

    /// <summary><c>AT_EMPTY_PATH</c>: an empty path means the descriptor itself.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary><c>AT_STATX_FORCE_SYNC</c>.</summary>
    public const int StatxForceSync = 0x2000;

    /// <summary><c>AT_STATX_DONT_SYNC</c>.</summary>
    public const int StatxDontSync = 0x4000;
}

/// <summary>Modes of faccessat2(2) (include/uapi/linux/fcntl.h, unistd.h).</summary>
public static class HostAccess
{
    /// <summary><c>F_OK</c>.</summary>
    public const int Exists = 0;

    /// <summary><c>X_OK</c>.</summary>
    public const int Execute = 1;

    /// <summary><c>W_OK</c>.</summary>
    public const int Write = 2;

    /// <summary><c>R_OK</c>.</summary>
    public const int Read = 4;
}

/// <summary>Flags of renameat2(2) (include/uapi/linux/fs.h).</summary>
public static class HostRenameFlags
{
    /// <summary><c>RENAME_NOREPLACE</c>.</summary>
    public const uint NoReplace = 1;

    /// <summary><c>RENAME_EXCHANGE</c>.</summary>
    public const uint Exchange = 2;

    /// <summary><c>RENAME_WHITEOUT</c>.</summary>
    public const uint Whiteout = 4;
}

/// <summary>Origins of lseek(2) (include/uapi/linux/fs.h).</summary>
public static class HostSeek
{
    /// <summary><c>SEEK_SET</c>.</summary>
    public const int Start = 0;

    /// <summary><c>SEEK_CUR</c>.</summary>
    public const int Current = 1;

    /// <summary><c>SEEK_END</c>.</summary>
    public const int End = 2;

    /// <summary><c>SEEK_DATA</c>: the next byte that is not in a hole.</summary>
    public const int Data = 3;

    /// <summary><c>SEEK_HOLE</c>: the next hole, the end of the file at the latest.</summary>
    public const int Hole = 4;
}

/// <summary>Modes of fallocate(2) (include/uapi/linux/falloc.h).</summary>
public static class HostFallocate
{
    /// <summary>Allocate, and grow the file.</summary>
    public const int Default = 0;

    /// <summary><c>FALLOC_FL_KEEP_SIZE</c>.</summary>
    public const int KeepSize = 1;

    /// <summary><c>FALLOC_FL_PUNCH_HOLE</c>; only with <see cref="KeepSize"/>.</summary>
    public const int PunchHole = 2;

    /// <summary><c>FALLOC_FL_COLLAPSE_RANGE</c>.</summary>
    public const int CollapseRange = 8;

    /// <summary><c>FALLOC_FL_ZERO_RANGE</c>.</summary>
    public const int ZeroRange = 16;

    /// <summary><c>FALLOC_FL_INSERT_RANGE</c>.</summary>
    public const int InsertRange = 32;
}

/// <summary>The type bits of a file's mode (include/uapi/linux/stat.h).</summary>
public static class HostFileType
{
    /// <summary><c>S_IFMT</c>.</summary>
    public const uint Mask = 0xF000;

    /// <summary><c>S_IFIFO</c>.</summary>
    public const uint Fifo = 0x1000;

    /// <summary><c>S_IFCHR</c>.</summary>
    public const uint CharacterDevice = 0x2000;

    /// <summary><c>S_IFDIR</c>.</summary>
    public const uint Directory = 0x4000;

    /// <summary><c>S_IFBLK</c>.</summary>
    public const uint BlockDevice = 0x6000;

    /// <summary><c>S_IFREG</c>.</summary>
    public const uint Regular = 0x8000;

    /// <summary><c>S_IFLNK</c>.</summary>
    public const uint SymbolicLink = 0xA000;

    /// <summary><c>S_IFSOCK</c>.</summary>
    public const uint Socket = 0xC000;
}

/// <summary>Flags of memfd_create(2) (include/uapi/linux/memfd.h).</summary>
public static class HostMemfdFlags
{
    /// <summary><c>MFD_CLOEXEC</c>.</summary>
    public const uint CloseOnExec = 1;

    /// <summary><c>MFD_ALLOW_SEALING</c>.</summary>
    public const uint AllowSealing = 2;

    /// <summary><c>MFD_HUGETLB</c>.</summary>
    public const uint HugeTlb = 4;

    /// <summary><c>MFD_NOEXEC_SEAL</c>.</summary>
    public const uint NoExecSeal = 8;

    /// <summary><c>MFD_EXEC</c>.</summary>
    public const uint Exec = 16;
}
