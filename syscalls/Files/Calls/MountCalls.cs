using System.Globalization;
using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Mounts. Linux: fs/namespace.c.</summary>
internal static class MountCalls
{
    private const ulong ReadOnly = 1, NoSetUid = 2, NoDevices = 4, NoExec = 8, Remount = 0x20, NoAccessTime = 0x400, NoDirectoryAccessTime = 0x800,
        Bind = 0x1000, Move = 0x2000, Recursive = 0x4000, Silent = 0x8000, Unbindable = 1 << 17, Private = 1 << 18, Slave = 1 << 19, Shared = 1 << 20,
        StrictAccessTime = 1 << 24;
    private const ulong MagicMask = 0xFFFF0000, Magic = 0xC0ED0000;
    private const int MaxText = 4096;

    public static long Mount(Task task, in SyscallArguments args)
    {
        int error = GetText(task, args.A0, out byte[] source);
        if (error != 0)
            return error;
        error = GetText(task, args.A2, out byte[] type);
        if (error != 0)
            return error;
        error = GetText(task, args.A4, out byte[] options);
        if (error != 0)
            return error;
        error = AttributeCalls.Find(task, AtFlags.CurrentDirectory, args.A1, 0, out VfsPath at);
        if (error != 0)
            return error;
        if (!task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        ulong flags = args.A3;
        if ((flags & MagicMask) == Magic)
            flags &= ~MagicMask;
        return Do(task, source, at, Encoding.ASCII.GetString(type), flags, Encoding.ASCII.GetString(options));
    }

    public static long Umount2(Task task, in SyscallArguments args)
    {
        const int Force = 1, Detach = 2, Expire = 4, NoFollow = 8;
        int flags = args.Int(1);
        if ((flags & ~(Force | Detach | Expire | NoFollow)) != 0)
            return -Errno.EINVAL;
        int error = AttributeCalls.Find(task, AtFlags.CurrentDirectory, args.A0, (flags & NoFollow) != 0 ? AtFlags.SymlinkNoFollow : 0, out VfsPath at);
        if (error != 0)
            return error;
        if (!ReferenceEquals(at.Dentry, at.Mount.Root))
            return -Errno.EINVAL;
        if (!task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        if ((flags & Expire) != 0)
            return (flags & (Force | Detach)) != 0 ? -Errno.EINVAL : -Errno.EAGAIN;
        task.Kernel.Vfs.Dentries.PruneTo(0); // names that nobody uses do not keep a file system busy
        return task.Namespace.Detach(at.Mount, (flags & Detach) != 0);
    }

    public static long PivotRoot(Task task, in SyscallArguments args)
    {
        if (!task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        int error = FindDirectory(task, args.A0, out VfsPath next);
        if (error != 0)
            return error;
        error = FindDirectory(task, args.A1, out VfsPath put);
        if (error != 0)
            return error;
        MountNamespace mounts = task.Namespace;
        VfsPath root = task.Fs.Root;
        if (!ReferenceEquals(next.Dentry, next.Mount.Root) || next.Mount.Parent == null || !ReferenceEquals(root.Dentry, root.Mount.Root))
            return -Errno.EINVAL;
        if (ReferenceEquals(next.Mount, root.Mount) || ReferenceEquals(put.Mount, root.Mount))
            return -Errno.EBUSY;
        if (!mounts.IsBelow(put, next))
            return -Errno.EINVAL;
        mounts.Pivot(root.Mount, next.Mount, put);
        foreach (ThreadGroup process in task.Kernel.Pids.Processes)
        {
            foreach (Task thread in process.Threads)
                ChangeRoot(thread, root, next);
        }
        return 0;
    }

    // Linux: path_mount
    private static int Do(Task task, byte[] source, VfsPath at, string type, ulong flags, string options)
    {
        if ((flags & Remount) != 0)
            return DoRemount(at, flags);
        if ((flags & Bind) != 0)
            return DoBind(task, source, at, (flags & Recursive) != 0);
        if ((flags & (Private | Slave | Shared | Unbindable)) != 0)
            return IsMountRoot(at) ? 0 : -Errno.EINVAL; // there is one namespace: nothing is passed on, whatever the type
        if ((flags & Move) != 0)
            return DoMove(task, source, at);
        return DoNew(task, source, at, type, flags & ~(Silent | StrictAccessTime), options);
    }

    private static int DoRemount(VfsPath at, ulong flags)
    {
        if (!IsMountRoot(at))
            return -Errno.EINVAL;
        at.Mount.Flags = ToMountFlags(flags);
        return 0;
    }

    private static int DoBind(Task task, byte[] source, VfsPath at, bool recursive)
    {
        if (source.Length == 0)
            return -Errno.EINVAL;
        int error = Vfs.Lookup(task, AtFlags.CurrentDirectory, source, LookupFlags.Follow, out VfsPath from);
        if (error != 0)
            return error;
        if (from.Inode.IsDirectory != at.Inode.IsDirectory)
            return -Errno.ENOTDIR;
        Mount top = task.Namespace.Attach(from.Mount.FileSystem, from.Dentry, at, from.Mount.Flags, from.Mount.Source);
        if (recursive)
            task.Namespace.CopyBelow(from, top);
        return 0;
    }

    private static int DoMove(Task task, byte[] source, VfsPath at)
    {
        int error = Vfs.Lookup(task, AtFlags.CurrentDirectory, source, LookupFlags.Follow, out VfsPath from);
        if (error != 0)
            return error;
        if (!IsMountRoot(from) || from.Mount.Parent == null || from.Inode.IsDirectory != at.Inode.IsDirectory)
            return -Errno.EINVAL;
        if (task.Namespace.IsBelow(at, from))
            return -Errno.ELOOP;
        task.Namespace.Move(from.Mount, at);
        return 0;
    }

    private static int DoNew(Task task, byte[] source, VfsPath at, string type, ulong flags, string options)
    {
        if (type.Length == 0)
            return -Errno.EINVAL;
        int error = Make(task, type, options, out FileSystem? fileSystem, out Dentry? root);
        if (error != 0)
            return error;
        if (!at.Inode.IsDirectory)
            return -Errno.ENOTDIR;
        task.Namespace.Attach(fileSystem!, root!, at, ToMountFlags(flags), source);
        return 0;
    }

    private static int Make(Task task, string type, string options, out FileSystem? fileSystem, out Dentry? root)
    {
        Vfs vfs = task.Kernel.Vfs;
        fileSystem = null;
        root = null;
        switch (type)
        {
            case "tmpfs" or "ramfs":
                int error = TryParse(task, options, out TmpOptions parsed);
                if (error != 0)
                    return error;
                TmpFileSystem tmp = new(vfs, vfs.NextAnonymousDevice(), parsed);
                (fileSystem, root) = (tmp, tmp.Root);
                return 0;
            case "proc":
                (fileSystem, root) = (vfs.Proc, vfs.Proc.Root);
                return 0;
            case "sysfs":
                (fileSystem, root) = (vfs.Sys, vfs.Sys.Root);
                return 0;
            case "devtmpfs":
                DevFileSystem dev = new(vfs);
                (fileSystem, root) = (dev, dev.Root);
                return 0;
            case "devpts":
                PtsFileSystem pts = new(vfs);
                (fileSystem, root) = (pts, pts.Root);
                return 0;
            default:
                return -Errno.ENODEV;
        }
    }

    // Linux: shmem_parse_one
    private static int TryParse(Task task, string options, out TmpOptions parsed)
    {
        long half = (long)(task.Kernel.Memory.TotalRamPages / 2);
        parsed = new TmpOptions(half, half) { Uid = task.Credentials.FileUid, Gid = task.Credentials.FileGid };
        foreach (string option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = option.Split('=', 2) is [var left, var right] ? (left, right) : (option, "");
            bool known = true;
            switch (name)
            {
                case "size" when TryParseSize(value, task.Kernel.Memory.TotalRamPages, out long bytes):
                    parsed = parsed with { MaxPages = (bytes + (long)MmConstants.PageSize - 1) / (long)MmConstants.PageSize };
                    break;
                case "nr_blocks" when TryParseSize(value, 0, out long pages):
                    parsed = parsed with { MaxPages = pages };
                    break;
                case "nr_inodes" when TryParseSize(value, 0, out long inodes):
                    parsed = parsed with { MaxInodes = inodes };
                    break;
                case "mode" when TryParseOctal(value, out uint mode):
                    parsed = parsed with { Mode = mode & ModeBits.Permissions };
                    break;
                case "uid" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint uid):
                    parsed = parsed with { Uid = uid };
                    break;
                case "gid" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint gid):
                    parsed = parsed with { Gid = gid };
                    break;
                default:
                    known = false;
                    break;
            }
            if (!known)
                return -Errno.EINVAL;
        }
        return 0;
    }

    // A number with k, m or g behind it, or a share of the memory in percent. Linux: memparse
    private static bool TryParseSize(string text, ulong totalPages, out long value)
    {
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0 };
        bool isShare = text.EndsWith('%') && totalPages != 0;
        string digits = shift != 0 || isShare ? text[..^1] : text;
        bool parsed = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = isShare ? (long)totalPages * (long)MmConstants.PageSize / 100 * value : value << shift;
        return parsed && value >= 0;
    }

    private static bool TryParseOctal(string text, out uint value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7')
                return false;
            value = (value << 3) | (uint)(digit - '0');
        }
        return text.Length is > 0 and < 8;
    }

    private static MountFlags ToMountFlags(ulong flags)
    {
        MountFlags result = (flags & NoAccessTime) != 0 ? MountFlags.NoAccessTime : MountFlags.RelativeAccessTime;
        if ((flags & ReadOnly) != 0)
            result |= MountFlags.ReadOnly;
        if ((flags & NoSetUid) != 0)
            result |= MountFlags.NoSetUid;
        if ((flags & NoDevices) != 0)
            result |= MountFlags.NoDevices;
        if ((flags & NoExec) != 0)
            result |= MountFlags.NoExec;
        if ((flags & NoDirectoryAccessTime) != 0)
            result |= MountFlags.NoDirectoryAccessTime;
        return result;
    }

    private static bool IsMountRoot(VfsPath path) => ReferenceEquals(path.Dentry, path.Mount.Root);

    private static int FindDirectory(Task task, ulong address, out VfsPath path)
    {
        int error = AttributeCalls.Find(task, AtFlags.CurrentDirectory, address, 0, out path);
        return error != 0 ? error : path.Inode.IsDirectory ? 0 : -Errno.ENOTDIR;
    }

    private static int GetText(Task task, ulong address, out byte[] text)
    {
        text = [];
        if (address == 0)
            return 0;
        byte[] buffer = new byte[MaxText];
        int length = task.User.CopyStringFrom(address, buffer);
        if (length < 0)
            return length;
        text = buffer[..length];
        return length == MaxText ? -Errno.EINVAL : 0;
    }

    // Linux: chroot_fs_refs
    private static void ChangeRoot(Task thread, VfsPath old, VfsPath next)
    {
        if (!thread.HasFiles)
            return;
        if (thread.Fs.Root.Is(old))
            thread.Fs.Root = next;
        if (thread.Fs.Current.Is(old))
            thread.Fs.Current = next;
    }
}
