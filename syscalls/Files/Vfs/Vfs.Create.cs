using Emu.Mm;

namespace Emu.Syscalls;

/// <content>New names. Linux: fs/namei.c (<c>filename_create</c>, <c>vfs_mknod</c>, <c>vfs_link</c>).</content>
internal sealed partial class Vfs
{
    /// <summary>Makes a file of any type. Linux: <c>do_mknodat</c>, <c>do_mkdirat</c>, <c>do_symlinkat</c>.</summary>
    /// <param name="task">Who does.</param>
    /// <param name="directory">Descriptor that a relative path starts at, or AT_FDCWD.</param>
    /// <param name="path">The new name.</param>
    /// <param name="mode">Type and permissions; the umask is applied here.</param>
    /// <param name="device">For a device, its number.</param>
    /// <param name="target">For a link, where it leads to.</param>
    public int Make(Task task, int directory, ReadOnlySpan<byte> path, uint mode, DeviceNumber device, ReadOnlySpan<byte> target)
    {
        uint type = mode & ModeBits.TypeMask;
        int error = LookupForCreate(task, directory, path, type == ModeBits.Directory, out VfsPath parent, out Dentry? dentry);
        if (error != 0)
            return error;
        DirectoryInode where = (DirectoryInode)parent.Inode;
        error = Permissions.MayCreate(where, task.Credentials);
        if (error != 0)
            return error;
        if (type is ModeBits.Character or ModeBits.Block && !task.Credentials.Can(Capability.MakeNode))
            return -Errno.EPERM;
        NewInode made = NewInodeFor(task, where, type == ModeBits.Link ? mode : mode & ~task.Fs.Umask);
        made.Device = device;
        made.Target = target;
        error = where.Create(dentry!.Name, made, out Inode? inode);
        if (error == 0)
            Dentries.Instantiate(dentry, inode!);
        return error;
    }

    /// <summary>Gives a file one more name. Linux: <c>do_linkat</c>.</summary>
    /// <param name="task">Who does.</param>
    /// <param name="from">The file.</param>
    /// <param name="directory">Descriptor that a relative path starts at, or AT_FDCWD.</param>
    /// <param name="path">The new name.</param>
    public int Link(Task task, VfsPath from, int directory, ReadOnlySpan<byte> path)
    {
        int error = LookupForCreate(task, directory, path, isDirectory: false, out VfsPath parent, out Dentry? dentry);
        if (error != 0)
            return error;
        if (!ReferenceEquals(from.Mount, parent.Mount))
            return -Errno.EXDEV;
        if (Sysctl.ProtectedHardlinks && !MayLink(from.Inode, task.Credentials))
            return -Errno.EPERM;
        DirectoryInode where = (DirectoryInode)parent.Inode;
        error = Permissions.MayCreate(where, task.Credentials);
        if (error != 0)
            return error;
        if (from.Inode.IsDirectory)
            return -Errno.EPERM;
        error = where.Link(from.Inode, dentry!.Name);
        if (error == 0)
            Dentries.Instantiate(dentry, from.Inode.Get());
        return error;
    }

    /// <summary>Owner and group of what a task makes in a directory. Linux: <c>inode_init_owner</c>.</summary>
    public static NewInode NewInodeFor(Task task, DirectoryInode directory, uint mode)
    {
        NewInode made = new() { Mode = mode, Uid = task.Credentials.FileUid, Gid = task.Credentials.FileGid };
        if ((directory.Mode & ModeBits.SetGid) == 0)
            return made;
        made.Gid = directory.Gid;
        const uint GroupExecutable = ModeBits.SetGid | ModeBits.GroupExec;
        bool mayKeep = task.Credentials.IsInGroup(made.Gid) || task.Credentials.Can(Capability.FileSetId);
        if ((mode & ModeBits.TypeMask) == ModeBits.Directory)
            made.Mode |= ModeBits.SetGid;
        else if ((mode & GroupExecutable) == GroupExecutable && !mayKeep)
            made.Mode &= ~ModeBits.SetGid;
        return made;
    }

    // The negative dentry of a name that is to be made, and its directory. Linux: filename_create
    private static int LookupForCreate(Task task, int directory, ReadOnlySpan<byte> path, bool isDirectory, out VfsPath parent, out Dentry? dentry)
    {
        parent = default;
        dentry = null;
        if (path.IsEmpty)
            return -Errno.ENOENT;
        PathWalk walk = new(task, LookupFlags.None);
        int error = walk.Start(directory, path);
        if (error == 0)
            error = walk.ToLast();
        if (error != 0)
            return error;
        parent = walk.Path;
        if (walk.LastKind != LastKind.Name)
            return -Errno.EEXIST;
        error = walk.LookupLast(out Dentry found);
        if (error != 0)
            return error;
        if (!found.IsNegative)
            return -Errno.EEXIST;
        if (walk.HasTrailingSlash && !isDirectory)
            return -Errno.ENOENT;
        dentry = found;
        return parent.Mount.IsReadOnly ? -Errno.EROFS : 0;
    }

    // Linux: may_linkat, safe_hardlink_source
    private static bool MayLink(Inode inode, Credentials who)
    {
        if (Permissions.IsOwner(inode, who))
            return true;
        const uint GroupExecutable = ModeBits.SetGid | ModeBits.GroupExec;
        return inode.IsRegular && (inode.Mode & ModeBits.SetUid) == 0 && (inode.Mode & GroupExecutable) != GroupExecutable &&
            Permissions.Check(inode, who, Access.Read | Access.Write) == 0;
    }
}
