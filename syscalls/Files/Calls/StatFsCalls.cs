using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How full file systems are, and how much of a file is in memory. Linux: fs/statfs.c, mm/filemap.c (<c>cachestat</c>).</summary>
internal static class StatFsCalls
{
    public static long StatFs(Task task, in SyscallArguments args)
    {
        int error = AttributeCalls.Find(task, AtFlags.CurrentDirectory, args.A0, 0, out VfsPath path);
        return error != 0 ? error : Put(task, path, args.A1);
    }

    public static long FStatFs(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.GetRaw(args.Int(0));
        return reference.File is { } file ? Put(task, file.Path, args.A1) : -Errno.EBADF;
    }

    public static long UStat(Task task, in SyscallArguments args)
    {
        DeviceNumber device = DeviceNumber.Decode((uint)args.A0);
        foreach (Mount mount in task.Namespace.Mounts)
        {
            if (mount.FileSystem.Device != device)
                continue;
            int error = mount.FileSystem.StatFs(mount.Root.Inode!, out FileSystemStat stat);
            if (error != 0)
                return error;
            Span<byte> user = stackalloc byte[32]; // f_tfree, f_tinode, f_fname, f_fpack
            user.Clear();
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(user, (int)stat.FreeBlocks);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(user[8..], stat.FreeFiles);
            return task.User.CopyTo(args.A1, user) == 0 ? 0 : -Errno.EFAULT;
        }
        return -Errno.EINVAL;
    }

    // Linux: vfs_statfs, flags_by_mnt
    private static int Put(Task task, VfsPath path, ulong address)
    {
        const long Valid = 0x20;
        int error = path.Mount.FileSystem.StatFs(path.Inode, out FileSystemStat stat);
        if (error != 0)
            return error;
        stat.Flags = Valid | FlagsOf(path.Mount);
        return task.User.TryPut(address, stat) ? 0 : -Errno.EFAULT;
    }

    private static long FlagsOf(Mount mount)
    {
        const long ReadOnly = 1, NoSetUid = 2, NoDevices = 4, NoExec = 8, NoAccessTime = 0x400, NoDirectoryAccessTime = 0x800, RelativeAccessTime = 0x1000;
        MountFlags flags = mount.Flags;
        return (mount.IsReadOnly ? ReadOnly : 0) | ((flags & MountFlags.NoSetUid) != 0 ? NoSetUid : 0) |
            ((flags & MountFlags.NoDevices) != 0 ? NoDevices : 0) | ((flags & MountFlags.NoExec) != 0 ? NoExec : 0) |
            ((flags & MountFlags.NoAccessTime) != 0 ? NoAccessTime : 0) |
            ((flags & MountFlags.NoDirectoryAccessTime) != 0 ? NoDirectoryAccessTime : 0) |
            ((flags & MountFlags.RelativeAccessTime) != 0 ? RelativeAccessTime : 0);
    }
}
