using Emu.Mm;

namespace Emu.Syscalls;

/// <content>Names that go or move. Linux: fs/namei.c (<c>do_unlinkat</c>, <c>do_rmdir</c>, <c>do_renameat2</c>).</content>
internal sealed partial class Vfs
{
    /// <summary>Removes a name of a file. Linux: <c>do_unlinkat</c>.</summary>
    public int Unlink(Task task, int directory, ReadOnlySpan<byte> path)
    {
        int error = LookupParent(task, directory, path, out PathWalk walk);
        if (error != 0)
            return error;
        if (walk.LastKind != LastKind.Name)
            return -Errno.EISDIR;
        if (walk.Path.Mount.IsReadOnly)
            return -Errno.EROFS;
        error = walk.LookupLast(out Dentry dentry);
        if (error != 0)
            return error;
        if (dentry.IsNegative)
            return -Errno.ENOENT;
        if (walk.HasTrailingSlash)
            return dentry.Inode!.IsDirectory ? -Errno.EISDIR : -Errno.ENOTDIR;
        DirectoryInode where = (DirectoryInode)walk.Path.Inode;
        error = Permissions.MayDelete(where, dentry.Inode!, task.Credentials, isDirectory: false);
        if (error != 0)
            return error;
        if (dentry.Mounts != 0)
            return -Errno.EBUSY;
        if (dentry.Inode!.IsSwapFile)
            return -Errno.EPERM;
        error = where.Unlink(dentry.Name, dentry.Inode!);
        if (error == 0)
            Dentries.Delete(dentry);
        return error;
    }

    /// <summary>Removes an empty directory. Linux: <c>do_rmdir</c>.</summary>
    public int RemoveDirectory(Task task, int directory, ReadOnlySpan<byte> path)
    {
        int error = LookupParent(task, directory, path, out PathWalk walk);
        if (error != 0)
            return error;
        switch (walk.LastKind)
        {
            case LastKind.DotDot:
                return -Errno.ENOTEMPTY;
            case LastKind.Dot:
                return -Errno.EINVAL;
            case LastKind.Root:
                return -Errno.EBUSY;
        }
        if (walk.Path.Mount.IsReadOnly)
            return -Errno.EROFS;
        error = walk.LookupLast(out Dentry dentry);
        if (error != 0)
            return error;
        if (dentry.IsNegative)
            return -Errno.ENOENT;
        DirectoryInode where = (DirectoryInode)walk.Path.Inode;
        error = Permissions.MayDelete(where, dentry.Inode!, task.Credentials, isDirectory: true);
        if (error != 0)
            return error;
        if (dentry.Mounts != 0)
            return -Errno.EBUSY;
        DirectoryInode victim = (DirectoryInode)dentry.Inode!;
        error = where.RemoveDirectory(dentry.Name, victim);
        if (error != 0)
            return error;
        victim.IsDead = true;
        Dentries.Delete(dentry);
        return 0;
    }

    /// <summary>Moves a name. Linux: <c>do_renameat2</c>.</summary>
    public int Rename(Task task, int oldDirectory, ReadOnlySpan<byte> oldPath, int newDirectory, ReadOnlySpan<byte> newPath, RenameFlags flags)
    {
        int error = LookupParent(task, oldDirectory, oldPath, out PathWalk from);
        if (error != 0)
            return error;
        VfsPath kept = from.Path.Get(); // the second walk may find that the host has changed what the first went through
        error = LookupParent(task, newDirectory, newPath, out PathWalk to);
        if (error == 0)
            error = Rename(task, ref from, ref to, flags);
        kept.Put();
        return error;
    }

    private int Rename(Task task, ref PathWalk from, ref PathWalk to, RenameFlags flags)
    {
        if (!ReferenceEquals(from.Path.Mount, to.Path.Mount))
            return -Errno.EXDEV;
        if (from.LastKind != LastKind.Name)
            return -Errno.EBUSY;
        if (to.LastKind != LastKind.Name)
            return (flags & RenameFlags.NoReplace) != 0 ? -Errno.EEXIST : -Errno.EBUSY;
        if (from.Path.Mount.IsReadOnly)
            return -Errno.EROFS;
        int error = from.LookupLast(out Dentry oldDentry);
        if (error != 0)
            return error;
        if (oldDentry.IsNegative)
            return -Errno.ENOENT;
        error = to.LookupLast(out Dentry newDentry);
        if (error != 0)
            return error;
        error = CheckRename(oldDentry, newDentry, from.HasTrailingSlash, to.HasTrailingSlash, flags);
        if (error != 0)
            return error;
        return RenameChecked(task, oldDentry, newDentry, flags);
    }

    private static int CheckRename(Dentry oldDentry, Dentry newDentry, bool oldSlash, bool newSlash, RenameFlags flags)
    {
        bool exchange = (flags & RenameFlags.Exchange) != 0;
        if ((flags & RenameFlags.NoReplace) != 0 && !newDentry.IsNegative)
            return -Errno.EEXIST;
        if (exchange)
        {
            if (newDentry.IsNegative)
                return -Errno.ENOENT;
            if (!newDentry.Inode!.IsDirectory && newSlash)
                return -Errno.ENOTDIR;
        }
        if (!oldDentry.Inode!.IsDirectory && (oldSlash || (!exchange && newSlash)))
            return -Errno.ENOTDIR;
        if (newDentry.Parent.IsWithin(oldDentry))
            return -Errno.EINVAL;
        if (oldDentry.Parent.IsWithin(newDentry))
            return exchange ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        return 0;
    }

    // Linux: vfs_rename
    private int RenameChecked(Task task, Dentry oldDentry, Dentry newDentry, RenameFlags flags)
    {
        Inode inode = oldDentry.Inode!;
        Inode? replaced = newDentry.Inode;
        if (ReferenceEquals(inode, replaced))
            return 0;
        DirectoryInode from = (DirectoryInode)oldDentry.Parent.Inode!, to = (DirectoryInode)newDentry.Parent.Inode!;
        int error = MayRename(task.Credentials, from, to, inode, replaced, flags);
        if (error != 0)
            return error;
        if (oldDentry.Mounts != 0 || newDentry.Mounts != 0)
            return -Errno.EBUSY;
        replaced?.Get();
        error = from.Rename(oldDentry.Name, inode, to, newDentry.Name, replaced, flags);
        if (error == 0)
        {
            if ((flags & RenameFlags.Exchange) != 0)
            {
                Dentries.Exchange(oldDentry, newDentry);
            }
            else
            {
                if (replaced is DirectoryInode gone)
                    gone.IsDead = true;
                Dentries.Move(oldDentry, newDentry);
            }
        }
        replaced?.Put();
        return error;
    }

    private static int MayRename(Credentials who, DirectoryInode from, DirectoryInode to, Inode inode, Inode? replaced, RenameFlags flags)
    {
        bool exchange = (flags & RenameFlags.Exchange) != 0;
        int error = Permissions.MayDelete(from, inode, who, inode.IsDirectory);
        if (error == 0)
        {
            error = replaced == null
                ? Permissions.MayCreate(to, who)
                : Permissions.MayDelete(to, replaced, who, exchange ? replaced.IsDirectory : inode.IsDirectory);
        }
        if (error != 0 || ReferenceEquals(from, to))
            return error;
        // A directory that moves is written to: its .. changes.
        if (inode.IsDirectory)
            error = Permissions.Check(inode, who, Access.Write);
        if (error == 0 && exchange && replaced!.IsDirectory)
            error = Permissions.Check(replaced, who, Access.Write);
        return error;
    }

    // Linux: filename_parentat
    private static int LookupParent(Task task, int directory, ReadOnlySpan<byte> path, out PathWalk walk)
    {
        walk = new PathWalk(task, LookupFlags.None);
        if (path.IsEmpty)
            return -Errno.ENOENT;
        int error = walk.Start(directory, path);
        return error != 0 ? error : walk.ToLast();
    }
}
