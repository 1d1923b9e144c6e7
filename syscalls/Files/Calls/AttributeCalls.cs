using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Permissions and owners. Linux: fs/open.c, fs/attr.c.</summary>
internal static class AttributeCalls
{
    public static long ChMod(Task task, in SyscallArguments args) => SetMode(task, AtFlags.CurrentDirectory, args.A0, (uint)args.A1, 0);

    public static long FChModAt(Task task, in SyscallArguments args) => SetMode(task, args.Int(0), args.A1, (uint)args.A2, 0);

    public static long FChModAt2(Task task, in SyscallArguments args)
    {
        int flags = args.Int(3);
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        return SetMode(task, args.Int(0), args.A1, (uint)args.A2, flags);
    }

    public static long FChMod(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        return reference.File is { } file ? SetMode(task, file.Path, (uint)args.A1) : -Errno.EBADF;
    }

    public static long ChOwn(Task task, in SyscallArguments args) =>
        SetOwner(task, AtFlags.CurrentDirectory, args.A0, (uint)args.A1, (uint)args.A2, 0);

    public static long LChOwn(Task task, in SyscallArguments args) =>
        SetOwner(task, AtFlags.CurrentDirectory, args.A0, (uint)args.A1, (uint)args.A2, AtFlags.SymlinkNoFollow);

    public static long FChOwnAt(Task task, in SyscallArguments args)
    {
        int flags = args.Int(4);
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        return SetOwner(task, args.Int(0), args.A1, (uint)args.A2, (uint)args.A3, flags);
    }

    public static long FChOwn(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        return reference.File is { } file ? SetOwner(task, file.Path, (uint)args.A1, (uint)args.A2) : -Errno.EBADF;
    }

    public static long AccessCall(Task task, in SyscallArguments args) => CheckAccess(task, AtFlags.CurrentDirectory, args.A0, args.Int(1), 0);

    public static long FAccessAt(Task task, in SyscallArguments args) => CheckAccess(task, args.Int(0), args.A1, args.Int(2), 0);

    public static long FAccessAt2(Task task, in SyscallArguments args)
    {
        int flags = args.Int(3);
        if ((flags & ~(AtFlags.EffectiveAccess | AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        return CheckAccess(task, args.Int(0), args.A1, args.Int(2), flags);
    }

    /// <summary>Changes what is known of a file, after all checks. Linux: <c>notify_change</c>.</summary>
    public static int Change(Task task, VfsPath path, AttributeChange change)
    {
        if (path.Mount.IsReadOnly)
            return -Errno.EROFS;
        int error = Permissions.MayChange(path.Inode, task.Credentials, ref change);
        return error != 0 ? error : path.Inode.SetAttributes(change);
    }

    /// <summary>Finds a file by what a call named …at was given.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="directory">Descriptor or AT_FDCWD.</param>
    /// <param name="address">Of the path.</param>
    /// <param name="flags">AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH count.</param>
    /// <param name="path">The place, without a reference.</param>
    public static int Find(Task task, int directory, ulong address, int flags, out VfsPath path)
    {
        path = default;
        bool empty = (flags & AtFlags.EmptyPath) != 0;
        int error = task.GetName(address, out ReadOnlySpan<byte> name, empty);
        if (error != 0)
            return error;
        LookupFlags lookup = (flags & AtFlags.SymlinkNoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        return Vfs.Lookup(task, directory, name, empty ? lookup | LookupFlags.Empty : lookup, out path);
    }

    private static long SetMode(Task task, int directory, ulong address, uint mode, int flags)
    {
        int error = Find(task, directory, address, flags, out VfsPath path);
        return error != 0 ? error : SetMode(task, path, mode);
    }

    // Linux: chmod_common
    private static int SetMode(Task task, VfsPath path, uint mode)
    {
        if (path.Inode.IsLink)
            return -Errno.EOPNOTSUPP;
        return Change(task, path, new AttributeChange { Valid = AttributeMask.Mode, Mode = mode & ModeBits.Permissions });
    }

    private static long SetOwner(Task task, int directory, ulong address, uint uid, uint gid, int flags)
    {
        int error = Find(task, directory, address, flags, out VfsPath path);
        return error != 0 ? error : SetOwner(task, path, uid, gid);
    }

    // Linux: chown_common
    private static int SetOwner(Task task, VfsPath path, uint uid, uint gid)
    {
        AttributeChange change = new() { Uid = uid, Gid = gid };
        if (uid != uint.MaxValue)
            change.Valid |= AttributeMask.Uid;
        if (gid != uint.MaxValue)
            change.Valid |= AttributeMask.Gid;
        if (!path.Inode.IsDirectory && Permissions.WithoutPrivileges(path.Inode.Mode) != path.Inode.Mode)
            change.Valid |= AttributeMask.KillPrivileges;
        return Change(task, path, change);
    }

    // Linux: do_faccessat
    private static long CheckAccess(Task task, int directory, ulong address, int mode, int flags)
    {
        if ((mode & ~7) != 0)
            return -Errno.EINVAL;
        Credentials own = task.Credentials;
        if ((flags & AtFlags.EffectiveAccess) != 0 || ReferenceEquals(own.ForRealUser(), own))
            return DoCheckAccess(task, directory, address, (Access)mode, flags);
        task.OverrideCredentials(own.ForRealUser());
        long result = DoCheckAccess(task, directory, address, (Access)mode, flags);
        task.OverrideCredentials(own);
        return result;
    }

    private static long DoCheckAccess(Task task, int directory, ulong address, Access wanted, int flags)
    {
        int error = Find(task, directory, address, flags, out VfsPath path);
        if (error != 0)
            return error;
        Inode inode = path.Inode;
        if ((wanted & Access.Exec) != 0 && inode.IsRegular && path.Mount.IsNoExec)
            return -Errno.EACCES;
        error = Permissions.Check(inode, task.Credentials, wanted);
        bool canBeReadOnly = inode.IsRegular || inode.IsDirectory || inode.IsLink;
        return error == 0 && (wanted & Access.Write) != 0 && canBeReadOnly && path.Mount.IsReadOnly ? -Errno.EROFS : error;
    }
}
