using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>read, write and their kin. Linux: fs/read_write.c.</summary>
internal static class TransferCalls
{
    private const int MaxVectors = 1024;

    public static long Read(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        return kept.Finish(kept.File is { } file ? One(task, file, args.A1, args.A2, file.Position, IoFlags.MaySuspend, write: false) : -Errno.EBADF);
    }

    public static long Write(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        return kept.Finish(kept.File is { } file ? One(task, file, args.A1, args.A2, file.Position, IoFlags.MaySuspend, write: true) : -Errno.EBADF);
    }

    public static long PRead64(Task task, in SyscallArguments args) => Positioned(task, args, write: false);

    public static long PWrite64(Task task, in SyscallArguments args) => Positioned(task, args, write: true);

    public static long ReadV(Task task, in SyscallArguments args) => Vectors(task, args, 0, positioned: false, IoFlags.None, write: false);

    public static long WriteV(Task task, in SyscallArguments args) => Vectors(task, args, 0, positioned: false, IoFlags.None, write: true);

    public static long PReadV(Task task, in SyscallArguments args) => Vectors(task, args, (long)args.A3, positioned: true, IoFlags.None, write: false);

    public static long PWriteV(Task task, in SyscallArguments args) => Vectors(task, args, (long)args.A3, positioned: true, IoFlags.None, write: true);

    public static long PReadV2(Task task, in SyscallArguments args) => WithFlags(task, args, write: false);

    public static long PWriteV2(Task task, in SyscallArguments args) => WithFlags(task, args, write: true);

    /// <summary>Copies the ranges of a transfer from the user. Linux: <c>import_iovec</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="address">Of the array.</param>
    /// <param name="count">Ranges, as the caller gave it.</param>
    /// <param name="vectors">The ranges.</param>
    /// <returns>Bytes in all, no more than one call moves; or EINVAL, EFAULT, negated.</returns>
    public static long GetVectors(Task task, ulong address, ulong count, out IoVector[] vectors)
    {
        vectors = [];
        if (count > MaxVectors)
            return -Errno.EINVAL;
        vectors = new IoVector[count];
        if (task.User.CopyFrom(address, System.Runtime.InteropServices.MemoryMarshal.AsBytes(vectors.AsSpan())) != 0)
            return -Errno.EFAULT;
        long total = 0;
        for (int i = 0; i < vectors.Length; i++)
        {
            IoVector vector = vectors[i];
            if ((long)vector.Length < 0)
                return -Errno.EINVAL;
            if (!UserAccess.IsUserRange(vector.Address, vector.Length))
                return -Errno.EFAULT;
            ulong length = Math.Min(vector.Length, (ulong)(IovIter.MaxCount - total));
            vectors[i] = new IoVector(vector.Address, length);
            total += (long)length;
        }
        return total;
    }

    /// <summary>Whether a file can be read or written so. Linux: the start of <c>vfs_read</c>, <c>vfs_write</c>.</summary>
    public static int CheckMode(OpenFile file, bool write) => (write ? file.CanWrite : file.CanRead) ? 0 : -Errno.EBADF;

    private static long Positioned(Task task, in SyscallArguments args, bool write)
    {
        long position = (long)args.A3;
        if (position < 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        return file.CanSeek ? One(task, file, args.A1, args.A2, (ulong)position, IoFlags.Positioned, write) : -Errno.ESPIPE;
    }

    // Linux: vfs_read, vfs_write
    private static long One(Task task, OpenFile file, ulong address, ulong count, ulong position, IoFlags flags, bool write)
    {
        int error = CheckMode(file, write);
        if (error != 0)
            return error;
        if (!UserAccess.IsUserRange(address, count))
            return -Errno.EFAULT;
        if ((long)count < 0)
            return -Errno.EINVAL;
        IovIter iter = new(task.User, address, (long)Math.Min(count, (ulong)IovIter.MaxCount));
        return Transfer(task, file, ref iter, position, flags, write);
    }

    private static long WithFlags(Task task, in SyscallArguments args, bool write)
    {
        long position = (long)args.A3;
        return Vectors(task, args, position, positioned: position != -1, (IoFlags)args.Int(5), write);
    }

    private static long Vectors(Task task, in SyscallArguments args, long position, bool positioned, IoFlags flags, bool write)
    {
        if (positioned && position < 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (positioned && !file.CanSeek)
            return -Errno.ESPIPE;
        int error = CheckMode(file, write);
        if (error != 0)
            return error;
        long total = GetVectors(task, args.A1, args.A2, out IoVector[] vectors);
        if (total <= 0)
            return total;
        if ((flags & ~IoFlags.Supported) != 0)
            return -Errno.EOPNOTSUPP;
        const IoFlags Contradiction = IoFlags.Append | IoFlags.NoAppend;
        if ((flags & Contradiction) == Contradiction)
            return -Errno.EINVAL;
        IovIter iter = new(task.User, vectors, total);
        ulong start = positioned ? (ulong)position : file.Position;
        return Transfer(task, file, ref iter, start, positioned ? flags | IoFlags.Positioned : flags, write);
    }

    private static long Transfer(Task task, OpenFile file, ref IovIter iter, ulong position, IoFlags flags, bool write)
    {
        Kiocb iocb = new(task, file, position, flags);
        long result = write ? file.Write(ref iocb, ref iter) : file.Read(ref iocb, ref iter);
        if (result >= 0 && file.HasPosition && (flags & IoFlags.Positioned) == 0)
            file.Position = iocb.Position;
        if (result != Task.Suspended)
            task.Group.Traffic.Count(result, write);
        return result;
    }
}

/// <summary>
/// The file of a transfer that may be suspended: it stays the same, and stays open, though its number be closed meanwhile.
/// </summary>
/// <param name="task">Who asks.</param>
/// <param name="fd">The number.</param>
internal readonly ref struct KeptFile(Task task, int fd)
{
    /// <summary>The file, or null if the number is not open.</summary>
    public OpenFile? File { get; } = Take(task, fd);

    /// <summary>Keeps the file if the call is to be run again, else gives it back.</summary>
    /// <returns>The result.</returns>
    public long Finish(long result)
    {
        if (result == Task.Suspended)
            task.SuspendState = File;
        else
            File?.Put();
        return result;
    }

    private static OpenFile? Take(Task task, int fd)
    {
        if (task.IsResuming && task.SuspendState is OpenFile kept)
        {
            task.SuspendState = null;
            return kept;
        }
        FileReference reference = task.Files.Get(fd); // its reference becomes ours
        return reference.File;
    }
}
