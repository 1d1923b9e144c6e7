using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Positions, sizes, and what lasts. Linux: fs/read_write.c, fs/open.c, fs/sync.c, mm/fadvise.c.</summary>
internal static class SizeCalls
{
    public static long LSeek(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        int whence = args.Int(2);
        return (uint)whence > SeekOrigins.Hole ? -Errno.EINVAL : file.Seek(task, (long)args.A1, whence);
    }

    public static long Truncate(Task task, in SyscallArguments args)
    {
        long length = (long)args.A1;
        if (length < 0)
            return -Errno.EINVAL;
        int error = AttributeCalls.Find(task, AtFlags.CurrentDirectory, args.A0, 0, out VfsPath path);
        if (error != 0)
            return error;
        if (path.Inode.IsDirectory)
            return -Errno.EISDIR;
        if (!path.Inode.IsRegular)
            return -Errno.EINVAL;
        if (path.Mount.IsReadOnly)
            return -Errno.EROFS;
        error = Permissions.Check(path.Inode, task.Credentials, Access.Write);
        return error != 0 ? error : Vfs.Truncate(task, path, (ulong)length, AttributeMask.None);
    }

    public static long FTruncate(Task task, in SyscallArguments args)
    {
        long length = (long)args.A1;
        if (length < 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (!file.CanWrite || !file.Inode.IsRegular)
            return -Errno.EINVAL;
        return file.Truncate(task, (ulong)length);
    }

    public static long FAllocate(Task task, in SyscallArguments args)
    {
        const int KeepSize = 1, PunchHole = 2, CollapseRange = 8, ZeroRange = 0x10, InsertRange = 0x20, UnshareRange = 0x40;
        const int Known = KeepSize | PunchHole | CollapseRange | ZeroRange | InsertRange | UnshareRange;
        int mode = args.Int(1);
        long offset = (long)args.A2, length = (long)args.A3;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (offset < 0 || length <= 0)
            return -Errno.EINVAL;
        if ((mode & ~Known) != 0 || (mode & (PunchHole | KeepSize)) == PunchHole)
            return -Errno.EOPNOTSUPP;
        if (!file.CanWrite)
            return -Errno.EBADF;
        if (file.Inode.Type == ModeBits.Fifo)
            return -Errno.ESPIPE;
        if (!file.Inode.IsRegular)
            return file.Inode.IsDirectory ? -Errno.EISDIR : -Errno.ENODEV;
        if (offset > long.MaxValue - length)
            return -Errno.EFBIG;
        bool grows = (mode & KeepSize) == 0 && (ulong)(offset + length) > task.FileSizeLimit;
        return grows ? Vfs.FileTooLarge(task) : file.Allocate(mode, (ulong)offset, (ulong)length);
    }

    public static long FSync(Task task, in SyscallArguments args) => Sync(task, args, dataOnly: false);

    public static long FDataSync(Task task, in SyscallArguments args) => Sync(task, args, dataOnly: true);

    public static long SyncAll(Task task, in SyscallArguments args)
    {
        foreach (Mount mount in task.Namespace.Mounts)
            _ = mount.FileSystem.Sync(); // sync tells nobody
        return 0;
    }

    public static long SyncFs(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        return reference.File is { } file ? file.Inode.FileSystem.Sync() : -Errno.EBADF;
    }

    public static long SyncFileRange(Task task, in SyscallArguments args)
    {
        long offset = (long)args.A1, length = (long)args.A2;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if ((args.A3 & ~7UL) != 0 || offset < 0 || length < 0 || offset > long.MaxValue - length)
            return -Errno.EINVAL;
        if (!file.Inode.IsRegular && !file.Inode.IsDirectory && !file.Inode.IsLink && file.Inode.Type != ModeBits.Block)
            return -Errno.ESPIPE;
        if (args.A3 == 0 || file.Mapping is not { Kind: PageCacheKind.File } mapping)
            return 0;
        ulong last = length == 0 ? ulong.MaxValue : (ulong)(offset + length - 1);
        return mapping.WriteBack((ulong)offset >> MmConstants.PageShift, last >> MmConstants.PageShift);
    }

    public static long FAdvise64(Task task, in SyscallArguments args)
    {
        const int DontNeed = 4, WillNeed = 3, Last = 5;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (file.Inode.Type == ModeBits.Fifo)
            return -Errno.ESPIPE;
        long offset = (long)args.A1, length = (long)args.A2;
        int advice = args.Int(3);
        if (length < 0 || (uint)advice > Last)
            return -Errno.EINVAL;
        if (file.Mapping is not { Kind: PageCacheKind.File } mapping)
            return 0;
        ulong end = length == 0 || offset > long.MaxValue - length ? ulong.MaxValue : (ulong)(offset + length);
        switch (advice)
        {
            case WillNeed:
                return FileAdvice.WillNeed(mapping, (ulong)offset, end);
            case DontNeed:
                return FileAdvice.DontNeed(mapping, (ulong)offset, end);
            default:
                return 0; // how much is read ahead follows from how the file is read
        }
    }

    public static long ReadaheadCall(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { CanRead: true } file)
            return -Errno.EBADF;
        if (!file.Inode.IsRegular || file.Mapping is not { } mapping)
            return -Errno.EINVAL;
        ulong offset = args.A1, end = offset + args.A2 < offset ? ulong.MaxValue : offset + args.A2;
        return mapping.Kind == PageCacheKind.File ? FileAdvice.WillNeed(mapping, offset, end) : 0;
    }

    private static long Sync(Task task, in SyscallArguments args, bool dataOnly)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        return reference.File is { } file ? file.Sync(0, ulong.MaxValue, dataOnly) : -Errno.EBADF;
    }
}
