using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Who may do what. Linux: fs/namei.c (<c>inode_permission</c>, <c>may_delete</c>), fs/attr.c (<c>setattr_prepare</c>).</summary>
internal static class Permissions
{
    /// <summary>Checks access to a file. Linux: <c>inode_permission</c>.</summary>
    /// <returns>0, -EACCES or -EROFS.</returns>
    public static int Check(Inode inode, Credentials who, Access wanted)
    {
        if ((wanted & Access.Write) != 0 && inode.FileSystem.IsReadOnly && (inode.IsRegular || inode.IsDirectory || inode.IsLink))
            return -Errno.EROFS;
        return inode.CheckAccess(who, wanted);
    }

    /// <summary>What mode and owner allow. Linux: <c>generic_permission</c>.</summary>
    public static int Generic(Inode inode, Credentials who, Access wanted)
    {
        uint mode = inode.Mode;
        uint need = (uint)(wanted & (Access.Read | Access.Write | Access.Exec));
        uint bits = who.FileUid == inode.Uid ? mode >> 6 : NeedsGroup(mode) && who.IsInGroup(inode.Gid) ? mode >> 3 : mode;
        if ((need & ~bits) == 0)
            return 0;
        if (inode.IsDirectory)
        {
            if ((need & (uint)Access.Write) == 0 && who.Can(Capability.DacReadSearch))
                return 0;
            return who.Can(Capability.DacOverride) ? 0 : -Errno.EACCES;
        }
        if (need == (uint)Access.Read && who.Can(Capability.DacReadSearch))
            return 0;
        if ((need & (uint)Access.Exec) == 0 || (mode & ModeBits.AnyExec) != 0)
            return who.Can(Capability.DacOverride) ? 0 : -Errno.EACCES;
        return -Errno.EACCES;
    }

    /// <summary>Whether the caller is the owner, or as good as. Linux: <c>inode_owner_or_capable</c>.</summary>
    public static bool IsOwner(Inode inode, Credentials who) => who.FileUid == inode.Uid || who.Can(Capability.FileOwner);

    /// <summary>Whether a name may be removed from a directory. Linux: <c>may_delete</c>.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="victim">What the name means.</param>
    /// <param name="who">The caller.</param>
    /// <param name="isDirectory">Whether it must be a directory, or must not.</param>
    public static int MayDelete(DirectoryInode directory, Inode victim, Credentials who, bool isDirectory)
    {
        int error = Check(directory, who, Access.Write | Access.Exec);
        if (error != 0)
            return error;
        if (IsSticky(directory, victim, who))
            return -Errno.EPERM;
        if (isDirectory)
            return victim.IsDirectory ? 0 : -Errno.ENOTDIR;
        return victim.IsDirectory ? -Errno.EISDIR : 0;
    }

    /// <summary>Whether a name may be made in a directory. Linux: <c>may_create</c>.</summary>
    public static int MayCreate(DirectoryInode directory, Credentials who) =>
        directory.IsDead ? -Errno.ENOENT : Check(directory, who, Access.Write | Access.Exec);

    /// <summary>Whether attributes may be changed so; bits that the caller must not set are taken away. Linux: <c>setattr_prepare</c>.</summary>
    public static int MayChange(Inode inode, Credentials who, ref AttributeChange change)
    {
        if (change.Has(AttributeMask.Uid) && !(who.FileUid == inode.Uid && change.Uid == inode.Uid) && !who.Can(Capability.Chown))
            return -Errno.EPERM;
        if (change.Has(AttributeMask.Gid) && !MayChangeGroup(inode, who, change.Gid))
            return -Errno.EPERM;
        if (change.Has(AttributeMask.Mode))
        {
            if (!IsOwner(inode, who))
                return -Errno.EPERM;
            uint group = change.Has(AttributeMask.Gid) ? change.Gid : inode.Gid;
            if (!who.IsInGroup(group) && !who.Can(Capability.FileSetId))
                change.Mode &= ~ModeBits.SetGid;
        }
        if (change.Has(AttributeMask.AccessTimeSet | AttributeMask.ModifyTimeSet) && !IsOwner(inode, who))
            return -Errno.EPERM;
        return 0;
    }

    /// <summary>The mode that is left when a file is written or given away. Linux: <c>setattr_should_drop_suidgid</c>.</summary>
    public static uint WithoutPrivileges(uint mode)
    {
        if ((mode & ModeBits.TypeMask) != ModeBits.Regular)
            return mode;
        mode &= ~ModeBits.SetUid;
        // Set-group-id without the right to execute is a mark of mandatory locking.
        return (mode & ModeBits.GroupExec) != 0 ? mode & ~ModeBits.SetGid : mode;
    }

    private static bool MayChangeGroup(Inode inode, Credentials who, uint gid) =>
        (who.FileUid == inode.Uid && (gid == inode.Gid || who.IsInGroup(gid))) || who.Can(Capability.Chown);

    // Only where group and others differ does it matter whether the caller is in the group.
    private static bool NeedsGroup(uint mode) => ((mode >> 3 ^ mode) & 7) != 0;

    // Linux: check_sticky
    private static bool IsSticky(DirectoryInode directory, Inode victim, Credentials who) =>
        (directory.Mode & ModeBits.Sticky) != 0 && victim.Uid != who.FileUid && directory.Uid != who.FileUid && !who.Can(Capability.FileOwner);
}
