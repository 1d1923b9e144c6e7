using System.Buffers;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>sendfile and copy_file_range. Linux: fs/read_write.c, fs/splice.c (<c>do_splice_direct</c>).</summary>
internal static class CopyCalls
{
    private const int PieceSize = 65536;

    public static long SendFile(Task task, in SyscallArguments args)
    {
        using FileReference from = task.Files.Get(args.Int(1));
        if (from.File is not { CanRead: true } source)
            return -Errno.EBADF;
        ulong position = source.Position;
        if (args.A2 != 0)
        {
            if (!task.User.TryGet(args.A2, out position))
                return -Errno.EFAULT;
            if (!source.CanSeek)
                return -Errno.ESPIPE;
        }
        using FileReference to = task.Files.Get(args.Int(0));
        if (to.File is not { CanWrite: true } target)
            return -Errno.EBADF;
        if ((long)args.A3 < 0 || (long)position < 0 || (target.Flags & OpenFlags.Append) != 0)
            return -Errno.EINVAL;
        if (!source.CanSeek)
            return -Errno.EINVAL; // what was read could not be given back if it cannot be written
        ulong end = target.Position;
        long count = (long)Math.Min(args.A3, (ulong)IovIter.MaxCount);
        long done = Copy(task, new CopyEnd(source, args.A2 != 0), ref position, new CopyEnd(target, false), ref end, count);
        if (done <= 0)
            return done;
        if (target.HasPosition)
            target.Position = end;
        if (args.A2 != 0)
            return task.User.TryPut(args.A2, position) ? done : -Errno.EFAULT;
        if (source.HasPosition)
            source.Position = position;
        return done;
    }

    public static long CopyFileRange(Task task, in SyscallArguments args)
    {
        using FileReference from = task.Files.Get(args.Int(0)), to = task.Files.Get(args.Int(2));
        if (from.File is not { } source || to.File is not { } target)
            return -Errno.EBADF;
        ulong start = source.Position, end = target.Position;
        if ((args.A1 != 0 && !task.User.TryGet(args.A1, out start)) || (args.A3 != 0 && !task.User.TryGet(args.A3, out end)))
            return -Errno.EFAULT;
        if (args.A5 != 0)
            return -Errno.EINVAL;
        long count = CheckRange(source, target, start, end, args.A4);
        if (count <= 0)
            return count;
        long done = Copy(task, new CopyEnd(source, args.A1 != 0), ref start, new CopyEnd(target, args.A3 != 0), ref end, count);
        if (done <= 0)
            return done;
        if ((args.A1 != 0 && !task.User.TryPut(args.A1, start)) || (args.A3 != 0 && !task.User.TryPut(args.A3, end)))
            return -Errno.EFAULT;
        if (args.A1 == 0 && source.HasPosition)
            source.Position = start;
        if (args.A3 == 0 && target.HasPosition)
            target.Position = end;
        return done;
    }

    /// <summary>Copies between two files by way of a buffer of the kernel's.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="source">Read from.</param>
    /// <param name="from">Where; moved on by what has arrived.</param>
    /// <param name="target">Written to.</param>
    /// <param name="to">Where; moved on.</param>
    /// <param name="count">Bytes at most.</param>
    /// <returns>Bytes copied, or the negative errno of the first transfer.</returns>
    public static long Copy(Task task, CopyEnd source, ref ulong from, CopyEnd target, ref ulong to, long count)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        long done = 0, result = 0;
        while (done < count)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(PieceSize, count - done));
            Kiocb input = new(task, source.File, from, source.Flags);
            IovIter into = new(piece);
            result = source.File.Read(ref input, ref into);
            if (result <= 0)
                break;
            long got = result;
            result = WriteAll(task, target, ref to, piece[..(int)got]);
            if (result > 0)
            {
                done += result;
                from += (ulong)result;
            }
            if (result < got)
                break;
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return done != 0 ? done : result;
    }

    private static long WriteAll(Task task, CopyEnd target, ref ulong to, Span<byte> data)
    {
        IovIter iter = new(data);
        Kiocb output = new(task, target.File, to, target.Flags);
        long result = target.File.Write(ref output, ref iter);
        if (result > 0)
            to = output.Position;
        return result;
    }

    // Linux: generic_copy_file_checks
    private static long CheckRange(OpenFile source, OpenFile target, ulong start, ulong end, ulong count)
    {
        if (source.Inode.IsDirectory || target.Inode.IsDirectory)
            return -Errno.EISDIR;
        if (!source.Inode.IsRegular || !target.Inode.IsRegular)
            return -Errno.EINVAL;
        if (!source.CanRead || !target.CanWrite || (target.Flags & OpenFlags.Append) != 0)
            return -Errno.EBADF;
        if (start + count < start || end + count < end)
            return -Errno.EOVERFLOW;
        _ = source.Inode.GetAttributes(out FileStat stat); // a file that is open has a size
        if (start >= stat.Size)
            return 0;
        count = Math.Min(Math.Min(count, stat.Size - start), (ulong)IovIter.MaxCount);
        if (ReferenceEquals(source.Inode, target.Inode) && end + count > start && end < start + count)
            return -Errno.EINVAL;
        return (long)count;
    }
}

/// <summary>One end of a copy.</summary>
/// <param name="File">The open file.</param>
/// <param name="IsGiven">Whether the caller gave the position, not the file.</param>
internal readonly record struct CopyEnd(OpenFile File, bool IsGiven)
{
    /// <summary>How transfers are made.</summary>
    public IoFlags Flags => IsGiven || File.HasPosition ? IoFlags.Positioned : IoFlags.None;
}
