using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Directories, and where a process stands. Linux: fs/readdir.c, fs/open.c, fs/d_path.c.</summary>
internal static class DirectoryCalls
{
    public static long GetDents(Task task, in SyscallArguments args) => List(task, args, old: true);

    public static long GetDents64(Task task, in SyscallArguments args) => List(task, args, old: false);

    public static long MkDir(Task task, in SyscallArguments args) => Make(task, AtFlags.CurrentDirectory, args.A0, (uint)args.A1);

    public static long MkDirAt(Task task, in SyscallArguments args) => Make(task, args.Int(0), args.A1, (uint)args.A2);

    public static long RmDir(Task task, in SyscallArguments args)
    {
        int error = task.GetName(args.A0, out ReadOnlySpan<byte> name);
        return error != 0 ? error : task.Kernel.Vfs.RemoveDirectory(task, AtFlags.CurrentDirectory, name);
    }

    public static long ChDir(Task task, in SyscallArguments args)
    {
        int error = FindDirectory(task, args.A0, out VfsPath path);
        if (error == 0)
            task.Fs.Current = path;
        return error;
    }

    public static long FChDir(Task task, in SyscallArguments args)
    {
        if (task.Files.Peek(args.Int(0)) is not { } file)
            return -Errno.EBADF;
        if (!file.Inode.IsDirectory)
            return -Errno.ENOTDIR;
        int error = Permissions.Check(file.Inode, task.Credentials, Access.Exec);
        if (error == 0)
            task.Fs.Current = file.Path;
        return error;
    }

    public static long ChRoot(Task task, in SyscallArguments args)
    {
        int error = FindDirectory(task, args.A0, out VfsPath path);
        if (error != 0)
            return error;
        if (!task.Credentials.Can(Capability.SysChroot))
            return -Errno.EPERM;
        task.Fs.Root = path;
        return 0;
    }

    public static long GetCwd(Task task, in SyscallArguments args)
    {
        VfsPath current = task.Fs.Current;
        if (current.Dentry.IsUnlinked)
            return -Errno.ENOENT;
        byte[] name = Vfs.NameOf(current, task.Fs.Root, out bool isReachable);
        if (!isReachable)
            name = [.. "(unreachable)"u8, .. name];
        if ((ulong)name.Length + 1 > args.A1)
            return -Errno.ERANGE;
        return task.User.CopyTo(args.A0, [.. name, 0]) == 0 ? name.Length + 1 : -Errno.EFAULT;
    }

    public static long Umask(Task task, in SyscallArguments args)
    {
        uint old = task.Fs.Umask;
        task.Fs.Umask = (uint)args.A0 & 0x1FF;
        return old;
    }

    // Linux: iterate_dir
    private static long List(Task task, in SyscallArguments args, bool old)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (file is not DirectoryFile directory)
            return -Errno.ENOTDIR;
        if (directory.Directory.IsDead)
            return -Errno.ENOENT;
        DirectoryEmitter emitter = new(task.User, args.A1, (uint)args.A2, old);
        int error = directory.Directory.Iterate(directory, ref emitter);
        return emitter.Finish(error, (long)directory.Position);
    }

    private static long Make(Task task, int directory, ulong path, uint mode)
    {
        int error = task.GetName(path, out ReadOnlySpan<byte> name);
        const uint Allowed = 0x1FF | ModeBits.Sticky;
        return error != 0 ? error : task.Kernel.Vfs.Make(task, directory, name, ModeBits.Directory | (mode & Allowed), default, default);
    }

    private static int FindDirectory(Task task, ulong address, out VfsPath path)
    {
        path = default;
        int error = task.GetName(address, out ReadOnlySpan<byte> name);
        if (error == 0)
            error = Vfs.Lookup(task, AtFlags.CurrentDirectory, name, LookupFlags.Follow | LookupFlags.Directory, out path);
        return error != 0 ? error : Permissions.Check(path.Inode, task.Credentials, Access.Exec);
    }
}
