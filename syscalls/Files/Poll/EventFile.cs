using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A counter to signal events with. Linux: fs/eventfd.c.</summary>
internal sealed class EventFile : OpenFile
{
    /// <summary>EFD_SEMAPHORE.</summary>
    public const int Semaphore = 1;

    private readonly bool _isSemaphore;
    private readonly int _id;
    private readonly WaitQueue _wait = new();
    private ulong _count;

    /// <summary>A counter.</summary>
    public EventFile(Inode inode, OpenFlags flags, uint count, bool isSemaphore, int id)
        : base(inode, flags | OpenFlags.ReadWrite)
    {
        _count = count;
        _id = id;
        _isSemaphore = isSemaphore;
    }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (to.Count < sizeof(ulong))
            return -Errno.EINVAL;
        if (_count == 0)
        {
            if (iocb.IsNonBlocking)
                return -Errno.EAGAIN;
            if (iocb.MaySuspend)
                return _wait.Suspend(iocb.Task);
            int error = _wait.Wait(iocb.Task, this, static file => file._count != 0);
            if (error != 0)
                return error;
        }
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, _isSemaphore ? 1 : _count);
        _count = _isSemaphore ? _count - 1 : 0;
        _wait.Wake(PollEvents.Out);
        return to.CopyTo(value) == sizeof(ulong) ? sizeof(ulong) : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        if (from.Count < sizeof(ulong))
            return -Errno.EINVAL;
        if (from.CopyFrom(bytes) != sizeof(ulong))
            return -Errno.EFAULT;
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (value == ulong.MaxValue)
            return -Errno.EINVAL;
        if (ulong.MaxValue - _count <= value)
        {
            if (iocb.IsNonBlocking)
                return -Errno.EAGAIN;
            int error = _wait.Wait(iocb.Task, (File: this, value), static state => ulong.MaxValue - state.File._count > state.value);
            if (error != 0)
                return error;
        }
        _count += value;
        _wait.Wake(PollEvents.In);
        return sizeof(ulong);
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(_wait);
        PollEvents events = PollEvents.None;
        if (_count > 0)
            events |= PollEvents.In;
        if (_count == ulong.MaxValue)
            events |= PollEvents.Error;
        if (_count < ulong.MaxValue - 1)
            events |= PollEvents.Out;
        return events;
    }

    /// <inheritdoc/>
    /// <remarks>Linux: <c>noop_llseek</c>.</remarks>
    public override long Seek(Task task, long offset, int whence) => (long)Position;

    /// <inheritdoc/>
    public override void ShowInfo(ProcWriter writer)
    {
        writer.Append("eventfd-count: "u8).PaddedHex(_count, 16).Append("\neventfd-id: "u8).Decimal((ulong)_id);
        writer.Append("\neventfd-semaphore: "u8).Decimal(_isSemaphore ? 1ul : 0).Append("\n"u8);
    }
}
