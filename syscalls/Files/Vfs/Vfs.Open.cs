using Emu.Mm;

namespace Emu.Syscalls;

/// <content>open. Linux: fs/namei.c (<c>path_openat</c>), fs/open.c.</content>
internal sealed partial class Vfs
{
    /// <summary>Opens a file, and makes it if that is asked for. Linux: <c>do_filp_open</c>.</summary>
    /// <param name="task">Who opens.</param>
    /// <param name="directory">Descriptor that a relative path starts at, or AT_FDCWD.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">As <see cref="OpenCalls"/> has made them consistent.</param>
    /// <param name="mode">Permissions of a file that is made; the umask is applied here.</param>
    /// <param name="lookup">How the path is resolved.</param>
    /// <param name="file">The open file, with a reference.</param>
    /// <returns>0 or a negative errno.</returns>
    public int Open(Task task, int directory, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, LookupFlags lookup, out OpenFile? file)
    {
        file = null;
        if (path.IsEmpty)
            return -Errno.ENOENT;
        if ((flags & OpenFlags.TemporaryBit) != 0)
            return OpenTemporary(task, directory, path, flags, mode, lookup, out file);
        PathWalk walk = new(task, lookup);
        int error = walk.Start(directory, path);
        if (error != 0)
            return error;
        bool created = false;
        while (true)
        {
            error = walk.ToLast();
            if (error == 0)
                error = (flags & OpenFlags.Create) != 0 ? LastOrCreate(task, ref walk, flags, mode, out created) : LastOfOpen(ref walk, flags);
            if (error < 0)
                return error;
            if (error == 0)
                break;
        }
        bool wantsDirectory = (flags & OpenFlags.Directory) != 0 || walk.HasTrailingSlash;
        error = CheckOpen(task, walk.Path, flags, created, wantsDirectory);
        if (error != 0)
            return error;
        if (!created && (flags & OpenFlags.Truncate) != 0 && walk.Path.Inode.IsRegular)
        {
            error = Truncate(task, walk.Path, 0, AttributeMask.Open);
            if (error != 0)
                return error;
        }
        return OpenPath(task, walk.Path, flags, created, out file);
    }

    /// <summary>Opens a file by its place, if that is allowed. Linux: <c>do_open</c>.</summary>
    public static int OpenChecked(Task task, VfsPath path, OpenFlags flags, out OpenFile? file)
    {
        file = null;
        int error = CheckOpen(task, path, flags, created: false, wantsDirectory: false);
        return error != 0 ? error : OpenPath(task, path, flags, created: false, out file);
    }

    /// <summary>Changes the size of a file. Linux: <c>do_truncate</c>.</summary>
    /// <param name="task">Who does.</param>
    /// <param name="path">A regular file of any file system, on which access was checked.</param>
    /// <param name="size">New size.</param>
    /// <param name="reason">What the file system is told with it.</param>
    public static int Truncate(Task task, VfsPath path, ulong size, AttributeMask reason)
    {
        if (path.Inode is not RegularInode inode)
            return path.Inode.SetAttributes(new AttributeChange { Valid = AttributeMask.Size | reason, Size = size });
        if (inode.IsSwapFile)
            return -Errno.ETXTBSY;
        if (size > inode.Size && size > task.FileSizeLimit)
            return FileTooLarge(task);
        int seals = inode.Seals;
        if (seals > 0 && ((size < inode.Size && (seals & FileSeals.Shrink) != 0) || (size > inode.Size && (seals & FileSeals.Grow) != 0)))
            return -Errno.EPERM;
        AttributeChange change = new() { Valid = AttributeMask.Size | reason, Size = size };
        if (Permissions.WithoutPrivileges(inode.Mode) != inode.Mode && !task.Credentials.Can(Capability.FileSetId))
            change.Valid |= AttributeMask.KillPrivileges;
        return inode.SetAttributes(change);
    }

    /// <summary>A file would get larger than the process may make it.</summary>
    /// <returns>-EFBIG.</returns>
    public static int FileTooLarge(Task task)
    {
        task.SendSignal(Signal.SIGXFSZ);
        return -Errno.EFBIG;
    }

    // 0 at the end, 1 to go on, or a negative errno.
    private static int LastOfOpen(ref PathWalk walk, OpenFlags flags)
    {
        bool follow = (flags & OpenFlags.NoFollow) == 0 || walk.HasTrailingSlash;
        return walk.StepLast(follow);
    }

    // Linux: open_last_lookups, lookup_open
    private int LastOrCreate(Task task, ref PathWalk walk, OpenFlags flags, uint mode, out bool created)
    {
        created = false;
        if (walk.LastKind != LastKind.Name)
            return walk.StepLast(follow: true);
        if (walk.HasTrailingSlash)
            return -Errno.EISDIR;
        int error = walk.LookupLast(out Dentry dentry);
        if (error != 0)
            return error;
        if (!dentry.IsNegative)
            return walk.StepInto(dentry, (flags & OpenFlags.NoFollow) == 0);
        DirectoryInode directory = (DirectoryInode)walk.Path.Inode;
        if (walk.Path.Mount.IsReadOnly)
            return -Errno.EROFS;
        error = Permissions.Check(directory, task.Credentials, Access.Write | Access.Exec);
        if (error != 0)
            return error;
        NewInode made = NewInodeFor(task, directory, ModeBits.Regular | (mode & ModeBits.Permissions & ~task.Fs.Umask));
        error = directory.Create(dentry.Name, made, out Inode? inode);
        if (error != 0)
            return error;
        Dentries.Instantiate(dentry, inode!);
        created = true;
        return walk.StepInto(dentry, follow: false);
    }

    // Linux: do_open, may_open
    private static int CheckOpen(Task task, VfsPath path, OpenFlags flags, bool created, bool wantsDirectory)
    {
        Inode inode = path.Inode;
        if ((flags & OpenFlags.Create) != 0)
        {
            if ((flags & OpenFlags.Exclusive) != 0 && !created)
                return -Errno.EEXIST;
            if (inode.IsDirectory)
                return -Errno.EISDIR;
        }
        if (wantsDirectory && !inode.IsDirectory)
            return -Errno.ENOTDIR;
        if ((flags & OpenFlags.Path) != 0)
            return 0;
        Access wanted = created ? Access.None : AccessFor(flags);
        bool write = (wanted & Access.Write) != 0;
        switch (inode.Type)
        {
            case ModeBits.Link:
                return -Errno.ELOOP;
            case ModeBits.Directory:
                if (write)
                    return -Errno.EISDIR;
                if ((flags & OpenFlags.Exec) != 0)
                    return -Errno.EACCES;
                break;
            case ModeBits.Block or ModeBits.Character:
                if ((path.Mount.Flags & MountFlags.NoDevices) != 0 || (flags & OpenFlags.Exec) != 0)
                    return -Errno.EACCES;
                break;
            case ModeBits.Fifo or ModeBits.Socket:
                if ((flags & OpenFlags.Exec) != 0)
                    return -Errno.EACCES;
                break;
            default:
                if ((flags & OpenFlags.Exec) != 0 && path.Mount.IsNoExec)
                    return -Errno.EACCES;
                break;
        }
        int error = Permissions.Check(inode, task.Credentials, wanted);
        if (error != 0)
            return error;
        if ((flags & OpenFlags.NoAccessTime) != 0 && !Permissions.IsOwner(inode, task.Credentials))
            return -Errno.EPERM;
        return write && inode.IsRegular && path.Mount.IsReadOnly ? -Errno.EROFS : 0;
    }

    // Linux: ACC_MODE, with what O_TRUNC asks for
    private static Access AccessFor(OpenFlags flags)
    {
        Access wanted = (flags & OpenFlags.AccessMode) switch
        {
            OpenFlags.ReadOnly => Access.Read,
            OpenFlags.WriteOnly => Access.Write,
            _ => Access.Read | Access.Write,
        };
        if ((flags & OpenFlags.Truncate) != 0)
            wanted |= Access.Write;
        return (flags & OpenFlags.Exec) != 0 ? Access.Exec : wanted;
    }

    // Linux: do_tmpfile
    private static int OpenTemporary(Task task, int directory, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, LookupFlags lookup,
        out OpenFile? file)
    {
        file = null;
        int error = Lookup(task, directory, path, lookup | LookupFlags.Directory, out VfsPath at);
        if (error != 0)
            return error;
        if (at.Mount.IsReadOnly)
            return -Errno.EROFS;
        DirectoryInode parent = (DirectoryInode)at.Inode;
        error = Permissions.Check(parent, task.Credentials, Access.Write | Access.Exec);
        if (error != 0)
            return error;
        NewInode made = NewInodeFor(task, parent, ModeBits.Regular | (mode & ModeBits.Permissions & ~task.Fs.Umask));
        error = parent.CreateTemporary(made, out Inode? inode);
        if (error != 0)
            return error;
        byte[] name = System.Text.Encoding.ASCII.GetBytes("#" + inode!.Number);
        return OpenPath(task, new VfsPath(at.Mount, new Dentry(at.Dentry, name, inode)), flags, created: true, out file);
    }
}
