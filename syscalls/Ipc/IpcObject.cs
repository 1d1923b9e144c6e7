using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A System V object: a key, an owner and permissions. Linux: <c>struct kern_ipc_perm</c>.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal abstract class IpcObject
{
    /// <summary>The bits of <see cref="Mode"/> that say who may do what. Linux: <c>S_IRWXUGO</c>.</summary>
    public const uint PermissionBits = 0x1FF;

    /// <summary>An object of a key.</summary>
    /// <param name="key">The key, <see cref="IpcKey.Private"/> for none.</param>
    /// <param name="mode">Permissions.</param>
    /// <param name="creator">Who makes it.</param>
    protected IpcObject(int key, uint mode, Credentials creator)
    {
        Key = key;
        Mode = mode & PermissionBits;
        Uid = CreatorUid = creator.EffectiveUid;
        Gid = CreatorGid = creator.EffectiveGid;
    }

    /// <summary>What it is found by; 0 if by its number alone.</summary>
    public int Key { get; internal set; }

    /// <summary>Its number, which is not used again soon: the place in the table, and how often the places have been gone through.</summary>
    public int Id { get; internal set; }

    /// <summary>Owner.</summary>
    public uint Uid { get; private set; }

    /// <summary>Owner's group.</summary>
    public uint Gid { get; private set; }

    /// <summary>Who made it.</summary>
    public uint CreatorUid { get; }

    /// <summary>The group of who made it.</summary>
    public uint CreatorGid { get; }

    /// <summary>Permissions, and bits of the kind of object above them.</summary>
    public uint Mode { get; set; }

    /// <summary>Whether somebody may do what the permission bits ask, in any of their three places. Linux: <c>ipcperms</c>.</summary>
    public bool Allows(Credentials credentials, uint asked)
    {
        uint requested = (asked >> 6) | (asked >> 3) | asked, granted = Mode;
        if (credentials.EffectiveUid == CreatorUid || credentials.EffectiveUid == Uid)
            granted >>= 6;
        else if (credentials.IsInGroup(CreatorGid) || credentials.IsInGroup(Gid))
            granted >>= 3;
        return (requested & ~granted & 7) == 0 || credentials.Can(Capability.IpcOwner);
    }

    /// <summary>Whether somebody may change or remove it. Linux: <c>ipcctl_obtain_check</c>.</summary>
    public bool IsOwnedBy(Credentials credentials) =>
        credentials.EffectiveUid == CreatorUid || credentials.EffectiveUid == Uid || credentials.Can(Capability.SysAdmin);

    /// <summary>Changes owner and permissions. Linux: <c>ipc_update_perm</c>.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public int Update(in IpcPermission wanted)
    {
        if (wanted.Uid == uint.MaxValue || wanted.Gid == uint.MaxValue)
            return -Errno.EINVAL;
        Uid = wanted.Uid;
        Gid = wanted.Gid;
        Mode = (Mode & ~PermissionBits) | (wanted.Mode & PermissionBits);
        return 0;
    }

    /// <summary>As user space sees it. Linux: <c>kernel_to_ipc64_perm</c>.</summary>
    public IpcPermission ToUser() => new()
    {
        Key = Key,
        Uid = Uid,
        Gid = Gid,
        CreatorUid = CreatorUid,
        CreatorGid = CreatorGid,
        Mode = Mode,
        Sequence = (ushort)(Id >> IpcKey.SequenceShift),
    };
}

/// <summary>Keys and numbers of System V objects. Linux: ipc/util.h.</summary>
internal static class IpcKey
{
    /// <summary>The key of what has none. Linux: <c>IPC_PRIVATE</c>.</summary>
    public const int Private = 0;

    /// <summary>A new object may be made. Linux: <c>IPC_CREAT</c>.</summary>
    public const int Create = 0x200;

    /// <summary>There must not be one. Linux: <c>IPC_EXCL</c>.</summary>
    public const int Exclusive = 0x400;

    /// <summary>Where the sequence number begins in a number. Linux: <c>ipcmni_seq_shift</c>.</summary>
    public const int SequenceShift = 15;
}

/// <summary>Owner and permissions in user space. Linux: <c>struct ipc64_perm</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct IpcPermission
{
    public int Key;
    public uint Uid, Gid, CreatorUid, CreatorGid, Mode;
    public ushort Sequence;
}
