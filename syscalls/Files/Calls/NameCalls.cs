using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Names that come, go and move. Linux: fs/namei.c, fs/stat.c (<c>do_readlinkat</c>).</summary>
internal static class NameCalls
{
    public static long MkNod(Task task, in SyscallArguments args) => Make(task, AtFlags.CurrentDirectory, args.A0, (uint)args.A1, (uint)args.A2);

    public static long MkNodAt(Task task, in SyscallArguments args) => Make(task, args.Int(0), args.A1, (uint)args.A2, (uint)args.A3);

    public static long Link(Task task, in SyscallArguments args) =>
        DoLink(task, AtFlags.CurrentDirectory, args.A0, AtFlags.CurrentDirectory, args.A1, 0);

    public static long LinkAt(Task task, in SyscallArguments args) => DoLink(task, args.Int(0), args.A1, args.Int(2), args.A3, args.Int(4));

    public static long Symlink(Task task, in SyscallArguments args) => DoSymlink(task, args.A0, AtFlags.CurrentDirectory, args.A1);

    public static long SymlinkAt(Task task, in SyscallArguments args) => DoSymlink(task, args.A0, args.Int(1), args.A2);

    public static long Rename(Task task, in SyscallArguments args) =>
        DoRename(task, AtFlags.CurrentDirectory, args.A0, AtFlags.CurrentDirectory, args.A1, RenameFlags.None);

    public static long RenameAt(Task task, in SyscallArguments args) =>
        DoRename(task, args.Int(0), args.A1, args.Int(2), args.A3, RenameFlags.None);

    public static long RenameAt2(Task task, in SyscallArguments args) =>
        DoRename(task, args.Int(0), args.A1, args.Int(2), args.A3, (RenameFlags)(uint)args.A4);

    public static long Unlink(Task task, in SyscallArguments args) => Remove(task, AtFlags.CurrentDirectory, args.A0, isDirectory: false);

    public static long UnlinkAt(Task task, in SyscallArguments args)
    {
        int flags = args.Int(2);
        if ((flags & ~AtFlags.RemoveDirectory) != 0)
            return -Errno.EINVAL;
        return Remove(task, args.Int(0), args.A1, flags != 0);
    }

    public static long ReadLink(Task task, in SyscallArguments args) => DoReadLink(task, AtFlags.CurrentDirectory, args.A0, args.A1, args.Int(2));

    public static long ReadLinkAt(Task task, in SyscallArguments args) => DoReadLink(task, args.Int(0), args.A1, args.A2, args.Int(3));

    // Linux: do_mknodat, may_mknod
    private static long Make(Task task, int directory, ulong path, uint mode, uint device)
    {
        switch (mode & ModeBits.TypeMask)
        {
            case 0:
                mode |= ModeBits.Regular;
                break;
            case ModeBits.Regular or ModeBits.Character or ModeBits.Block or ModeBits.Fifo or ModeBits.Socket:
                break;
            case ModeBits.Directory:
                return -Errno.EPERM;
            default:
                return -Errno.EINVAL;
        }
        int error = task.GetName(path, out ReadOnlySpan<byte> name);
        mode &= ModeBits.TypeMask | ModeBits.Permissions;
        return error != 0 ? error : task.Kernel.Vfs.Make(task, directory, name, mode, DeviceNumber.Decode(device), default);
    }

    // Linux: do_linkat
    private static long DoLink(Task task, int oldDirectory, ulong oldPath, int newDirectory, ulong newPath, int flags)
    {
        if ((flags & ~(AtFlags.SymlinkFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        bool empty = (flags & AtFlags.EmptyPath) != 0;
        int error = task.GetName(oldPath, out ReadOnlySpan<byte> oldName, empty);
        if (error == 0 && oldName.IsEmpty)
            error = MayLinkDescriptor(task, oldDirectory);
        if (error != 0)
            return error;
        LookupFlags lookup = (flags & AtFlags.SymlinkFollow) != 0 ? LookupFlags.Follow : LookupFlags.None;
        error = Vfs.Lookup(task, oldDirectory, oldName, empty ? lookup | LookupFlags.Empty : lookup, out VfsPath from);
        if (error != 0)
            return error;
        from.Get();
        error = task.GetSecondName(newPath, out ReadOnlySpan<byte> newName);
        if (error == 0)
            error = task.Kernel.Vfs.Link(task, from, newDirectory, newName);
        from.Put();
        return error;
    }

    // A descriptor that another has handed over must not become a name again. Linux: LOOKUP_LINKAT_EMPTY
    private static int MayLinkDescriptor(Task task, int fd)
    {
        if (task.Files.Peek(fd) is not { } file)
            return fd == AtFlags.CurrentDirectory ? 0 : -Errno.EBADF;
        return ReferenceEquals(file.Opener, task.Credentials) || task.Credentials.Can(Capability.DacReadSearch) ? 0 : -Errno.ENOENT;
    }

    private static long DoSymlink(Task task, ulong target, int directory, ulong path)
    {
        int error = task.GetName(target, out ReadOnlySpan<byte> text);
        if (error != 0)
            return error;
        error = task.GetSecondName(path, out ReadOnlySpan<byte> name);
        return error != 0 ? error : task.Kernel.Vfs.Make(task, directory, name, ModeBits.Link | 0x1FF, default, text);
    }

    private static long DoRename(Task task, int oldDirectory, ulong oldPath, int newDirectory, ulong newPath, RenameFlags flags)
    {
        const RenameFlags All = RenameFlags.NoReplace | RenameFlags.Exchange | RenameFlags.Whiteout;
        bool exchanges = (flags & RenameFlags.Exchange) != 0;
        if ((flags & ~All) != 0 || (exchanges && (flags & ~RenameFlags.Exchange) != 0))
            return -Errno.EINVAL;
        int error = task.GetName(oldPath, out ReadOnlySpan<byte> oldName);
        if (error != 0)
            return error;
        error = task.GetSecondName(newPath, out ReadOnlySpan<byte> newName);
        return error != 0 ? error : task.Kernel.Vfs.Rename(task, oldDirectory, oldName, newDirectory, newName, flags);
    }

    private static long Remove(Task task, int directory, ulong path, bool isDirectory)
    {
        int error = task.GetName(path, out ReadOnlySpan<byte> name);
        if (error != 0)
            return error;
        Vfs vfs = task.Kernel.Vfs;
        return isDirectory ? vfs.RemoveDirectory(task, directory, name) : vfs.Unlink(task, directory, name);
    }

    private static long DoReadLink(Task task, int directory, ulong path, ulong address, int size)
    {
        if (size <= 0)
            return -Errno.EINVAL;
        int error = task.GetName(path, out ReadOnlySpan<byte> name, allowEmpty: true);
        if (error != 0)
            return error;
        error = Vfs.Lookup(task, directory, name, LookupFlags.Empty, out VfsPath found);
        if (error != 0)
            return error;
        if (!found.Inode.IsLink)
            return name.IsEmpty ? -Errno.ENOENT : -Errno.EINVAL;
        error = found.Inode.ReadLink(task, out byte[] text);
        if (error != 0)
            return error;
        int length = Math.Min(size, text.Length);
        return task.User.CopyTo(address, text.AsSpan(0, length)) == 0 ? length : -Errno.EFAULT;
    }
}
