using System.Numerics;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An end of a pipe, or a FIFO that is open. Linux: <c>pipeanon_fops</c>, <c>pipefifo_fops</c> (fs/pipe.c).</summary>
internal sealed class PipeFile : OpenFile
{
    private const int PageSize = (int)MmConstants.PageSize;

    // The count of writers' openings when this was opened without any: no hang-up is told until one has come. Linux: f_pipe
    private readonly uint _writersBefore;

    /// <summary>An end of a pipe; the pipe's counters are the caller's to raise.</summary>
    public PipeFile(Inode inode, Pipe pipe, OpenFlags flags, uint writersBefore = 0)
        : base(inode, flags)
    {
        Pipe = pipe;
        _writersBefore = writersBefore;
    }

    /// <summary>The pipe.</summary>
    public Pipe Pipe { get; }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        Pipe pipe = Pipe;
        if (to.Count == 0)
            return 0;
        long done = 0;
        bool wasFull = pipe.IsFull;
        while (true)
        {
            if (!pipe.IsEmpty)
            {
                long part = ReadBuffer(pipe, ref to);
                if (part < 0)
                {
                    done = done != 0 ? done : part;
                    break;
                }
                done += part;
                if (to.Count == 0)
                    break;
                if (!pipe.IsEmpty)
                    continue;
            }
            if (pipe.Writers == 0 || done != 0)
                break;
            if (iocb.IsNonBlocking)
                return -Errno.EAGAIN;
            if (wasFull)
                pipe.WriteWait.Wake(PollEvents.Writable);
            wasFull = false;
            if (iocb.MaySuspend)
                return pipe.ReadWait.Suspend(iocb.Task);
            int error = pipe.ReadWait.Wait(iocb.Task, pipe, static pipe => !pipe.IsEmpty || pipe.Writers == 0);
            if (error != 0)
                return error;
            wasFull = pipe.IsFull;
        }
        if (wasFull)
            pipe.WriteWait.Wake(PollEvents.Writable);
        return done;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        Pipe pipe = Pipe;
        if (from.Count == 0)
            return 0;
        long done = pipe.Readers == 0 ? Broken(iocb.Task) : Merge(pipe, ref from);
        if (done >= 0 && from.Count != 0)
            done = WriteBuffers(ref iocb, ref from, done);
        if (!pipe.IsEmpty)
            pipe.ReadWait.Wake(PollEvents.Readable);
        return done;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        Pipe pipe = Pipe;
        if (CanRead)
            table?.Wait(pipe.ReadWait);
        if (CanWrite)
            table?.Wait(pipe.WriteWait);
        PollEvents events = PollEvents.None;
        if (CanRead)
        {
            if (!pipe.IsEmpty)
                events |= PollEvents.Readable;
            if (pipe.Writers == 0 && _writersBefore != pipe.WriteCounter)
                events |= PollEvents.HangUp;
        }
        if (CanWrite)
        {
            if (!pipe.IsFull)
                events |= PollEvents.Writable;
            if (pipe.Readers == 0)
                events |= PollEvents.Error;
        }
        return events;
    }

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument)
    {
        if (command != IoctlCommands.FioNRead)
            return -Errno.ENOTTY;
        return task.User.TryPut(argument, Pipe.Bytes) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Changes the capacity. Linux: <c>pipe_set_size</c>.</summary>
    /// <returns>The capacity that it got, or a negative errno.</returns>
    public long SetSize(Task task, uint bytes)
    {
        if (bytes > 1U << 31)
            return -Errno.EINVAL;
        uint rounded = Math.Max(BitOperations.RoundUpToPowerOf2(bytes), PageSize);
        if (rounded > (uint)Pipe.Slots * PageSize && rounded > Inode.FileSystem.Vfs.Sysctl.PipeMaxSize && !task.Credentials.Can(Capability.SysResource))
            return -Errno.EPERM;
        int error = Pipe.Resize((int)(rounded / PageSize));
        return error != 0 ? error : rounded;
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        Pipe pipe = Pipe;
        if (CanRead)
            pipe.Readers--;
        if (CanWrite)
            pipe.Writers--;
        // Those who are left alone are told.
        if (pipe.Readers == 0 != (pipe.Writers == 0))
        {
            pipe.ReadWait.Wake(PollEvents.Readable | PollEvents.Error | PollEvents.HangUp);
            pipe.WriteWait.Wake(PollEvents.Writable | PollEvents.Error | PollEvents.HangUp);
        }
        if (--pipe.Files != 0)
            return;
        Inode.Pipe = null;
        pipe.Free();
    }

    private static long ReadBuffer(Pipe pipe, ref IovIter to)
    {
        ref PipeBuffer buffer = ref pipe.First;
        int part = (int)Math.Min(buffer.Length, to.Count);
        int copied = to.CopyTo(pipe.Data(buffer)[..part]);
        if (copied < part)
            return -Errno.EFAULT; // what could not be given whole stays
        buffer.Offset += copied;
        buffer.Length -= copied;
        if (buffer.IsPacket)
        {
            // What does not fit is lost, and the next packet is for the next read.
            buffer.Length = 0;
            to.Truncate(0);
        }
        if (buffer.Length == 0)
            pipe.Pop();
        return copied;
    }

    // What does not fill pages goes behind what is there, so that small writes do not take a page each.
    private static long Merge(Pipe pipe, ref IovIter from)
    {
        int part = (int)(from.Count & (PageSize - 1));
        if (part == 0 || pipe.IsEmpty || !pipe.Last.CanMerge)
            return 0;
        ref PipeBuffer last = ref pipe.Last;
        int at = last.Offset + last.Length;
        if (at + part > PageSize)
            return 0;
        int copied = from.CopyFrom(pipe.Frame(last.Pfn).Slice(at, part));
        pipe.NoteWrite(last.Pfn, at, copied);
        if (copied < part)
            return -Errno.EFAULT;
        last.Length += copied;
        return copied;
    }

    private long WriteBuffers(ref Kiocb iocb, ref IovIter from, long done)
    {
        Pipe pipe = Pipe;
        while (true)
        {
            if (pipe.Readers == 0)
                return done != 0 ? done : Broken(iocb.Task);
            if (!pipe.IsFull)
            {
                int error = WriteBuffer(pipe, ref from, ref done);
                if (error != 0)
                    return done != 0 ? done : error;
                if (from.Count == 0)
                    return done;
                continue;
            }
            if (iocb.IsNonBlocking)
                return done != 0 ? done : -Errno.EAGAIN;
            pipe.ReadWait.Wake(PollEvents.Readable);
            if (done == 0 && iocb.MaySuspend)
                return pipe.WriteWait.Suspend(iocb.Task);
            int result = pipe.WriteWait.Wait(iocb.Task, pipe, static pipe => !pipe.IsFull || pipe.Readers == 0);
            if (result != 0)
                return done != 0 ? done : result;
        }
    }

    private int WriteBuffer(Pipe pipe, ref IovIter from, ref long done)
    {
        uint pfn = pipe.AllocateFrame();
        if (pfn == 0)
            return -Errno.ENOMEM;
        int copied = from.CopyFrom(pipe.Frame(pfn));
        pipe.NoteWrite(pfn, 0, copied);
        if (copied == 0)
        {
            pipe.FreeFrame(pfn);
            return -Errno.EFAULT;
        }
        bool isPacket = (Flags & OpenFlags.Direct) != 0;
        pipe.Push(new PipeBuffer { Pfn = pfn, Length = copied, CanMerge = !isPacket, IsPacket = isPacket });
        done += copied;
        return 0;
    }

    private static long Broken(Task task)
    {
        task.SendSignal(Signal.SIGPIPE);
        return -Errno.EPIPE;
    }
}
