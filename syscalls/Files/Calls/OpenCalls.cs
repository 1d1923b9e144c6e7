using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>open and close. Linux: fs/open.c.</summary>
internal static class OpenCalls
{
    private const OpenFlags PathFlags = OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.Path | OpenFlags.CloseOnExec;
    private const uint SyncBit = 0x100000;
    private const int HowSize = 24;

    /// <summary>What openat2 is passed. Linux: <c>struct open_how</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    public static long Open(Task task, in SyscallArguments args) => DoOpen(task, AtFlags.CurrentDirectory, args.A0, (uint)args.A1, (uint)args.A2);

    public static long Creat(Task task, in SyscallArguments args) =>
        DoOpen(task, AtFlags.CurrentDirectory, args.A0, (uint)(OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.Truncate), (uint)args.A1);

    public static long OpenAt(Task task, in SyscallArguments args) => DoOpen(task, args.Int(0), args.A1, (uint)args.A2, (uint)args.A3);

    public static long OpenAt2(Task task, in SyscallArguments args)
    {
        int error = task.GetStruct(args.A2, args.A3, HowSize, out OpenHow how);
        if (error != 0)
            return error;
        if (how.Flags > uint.MaxValue || (how.Flags & ~(ulong)((uint)OpenFlags.Valid | SyncBit)) != 0)
            return -Errno.EINVAL;
        OpenFlags flags = (OpenFlags)how.Flags;
        bool creates = (flags & (OpenFlags.Create | OpenFlags.TemporaryBit)) != 0;
        if (creates ? (how.Mode & ~(ulong)ModeBits.Permissions) != 0 : how.Mode != 0)
            return -Errno.EINVAL;
        if ((flags & OpenFlags.Path) != 0 && (flags & ~PathFlags) != 0)
            return -Errno.EINVAL;
        error = ToLookup(how.Resolve, out LookupFlags lookup);
        if (error != 0)
            return error;
        if ((flags & OpenFlags.Path) == 0)
            flags |= OpenFlags.LargeFile;
        return DoOpen(task, args.Int(0), args.A1, flags, (uint)how.Mode, lookup);
    }

    public static long Close(Task task, in SyscallArguments args)
    {
        int error = task.Files.Close(task, args.Int(0));
        // The descriptor is gone: the call cannot begin anew.
        return error is -KernelErrno.ERESTARTSYS or -KernelErrno.ERESTARTNOINTR ? -Errno.EINTR : error;
    }

    public static long CloseRange(Task task, in SyscallArguments args)
    {
        const uint Unshare = 2, CloseOnExec = 4;
        uint first = (uint)args.A0, last = (uint)args.A1, flags = (uint)args.A2;
        if ((flags & ~(Unshare | CloseOnExec)) != 0 || first > last)
            return -Errno.EINVAL;
        if ((flags & Unshare) != 0)
            task.UnshareFiles(files: true, fs: false);
        FileTable files = task.Files;
        for (int fd = files.NextOpen((int)Math.Min(first, int.MaxValue)); fd >= 0 && (uint)fd <= last; fd = files.NextOpen(fd + 1))
        {
            if ((flags & CloseOnExec) != 0)
                files.SetCloseOnExec(fd, true);
            else
                _ = files.Close(task, fd); // as in the kernel, nobody hears of errors
        }
        return 0;
    }

    /// <summary>Gives an open file a number; if there is none, the file is closed. Linux: <c>fd_install</c>.</summary>
    /// <param name="task">Whose number.</param>
    /// <param name="file">The file; the reference passes.</param>
    /// <param name="closeOnExec">Whether exec closes it.</param>
    /// <returns>The number or -EMFILE.</returns>
    public static int Install(Task task, OpenFile file, bool closeOnExec)
    {
        int fd = task.Files.Install(file, closeOnExec, task.OpenFilesLimit);
        if (fd < 0)
            file.Put();
        return fd;
    }

    // Linux: build_open_how
    private static long DoOpen(Task task, int directory, ulong path, uint given, uint mode)
    {
        OpenFlags flags = ((OpenFlags)given & OpenFlags.Valid) | OpenFlags.LargeFile;
        if ((flags & OpenFlags.Path) != 0)
            flags &= PathFlags;
        return DoOpen(task, directory, path, flags, mode & ModeBits.Permissions, LookupFlags.None);
    }

    // Linux: do_sys_openat2, build_open_flags
    private static long DoOpen(Task task, int directory, ulong path, OpenFlags flags, uint mode, LookupFlags lookup)
    {
        if ((flags & (OpenFlags.Create | OpenFlags.Directory)) == (OpenFlags.Create | OpenFlags.Directory))
            return -Errno.EINVAL;
        if ((flags & OpenFlags.TemporaryBit) != 0)
        {
            bool writes = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
            if (!writes || (flags & (OpenFlags.Temporary | OpenFlags.Create)) != OpenFlags.Temporary)
                return -Errno.EINVAL;
        }
        if (((uint)flags & SyncBit) != 0)
            flags |= OpenFlags.DataSync;
        if ((flags & (OpenFlags.Create | OpenFlags.Exclusive)) == (OpenFlags.Create | OpenFlags.Exclusive))
            flags |= OpenFlags.NoFollow;
        int error = task.GetName(path, out ReadOnlySpan<byte> name);
        if (error != 0)
            return error;
        if (!task.Files.HasFree(task.OpenFilesLimit))
            return -Errno.EMFILE;
        error = task.Kernel.Vfs.Open(task, directory, name, flags & ~OpenFlags.CloseOnExec, mode, lookup, out OpenFile? file);
        return error != 0 ? error : Install(task, file!, (flags & OpenFlags.CloseOnExec) != 0);
    }

    private static int ToLookup(ulong resolve, out LookupFlags lookup)
    {
        const ulong NoXDev = 1, NoMagicLinks = 2, NoSymlinks = 4, Beneath = 8, InRoot = 0x10, Cached = 0x20;
        lookup = LookupFlags.None;
        if (resolve >> 6 != 0 || (resolve & (Beneath | InRoot)) == (Beneath | InRoot))
            return -Errno.EINVAL;
        if ((resolve & NoXDev) != 0)
            lookup |= LookupFlags.NoXDev;
        if ((resolve & NoMagicLinks) != 0)
            lookup |= LookupFlags.NoMagicLinks;
        if ((resolve & NoSymlinks) != 0)
            lookup |= LookupFlags.NoSymlinks | LookupFlags.NoMagicLinks;
        if ((resolve & Beneath) != 0)
            lookup |= LookupFlags.Beneath;
        if ((resolve & InRoot) != 0)
            lookup |= LookupFlags.InRoot;
        // A lookup from the cache alone may fail at any time, so it may fail always: callers ask again without the flag.
        return (resolve & Cached) != 0 ? -Errno.EAGAIN : 0;
    }
}
