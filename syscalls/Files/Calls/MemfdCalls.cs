using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Files that live in memory and have no name in any directory. Linux: mm/memfd.c.</summary>
internal static class MemfdCalls
{
    private const uint CloseOnExec = 1, AllowSealing = 2, HugeTlb = 4, NoExecSeal = 8, Exec = 16;
    private const int MaxName = 249;

    public static long Create(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A1;
        const uint Known = CloseOnExec | AllowSealing | NoExecSeal | Exec;
        const uint HugeSize = 0x3Fu << 26;
        if ((flags & HugeTlb) != 0)
        {
            if (!MemoryCalls.IsHugeSize(flags))
                return -Errno.ENODEV;
            flags &= ~HugeSize;
        }
        if ((flags & ~(Known | HugeTlb)) != 0 || (flags & (Exec | NoExecSeal)) == (Exec | NoExecSeal))
            return -Errno.EINVAL;
        byte[] name = new byte[MaxName + 1];
        int length = task.User.CopyStringFrom(args.A0, name);
        if (length < 0)
            return length;
        if (length > MaxName)
            return -Errno.EINVAL;
        if (!task.Files.HasFree(task.OpenFilesLimit))
            return -Errno.EMFILE;
        if ((flags & HugeTlb) != 0)
            return OpenCalls.Install(task, task.Kernel.Vfs.Huge.Create(task, name.AsSpan(0, length)), (flags & CloseOnExec) != 0);
        int error = Make(task, name.AsSpan(0, length), flags, out OpenFile? file);
        return error != 0 ? error : OpenCalls.Install(task, file!, (flags & CloseOnExec) != 0);
    }

    /// <summary>F_ADD_SEALS and F_GET_SEALS. Linux: <c>memfd_fcntl</c>.</summary>
    public static long Seals(Task task, OpenFile file, bool add, ulong argument)
    {
        if (file is not RegularFile { Regular: { Seals: >= 0 } inode })
            return -Errno.EINVAL;
        return add ? AddSeals(file, inode, argument) : inode.Seals;
    }

    private static int Make(Task task, ReadOnlySpan<byte> name, uint flags, out OpenFile? file)
    {
        TmpFileSystem shared = task.Kernel.Vfs.Shared;
        NewInode made = new() { Mode = ModeBits.Regular | 0x1FF, Uid = task.Credentials.FileUid, Gid = task.Credentials.FileGid };
        int error = shared.MakeNameless(made, [.. "/memfd:"u8, .. name], out VfsPath path);
        file = null;
        if (error == 0)
            error = Vfs.OpenPath(task, path, OpenFlags.ReadWrite | OpenFlags.LargeFile, created: true, out file);
        if (error != 0)
            return error;
        RegularInode inode = (RegularInode)path.Inode;
        inode.Seals = (flags & (AllowSealing | NoExecSeal)) != 0 ? 0 : FileSeals.Seal;
        if ((flags & NoExecSeal) == 0)
            return 0;
        error = inode.SetAttributes(new AttributeChange { Valid = AttributeMask.Mode, Mode = 0x1B6 });
        inode.Seals |= FileSeals.Exec;
        return error;
    }

    // Linux: memfd_add_seals
    private static int AddSeals(OpenFile file, RegularInode inode, ulong argument)
    {
        uint seals = (uint)argument;
        if (!file.CanWrite)
            return -Errno.EPERM;
        if ((seals & ~(uint)FileSeals.All) != 0)
            return -Errno.EINVAL;
        if ((inode.Seals & FileSeals.Seal) != 0)
            return -Errno.EPERM;
        if ((seals & FileSeals.Write) != 0 && (inode.Seals & FileSeals.Write) == 0 && inode.Mapping.WritableMappings != 0)
            return -Errno.EBUSY;
        // A file that can never be executed again need not be watched for it: it must not be written either.
        if ((seals & FileSeals.Exec) != 0 && (inode.Mode & ModeBits.AnyExec) != 0)
            seals |= FileSeals.Shrink | FileSeals.Grow | FileSeals.Write | FileSeals.FutureWrite;
        inode.Seals |= (int)seals;
        return 0;
    }
}
