using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>splice, tee and vmsplice. Linux: fs/splice.c.</summary>
internal static class SpliceCalls
{
    private const uint Move = 1, NonBlock = 2, More = 4, Gift = 8, All = Move | NonBlock | More | Gift;

    public static long Splice(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A5;
        if (args.A4 == 0)
            return 0;
        if ((flags & ~All) != 0)
            return -Errno.EINVAL;
        using FileReference from = task.Files.Get(args.Int(0)), to = task.Files.Get(args.Int(2));
        if (from.File is not { CanRead: true } source || to.File is not { CanWrite: true } target)
            return -Errno.EBADF;
        if ((source is PipeFile && args.A1 != 0) || (target is PipeFile && args.A3 != 0))
            return -Errno.ESPIPE;
        if ((args.A1 != 0 && !source.CanSeek) || (args.A3 != 0 && !target.CanSeek))
            return -Errno.EINVAL;
        long count = (long)Math.Min(args.A4, (ulong)IovIter.MaxCount);
        bool nonBlocking = (flags & NonBlock) != 0;
        return (source, target) switch
        {
            (PipeFile a, PipeFile b) => BetweenPipes(task, a, b, count, nonBlocking, link: false),
            (PipeFile a, _) => FromPipe(task, a, target, args.A3, count, nonBlocking),
            (_, PipeFile b) => ToPipe(task, source, args.A1, b, count, nonBlocking),
            _ => -Errno.EINVAL,
        };
    }

    public static long Tee(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A3;
        if ((flags & ~All) != 0)
            return -Errno.EINVAL;
        if (args.A2 == 0)
            return 0;
        using FileReference from = task.Files.Get(args.Int(0)), to = task.Files.Get(args.Int(1));
        if (from.File is not { CanRead: true } source || to.File is not { CanWrite: true } target)
            return -Errno.EBADF;
        if (source is not PipeFile a || target is not PipeFile b)
            return -Errno.EINVAL;
        return BetweenPipes(task, a, b, (long)Math.Min(args.A2, (ulong)IovIter.MaxCount), (flags & NonBlock) != 0, link: true);
    }

    public static long VmSplice(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A3;
        if ((flags & ~All) != 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        long total = TransferCalls.GetVectors(task, args.A1, args.A2, out IoVector[] vectors);
        if (total < 0)
            return total;
        if (file is not PipeFile pipe)
            return -Errno.EBADF;
        if (total == 0)
            return 0;
        // The pages are copied: nothing that the program does to them later shows in the pipe, which a gift may not rely on either.
        IovIter iter = new(task.User, vectors, total);
        Kiocb iocb = new(task, pipe, 0, (flags & NonBlock) != 0 ? IoFlags.NoWait : IoFlags.None);
        return pipe.CanWrite ? pipe.Write(ref iocb, ref iter) : pipe.Read(ref iocb, ref iter);
    }

    // Linux: do_splice_to a pipe; what fits is read, never more
    private static long ToPipe(Task task, OpenFile source, ulong offset, PipeFile target, long count, bool nonBlocking)
    {
        ulong position = source.Position;
        if (offset != 0 && !task.User.TryGet(offset, out position))
            return -Errno.EFAULT;
        if ((long)position < 0)
            return -Errno.EINVAL;
        long error = WaitForRoom(task, target, nonBlocking);
        if (error != 0)
            return error;
        long room = (long)(target.Pipe.Slots - target.Pipe.Used) * (long)MmConstants.PageSize;
        ulong end = 0;
        long done = CopyCalls.Copy(task, new CopyEnd(source, offset != 0), ref position, new CopyEnd(target, false), ref end, Math.Min(count, Math.Min(room, 65536)));
        if (done <= 0)
            return done;
        if (offset == 0 && source.HasPosition)
            source.Position = position;
        return offset == 0 || task.User.TryPut(offset, position) ? done : -Errno.EFAULT;
    }

    // Linux: splice_from_pipe
    private static long FromPipe(Task task, PipeFile source, OpenFile target, ulong offset, long count, bool nonBlocking)
    {
        if ((target.Flags & OpenFlags.Append) != 0)
            return -Errno.EINVAL;
        ulong position = target.Position;
        if (offset != 0 && !task.User.TryGet(offset, out position))
            return -Errno.EFAULT;
        if ((long)position < 0)
            return -Errno.EINVAL;
        long error = WaitForData(task, source, nonBlocking);
        if (error != 0)
            return error;
        long done = 0, result = 0;
        while (done < count && !source.Pipe.IsEmpty)
        {
            result = WriteFirst(task, source.Pipe, new CopyEnd(target, offset != 0), ref position, count - done);
            if (result <= 0)
                break;
            done += result;
        }
        source.Pipe.WriteWait.Wake(PollEvents.Writable);
        if (done == 0)
            return result;
        if (offset == 0 && target.HasPosition)
            target.Position = position;
        return offset == 0 || task.User.TryPut(offset, position) ? done : -Errno.EFAULT;
    }

    private static long WriteFirst(Task task, Pipe pipe, CopyEnd target, ref ulong position, long count)
    {
        PipeBuffer buffer = pipe.First;
        int length = (int)Math.Min(buffer.Length, count);
        pipe.GetFrame(buffer.Pfn); // the write may wait, and another may read the pipe meanwhile
        byte[] data = pipe.Frame(buffer.Pfn).Slice(buffer.Offset, length).ToArray();
        IovIter iter = new(data);
        Kiocb iocb = new(task, target.File, position, target.Flags);
        long result = target.File.Write(ref iocb, ref iter);
        pipe.FreeFrame(buffer.Pfn);
        if (result <= 0)
            return result;
        position = iocb.Position;
        ref PipeBuffer first = ref pipe.First;
        if (pipe.IsEmpty || first.Pfn != buffer.Pfn)
            return result;
        first.Offset += (int)result;
        first.Length -= (int)result;
        if (first.Length == 0)
            pipe.Pop();
        return result;
    }

    // Pages go over, or are shared; nothing is copied. Linux: splice_pipe_to_pipe, link_pipe
    private static long BetweenPipes(Task task, PipeFile source, PipeFile target, long count, bool nonBlocking, bool link)
    {
        if (ReferenceEquals(source.Pipe, target.Pipe))
            return -Errno.EINVAL;
        long error = WaitForData(task, source, nonBlocking);
        if (error == 0 && !source.Pipe.IsEmpty)
            error = WaitForRoom(task, target, nonBlocking);
        if (error != 0)
            return error;
        long done = 0;
        for (int index = 0; done < count && index < source.Pipe.Used && !target.Pipe.IsFull; index += link ? 1 : 0)
        {
            PipeBuffer buffer = source.Pipe.At(index);
            int part = (int)Math.Min(buffer.Length, count - done);
            source.Pipe.GetFrame(buffer.Pfn);
            target.Pipe.Push(buffer with { Length = part, CanMerge = false });
            done += part;
            if (link)
                continue;
            ref PipeBuffer first = ref source.Pipe.First;
            first.Offset += part;
            first.Length -= part;
            if (first.Length == 0)
                source.Pipe.Pop();
        }
        if (link)
            UnmergeShared(source.Pipe);
        target.Pipe.ReadWait.Wake(PollEvents.Readable);
        source.Pipe.WriteWait.Wake(PollEvents.Writable);
        return done;
    }

    // What two pipes share must not be written to.
    private static void UnmergeShared(Pipe pipe)
    {
        for (int index = 0; index < pipe.Used; index++)
            pipe.At(index).CanMerge = false;
    }

    // Linux: ipipe_prep
    private static long WaitForData(Task task, PipeFile file, bool nonBlocking)
    {
        Pipe pipe = file.Pipe;
        if (!pipe.IsEmpty || pipe.Writers == 0)
            return 0;
        if (nonBlocking || (file.Flags & OpenFlags.NonBlock) != 0)
            return -Errno.EAGAIN;
        return pipe.ReadWait.Wait(task, pipe, static pipe => !pipe.IsEmpty || pipe.Writers == 0);
    }

    // Linux: opipe_prep, wait_for_space
    private static long WaitForRoom(Task task, PipeFile file, bool nonBlocking)
    {
        Pipe pipe = file.Pipe;
        int error = 0;
        if (pipe.Readers != 0 && pipe.IsFull)
        {
            if (nonBlocking || (file.Flags & OpenFlags.NonBlock) != 0)
                return -Errno.EAGAIN;
            error = pipe.WriteWait.Wait(task, pipe, static pipe => !pipe.IsFull || pipe.Readers == 0);
        }
        if (error != 0 || pipe.Readers != 0)
            return error;
        task.SendSignal(Signal.SIGPIPE);
        return -Errno.EPIPE;
    }
}
