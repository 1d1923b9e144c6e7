using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A descriptor of the host that passes straight through: terminals, pipes, FIFOs, and whatever we were started with.</summary>
internal sealed class HostStreamFile : OpenFile
{
    private const int EndOfPage = 4096;

    private readonly bool _ownsDescriptor;

    /// <summary>A file over a descriptor.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="fd">The host's descriptor.</param>
    /// <param name="flags">How it was opened.</param>
    /// <param name="ownsDescriptor">Whether it is closed with the file.</param>
    public HostStreamFile(Inode inode, int fd, OpenFlags flags, bool ownsDescriptor)
        : base(inode, flags)
    {
        Descriptor = fd;
        _ownsDescriptor = ownsDescriptor;
        IsTerminal = inode.Type == ModeBits.Character && HostTerminal.IsATty(fd);
    }

    /// <summary>The host's descriptor.</summary>
    public int Descriptor { get; }

    /// <summary>Whether it is a terminal.</summary>
    public bool IsTerminal { get; }

    /// <inheritdoc/>
    public override bool CanSeek => Inode.IsRegular || Inode.Type == ModeBits.Block;

    /// <inheritdoc/>
    public override bool HasPosition => false;

    /// <inheritdoc/>
    public override bool CanPoll => !Inode.IsRegular;

    /// <inheritdoc/>
    public override bool CanMap => Inode.IsRegular;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (to.Count == 0)
            return 0;
        if (!to.CanWrite())
            return -Errno.EFAULT; // before anything is taken
        int refused = IsTerminal ? iocb.Task.Kernel.Vfs.HostTty.CheckChange(iocb.Task, Signal.SIGTTIN) : 0;
        if (refused != 0)
            return refused;
        Span<byte> buffer = iocb.Task.TransferBuffer;
        if (to.Count < buffer.Length)
            buffer = buffer[..(int)to.Count];
        long result = Inode.IsRegular ? ReadRegular(ref iocb, buffer) : ReadStream(ref iocb, buffer);
        iocb.Task.Kernel.Vfs.HostActivity();
        EpollItem.Rearm(this);
        if (result <= 0)
            return result;
        int copied = to.CopyTo(buffer[..(int)result]);
        return copied != 0 ? copied : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        long done = 0;
        byte[] buffer = iocb.Task.TransferBuffer;
        EpollItem.Rearm(this);
        if (Inode.IsRegular && iocb.Task.FileSizeLimit != ResourceLimits.Infinity && !FitsLimit(iocb, ref from))
            return Vfs.FileTooLarge(iocb.Task);
        while (from.Count != 0)
        {
            int copied = from.CopyFrom(buffer.AsSpan(0, (int)Math.Min(from.Count, buffer.Length)));
            if (copied == 0)
                return done != 0 ? done : -Errno.EFAULT;
            long result = WritePart(ref iocb, buffer.AsSpan(0, copied));
            if (result < 0)
                return done != 0 ? done : Failed(iocb.Task, result);
            done += result;
            if (result < copied)
                break;
        }
        return done;
    }

    /// <inheritdoc/>
    public override long Seek(Task task, long offset, int whence) => HostFile.Seek(Descriptor, offset, whence);

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        if (Inode.IsRegular)
            return PollEvents.DefaultMask;
        PollEvents wanted = (table?.Wanted ?? PollEvents.All) & PollEvents.Host;
        table?.WaitHost(Descriptor, wanted);
        return HostWait.Look(Descriptor, wanted);
    }

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument)
    {
        if (IsTerminal)
            return TerminalIoctl.Handle(task, this, command, argument);
        if (command != IoctlCommands.FioNRead)
            return -Errno.ENOTTY;
        int count = HostTerminal.GetReadable(Descriptor);
        if (count < 0)
            return count;
        return task.User.TryPut(argument, count) ? 0 : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override int Sync(ulong start, ulong end, bool dataOnly) => dataOnly ? HostFile.DataSync(Descriptor) : HostFile.Sync(Descriptor);

    /// <inheritdoc/>
    public override int Truncate(Task task, ulong size)
    {
        if (size > task.FileSizeLimit)
            return Vfs.FileTooLarge(task);
        return HostFile.Truncate(Descriptor, (long)size);
    }

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length) => HostFile.Allocate(Descriptor, mode, (long)offset, (long)length);

    /// <inheritdoc/>
    public override int Mmap(VmArea area)
    {
        if (Inode is not InheritedInode inherited)
            return -Errno.ENODEV;
        int error = inherited.OpenRegular(Flags, out RegularFile? regular);
        if (error != 0)
            return error;
        regular!.SetPath(Path, Opener);
        area.File = regular;
        Put();
        return regular.Mmap(area);
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        if (_ownsDescriptor)
            _ = HostFile.Close(Descriptor); // a stream has no late errors
    }

    // Where the next write goes, the host knows. Linux: generic_write_check_limits
    private bool FitsLimit(in Kiocb iocb, ref IovIter from)
    {
        bool positioned = (iocb.Flags & IoFlags.Positioned) != 0;
        bool append = (Flags & OpenFlags.Append) != 0;
        long start = append ? (long)Math.Max(Size(), 0) : positioned ? (long)iocb.Position : HostFile.Seek(Descriptor, 0, HostSeek.Current);
        ulong limit = iocb.Task.FileSizeLimit;
        if ((ulong)start >= limit)
            return false;
        from.Truncate((long)Math.Min((ulong)from.Count, limit - (ulong)start));
        return true;
    }

    private long Size() => Inode.GetAttributes(out FileStat stat) == 0 ? (long)stat.Size : 0;

    private long ReadRegular(ref Kiocb iocb, Span<byte> buffer)
    {
        bool positioned = (iocb.Flags & IoFlags.Positioned) != 0;
        return positioned ? HostFile.PRead(Descriptor, buffer, (long)iocb.Position) : HostFile.Read(Descriptor, buffer);
    }

    private long ReadStream(ref Kiocb iocb, Span<byte> buffer)
    {
        while (true)
        {
            if (HostWait.Look(Descriptor, PollEvents.In) == PollEvents.None)
            {
                if (iocb.IsNonBlocking)
                    return -Errno.EAGAIN;
                int error = HostWait.For(iocb.Task, Descriptor, PollEvents.In);
                if (error != 0)
                    return error;
            }
            long result = HostFile.Read(Descriptor, buffer);
            // Someone else took it, where the host's description does not wait.
            if (result != -Errno.EAGAIN || iocb.IsNonBlocking)
                return result;
        }
    }

    private long WritePart(ref Kiocb iocb, ReadOnlySpan<byte> data)
    {
        if (Inode.IsRegular)
        {
            bool positioned = (iocb.Flags & IoFlags.Positioned) != 0;
            return positioned ? HostFile.PWrite(Descriptor, data, (long)iocb.Position) : HostFile.Write(Descriptor, data);
        }
        long done = 0;
        while (!data.IsEmpty)
        {
            if (HostWait.Look(Descriptor, PollEvents.Out) == PollEvents.None)
            {
                if (iocb.IsNonBlocking)
                    return done != 0 ? done : -Errno.EAGAIN;
                int error = HostWait.For(iocb.Task, Descriptor, PollEvents.Out);
                if (error != 0)
                    return done != 0 ? done : error;
            }
            // A pipe that is ready takes a page without a wait; more might wait in the host.
            int part = Inode.Type == ModeBits.Fifo ? Math.Min(data.Length, EndOfPage) : data.Length;
            long result = HostFile.Write(Descriptor, data[..part]);
            if (result < 0 && result != -Errno.EAGAIN)
                return done != 0 ? done : result;
            if (result <= 0)
                continue;
            done += result;
            data = data[(int)result..];
        }
        return done;
    }

    private static long Failed(Task task, long error)
    {
        if (error == -Errno.EPIPE)
            task.SendSignal(Signal.SIGPIPE);
        return error;
    }
}
