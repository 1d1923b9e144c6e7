namespace Emu.Syscalls;

/// <summary>Type and permission bits of a mode. Linux: include/uapi/linux/stat.h (<c>S_*</c>).</summary>
internal static class ModeBits
{
    /// <summary>The part that names the type.</summary>
    public const uint TypeMask = 0xF000;

#pragma warning disable CS1591 // the names are the documentation
    public const uint Fifo = 0x1000, Character = 0x2000, Directory = 0x4000, Block = 0x6000, Regular = 0x8000, Link = 0xA000, Socket = 0xC000;

    public const uint SetUid = 0x800, SetGid = 0x400, Sticky = 0x200, GroupExec = 0x8, AnyExec = 0x49;
#pragma warning restore CS1591

    /// <summary>All twelve permission bits. Linux: <c>S_IALLUGO</c>.</summary>
    public const uint Permissions = 0xFFF;

    /// <summary>The type as directory entries tell it. Linux: <c>fs_umode_to_dtype</c>.</summary>
    public static byte ToEntryType(uint mode) => (byte)((mode & TypeMask) >> 12);
}

/// <summary>Flags of open. Linux: include/uapi/asm-generic/fcntl.h (<c>O_*</c>).</summary>
[Flags]
internal enum OpenFlags
{
    ReadOnly = 0x0,
    WriteOnly = 0x1,
    ReadWrite = 0x2,
    AccessMode = 0x3,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlock = 0x800,
    DataSync = 0x1000,
    Async = 0x2000,
    Direct = 0x4000,
    LargeFile = 0x8000,
    Directory = 0x10000,
    NoFollow = 0x20000,
    NoAccessTime = 0x40000,
    CloseOnExec = 0x80000,
    Sync = 0x101000,
    Path = 0x200000,
    TemporaryBit = 0x400000,
    Temporary = TemporaryBit | Directory,

    /// <summary>Opened to be executed. Linux: <c>__FMODE_EXEC</c>; never the user's.</summary>
    Exec = 0x20,

    /// <summary>What an open file remembers and F_GETFL shows beside the access mode.</summary>
    Status = Append | NonBlock | DataSync | Async | Direct | LargeFile | Directory | NoFollow | NoAccessTime | Sync | Path | Temporary,

    /// <summary>What F_SETFL may change. Linux: <c>SETFL_MASK</c>.</summary>
    Settable = Append | NonBlock | Async | Direct | NoAccessTime,

    /// <summary>Everything that open knows. Linux: <c>VALID_OPEN_FLAGS</c>.</summary>
    Valid = AccessMode | Create | Exclusive | NoControllingTerminal | Truncate | Status | CloseOnExec,
}

/// <summary>Flags of the calls named …at. Linux: include/uapi/linux/fcntl.h (<c>AT_*</c>).</summary>
internal static class AtFlags
{
#pragma warning disable CS1591 // the names are the documentation
    public const int CurrentDirectory = -100;

    public const int SymlinkNoFollow = 0x100, RemoveDirectory = 0x200, EffectiveAccess = 0x200, SymlinkFollow = 0x400, NoAutomount = 0x800,
        EmptyPath = 0x1000, StatxSyncType = 0x6000, Recursive = 0x8000;
#pragma warning restore CS1591
}

/// <summary>What an access check asks for. Linux: <c>MAY_*</c>.</summary>
[Flags]
internal enum Access
{
    None = 0,
    Exec = 1,
    Write = 2,
    Read = 4,
    Append = 8,
}
