namespace Emu.Syscalls;

/// <summary>Privileges of a superuser, one by one. Linux: include/uapi/linux/capability.h (<c>CAP_*</c>).</summary>
internal enum Capability
{
    Chown = 0,
    DacOverride = 1,
    DacReadSearch = 2,
    FileOwner = 3,
    FileSetId = 4,
    Kill = 5,
    SetGid = 6,
    SetUid = 7,
    SetPcap = 8,
    LinuxImmutable = 9,
    NetBindService = 10,
    IpcLock = 14,
    IpcOwner = 15,
    SysRawIo = 17,
    SysChroot = 18,
    SysPtrace = 19,
    SysAdmin = 21,
    SysNice = 23,
    SysResource = 24,
    SysTime = 25,
    SysTtyConfig = 26,
    MakeNode = 27,
    Lease = 28,
    SysLog = 34,
    CheckpointRestore = 40,

    /// <summary>The highest that exists. Linux: <c>CAP_LAST_CAP</c>.</summary>
    Last = CheckpointRestore,
}

/// <summary>On whose behalf a task acts. Linux: <c>struct cred</c>. It never changes: a task gets another.</summary>
internal sealed record Credentials
{
    /// <summary>Every capability that there is. Linux: <c>CAP_FULL_SET</c>.</summary>
    public const ulong AllCapabilities = (1UL << ((int)Capability.Last + 1)) - 1;

    /// <summary>The superuser.</summary>
    public static Credentials Root { get; } = new() { Effective = AllCapabilities, Permitted = AllCapabilities };

    /// <summary>Real user. Linux: <c>uid</c>.</summary>
    public uint Uid { get; init; }

    /// <summary>Real group. Linux: <c>gid</c>.</summary>
    public uint Gid { get; init; }

    /// <summary>Saved user. Linux: <c>suid</c>.</summary>
    public uint SavedUid { get; init; }

    /// <summary>Saved group. Linux: <c>sgid</c>.</summary>
    public uint SavedGid { get; init; }

    /// <summary>Effective user. Linux: <c>euid</c>.</summary>
    public uint EffectiveUid { get; init; }

    /// <summary>Effective group. Linux: <c>egid</c>.</summary>
    public uint EffectiveGid { get; init; }

    /// <summary>User for access to files. Linux: <c>fsuid</c>.</summary>
    public uint FileUid { get; init; }

    /// <summary>Group for access to files. Linux: <c>fsgid</c>.</summary>
    public uint FileGid { get; init; }

    /// <summary>Further groups, in ascending order. Linux: <c>group_info</c>.</summary>
    public uint[] Groups { get; init; } = [];

    /// <summary>Capabilities in force. Linux: <c>cap_effective</c>.</summary>
    public ulong Effective { get; init; }

    /// <summary>Capabilities that may be put in force. Linux: <c>cap_permitted</c>.</summary>
    public ulong Permitted { get; init; }

    /// <summary>Capabilities that exec passes on. Linux: <c>cap_inheritable</c>.</summary>
    public ulong Inheritable { get; init; }

    /// <summary>Capabilities that can be gained at all. Linux: <c>cap_bset</c>.</summary>
    public ulong Bounding { get; init; } = AllCapabilities;

    /// <summary>Capabilities that exec of an ordinary program keeps. Linux: <c>cap_ambient</c>.</summary>
    public ulong Ambient { get; init; }

    /// <summary>How user 0 is treated. Linux: <c>securebits</c>.</summary>
    public uint SecureBits { get; init; }

    /// <summary>Whether a capability is in force. Linux: <c>capable</c>.</summary>
    public bool Can(Capability capability) => (Effective >> (int)capability & 1) != 0;

    /// <summary>Whether it belongs to a group for access to files. Linux: <c>in_group_p</c>.</summary>
    public bool IsInGroup(uint gid) => gid == FileGid || Array.BinarySearch(Groups, gid) >= 0;

    /// <summary>Those of an ordinary user, or of the superuser for 0.</summary>
    public static Credentials ForUser(uint uid, uint gid, uint[] groups) => new()
    {
        Uid = uid,
        EffectiveUid = uid,
        SavedUid = uid,
        FileUid = uid,
        Gid = gid,
        EffectiveGid = gid,
        SavedGid = gid,
        FileGid = gid,
        Groups = Sorted(groups),
        Effective = uid == 0 ? AllCapabilities : 0,
        Permitted = uid == 0 ? AllCapabilities : 0,
    };

    private static uint[] Sorted(uint[] groups)
    {
        uint[] sorted = (uint[])groups.Clone();
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>The same with the real ids in place of those for files. Linux: <c>access_override_creds</c>.</summary>
    public Credentials ForRealUser() => FileUid == Uid && FileGid == Gid
        ? this
        : this with { FileUid = Uid, FileGid = Gid, Effective = Uid == 0 ? Permitted : 0 };
}
