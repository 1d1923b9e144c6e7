using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The master of a pseudo-terminal, open. Linux: <c>ptm_unix98_ops</c>.</summary>
internal sealed class PtyMasterFile : OpenFile
{
    private PtyMasterFile(Inode inode, PseudoTerminal pair, OpenFlags flags)
        : base(inode, flags) => Pair = pair;

    /// <summary>The pair.</summary>
    public PseudoTerminal Pair { get; }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <summary>Opens /dev/ptmx: makes a pair. Linux: <c>ptmx_open</c>.</summary>
    /// <returns>0, or -ENOSPC if there are too many.</returns>
    public static int Open(Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        PtsFileSystem fileSystem = inode.FileSystem as PtsFileSystem ?? inode.FileSystem.Vfs.Pts;
        int error = fileSystem.Create(request.Task.Credentials, out PseudoTerminal? pair);
        if (error == 0)
            file = new PtyMasterFile(inode, pair!, request.Flags);
        return error;
    }

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (to.Count == 0)
            return 0;
        while (!HasNews)
        {
            if (Pair.IsDeserted)
                return -Errno.EIO;
            if (iocb.IsNonBlocking)
                return -Errno.EAGAIN;
            if (iocb.MaySuspend)
                return Pair.MasterWait.Suspend(iocb.Task);
            int error = Pair.MasterWait.Wait(iocb.Task, this, static file => file.HasNews || file.Pair.IsDeserted);
            if (error != 0)
                return error;
        }
        Span<byte> buffer = iocb.Task.TransferBuffer;
        int length = Pair.IsPacketMode ? ReadPacket(buffer, to.Count) : Pair.ReadMaster(buffer[..(int)Math.Min(to.Count, buffer.Length)]);
        int copied = to.CopyTo(buffer[..length]);
        return copied != 0 ? copied : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        const int Part = 2048;
        long done = 0;
        while (from.Count != 0)
        {
            if (!Pair.TakesInput)
            {
                if (iocb.IsNonBlocking || done != 0)
                    return done != 0 ? done : -Errno.EAGAIN;
                int error = Pair.MasterWait.Wait(iocb.Task, Pair, static pair => pair.TakesInput);
                if (error != 0)
                    return error;
            }
            Span<byte> buffer = iocb.Task.TransferBuffer.AsSpan(0, (int)Math.Min(from.Count, Part));
            int copied = from.CopyFrom(buffer);
            if (copied == 0)
                return done != 0 ? done : -Errno.EFAULT;
            Pair.Type(buffer[..copied]);
            done += copied;
        }
        return done;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(Pair.MasterWait);
        PollEvents events = PollEvents.None;
        if (HasNews)
            events |= PollEvents.Readable;
        if (Pair.IsPacketMode && Pair.PacketStatus != 0)
            events |= PollEvents.Priority;
        if (Pair.IsDeserted)
            events |= PollEvents.HangUp;
        if (Pair.TakesInput)
            events |= PollEvents.Writable;
        return events;
    }

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument) =>
        PtyIoctl.Master(task, this, command, argument) ?? PtyIoctl.Common(task, Pair, command, argument, isMaster: true);

    /// <inheritdoc/>
    protected override void Release() => Pair.CloseMaster();

    private bool HasNews => Pair.OutputCount != 0 || (Pair.IsPacketMode && Pair.PacketStatus != 0);

    // Linux: n_tty_read, where packet mode is on
    private int ReadPacket(Span<byte> buffer, long wanted)
    {
        buffer[0] = Pair.PacketStatus;
        Pair.PacketStatus = 0;
        return buffer[0] != 0 ? 1 : 1 + Pair.ReadMaster(buffer[1..(int)Math.Min(wanted, buffer.Length)]);
    }
}
