using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Extended attributes. Linux: fs/xattr.c.</summary>
internal static class XattrCalls
{
    private const int MaxName = 255, MaxSize = 65536;
    private const int At = AtFlags.CurrentDirectory, NoFollow = AtFlags.SymlinkNoFollow;
    private const int ArgumentSize = 16;

    /// <summary>What the calls named …at are passed. Linux: <c>struct xattr_args</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct XattrArguments
    {
        public ulong Value;
        public uint Size, Flags;
    }

    public static long Set(Task task, in SyscallArguments args) => Set(task, ByPath(task, args.A0, 0, out VfsPath path), path, args);

    public static long LSet(Task task, in SyscallArguments args) => Set(task, ByPath(task, args.A0, NoFollow, out VfsPath path), path, args);

    public static long FSet(Task task, in SyscallArguments args) => Set(task, ByFd(task, args.Int(0), out VfsPath path), path, args);

    public static long Get(Task task, in SyscallArguments args) => Get(task, ByPath(task, args.A0, 0, out VfsPath path), path, args.A1, args.A2, args.A3);

    public static long LGet(Task task, in SyscallArguments args) =>
        Get(task, ByPath(task, args.A0, NoFollow, out VfsPath path), path, args.A1, args.A2, args.A3);

    public static long FGet(Task task, in SyscallArguments args) => Get(task, ByFd(task, args.Int(0), out VfsPath path), path, args.A1, args.A2, args.A3);

    public static long List(Task task, in SyscallArguments args) => List(task, ByPath(task, args.A0, 0, out VfsPath path), path, args.A1, args.A2);

    public static long LList(Task task, in SyscallArguments args) =>
        List(task, ByPath(task, args.A0, NoFollow, out VfsPath path), path, args.A1, args.A2);

    public static long FList(Task task, in SyscallArguments args) => List(task, ByFd(task, args.Int(0), out VfsPath path), path, args.A1, args.A2);

    public static long Remove(Task task, in SyscallArguments args) => Remove(task, ByPath(task, args.A0, 0, out VfsPath path), path, args.A1);

    public static long LRemove(Task task, in SyscallArguments args) => Remove(task, ByPath(task, args.A0, NoFollow, out VfsPath path), path, args.A1);

    public static long FRemove(Task task, in SyscallArguments args) => Remove(task, ByFd(task, args.Int(0), out VfsPath path), path, args.A1);

    public static long SetAt(Task task, in SyscallArguments args)
    {
        int error = GetArguments(task, args, out XattrArguments given, out VfsPath path);
        return Set(task, error, path, new SyscallArguments(0, args.A3, given.Value, given.Size, given.Flags, 0));
    }

    public static long GetAt(Task task, in SyscallArguments args)
    {
        int error = GetArguments(task, args, out XattrArguments given, out VfsPath path);
        if (error == 0 && given.Flags != 0)
            error = -Errno.EINVAL;
        return Get(task, error, path, args.A3, given.Value, given.Size);
    }

    public static long ListAt(Task task, in SyscallArguments args) =>
        List(task, Find(task, args.Int(0), args.A1, args.Int(2), out VfsPath path), path, args.A3, args.A4);

    public static long RemoveAt(Task task, in SyscallArguments args) =>
        Remove(task, Find(task, args.Int(0), args.A1, args.Int(2), out VfsPath path), path, args.A3);

    private static int GetArguments(Task task, in SyscallArguments args, out XattrArguments given, out VfsPath path)
    {
        path = default;
        int error = task.GetStruct(args.A4, args.A5, ArgumentSize, out given);
        return error != 0 ? error : Find(task, args.Int(0), args.A1, args.Int(2), out path);
    }

    private static int Find(Task task, int directory, ulong address, int flags, out VfsPath path)
    {
        path = default;
        if ((flags & ~(NoFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        return AttributeCalls.Find(task, directory, address, flags, out path);
    }

    private static int ByPath(Task task, ulong address, int flags, out VfsPath path) => AttributeCalls.Find(task, At, address, flags, out path);

    private static int ByFd(Task task, int fd, out VfsPath path)
    {
        using FileReference reference = task.Files.Get(fd);
        path = reference.File?.Path ?? default;
        return reference.File == null ? -Errno.EBADF : 0;
    }

    private static int GetName(Task task, ulong address, out byte[] name)
    {
        byte[] buffer = new byte[MaxName + 1];
        name = [];
        int length = task.User.CopyStringFrom(address, buffer);
        if (length < 0)
            return length;
        if (length is 0 or > MaxName)
            return -Errno.ERANGE;
        name = buffer[..length];
        return 0;
    }

    // Linux: do_setxattr
    private static long Set(Task task, int error, VfsPath path, in SyscallArguments args)
    {
        if (error != 0)
            return error;
        int flags = args.Int(4);
        if ((flags & ~(MemoryXattrs.CreateOnly | MemoryXattrs.ReplaceOnly)) != 0)
            return -Errno.EINVAL;
        error = GetName(task, args.A1, out byte[] name);
        if (error != 0)
            return error;
        if (args.A3 > MaxSize)
            return -Errno.E2BIG;
        byte[] value = new byte[args.A3];
        if (task.User.CopyFrom(args.A2, value) != 0)
            return -Errno.EFAULT;
        if (path.Mount.IsReadOnly)
            return -Errno.EROFS;
        error = Check(task, path.Inode, name, Access.Write);
        return error != 0 ? error : path.Inode.SetXattr(name, value, flags);
    }

    // Linux: do_getxattr
    private static long Get(Task task, int error, VfsPath path, ulong nameAddress, ulong address, ulong size)
    {
        if (error != 0)
            return error;
        error = GetName(task, nameAddress, out byte[] name);
        if (error != 0)
            return error;
        error = Check(task, path.Inode, name, Access.Read);
        if (error != 0)
            return error;
        byte[] value = new byte[Math.Min(size, MaxSize)];
        int length = path.Inode.GetXattr(name, value);
        if (length <= 0 || value.Length == 0)
            return length == -Errno.ERANGE && size >= MaxSize ? -Errno.E2BIG : length;
        return task.User.CopyTo(address, value.AsSpan(0, length)) == 0 ? length : -Errno.EFAULT;
    }

    private static long List(Task task, int error, VfsPath path, ulong address, ulong size)
    {
        if (error != 0)
            return error;
        byte[] list = new byte[Math.Min(size, MaxSize)];
        int length = path.Inode.ListXattr(list);
        if (length <= 0 || list.Length == 0)
            return length;
        return task.User.CopyTo(address, list.AsSpan(0, length)) == 0 ? length : -Errno.EFAULT;
    }

    private static long Remove(Task task, int error, VfsPath path, ulong nameAddress)
    {
        if (error != 0)
            return error;
        error = GetName(task, nameAddress, out byte[] name);
        if (error != 0)
            return error;
        if (path.Mount.IsReadOnly)
            return -Errno.EROFS;
        error = Check(task, path.Inode, name, Access.Write);
        return error != 0 ? error : path.Inode.RemoveXattr(name);
    }

    // Linux: xattr_permission
    private static int Check(Task task, Inode inode, ReadOnlySpan<byte> name, Access wanted)
    {
        bool write = wanted == Access.Write;
        if (name.StartsWith("security."u8) || name.StartsWith("system."u8))
            return 0;
        if (name.StartsWith("trusted."u8))
            return task.Credentials.Can(Capability.SysAdmin) ? 0 : write ? -Errno.EPERM : -Errno.ENODATA;
        if (name.StartsWith("user."u8))
        {
            if (!inode.IsRegular && !inode.IsDirectory)
                return write ? -Errno.EPERM : -Errno.ENODATA;
            bool isSticky = inode.IsDirectory && (inode.Mode & ModeBits.Sticky) != 0;
            if (isSticky && write && !Permissions.IsOwner(inode, task.Credentials))
                return -Errno.EPERM;
        }
        return Permissions.Check(inode, task.Credentials, wanted);
    }
}
