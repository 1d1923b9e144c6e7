using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/mem: another's memory as a file. Linux: fs/proc/base.c (<c>mem_rw</c>).</summary>
internal sealed class ProcMemFile : OpenFile
{
    private readonly MemoryDescriptor _mm;

    private ProcMemFile(Inode inode, OpenFlags flags, MemoryDescriptor mm)
        : base(inode, flags) => _mm = mm;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        Span<byte> buffer = stackalloc byte[(int)MmConstants.PageSize];
        RemoteAccess access = new(_mm, force: true);
        long done = 0;
        while (to.Count != 0 && _mm.Users != 0)
        {
            int length = access.Read(iocb.Position, buffer[..(int)Math.Min(buffer.Length, to.Count)], iocb.Task.User.Context);
            int copied = length == 0 ? 0 : to.CopyTo(buffer[..length]);
            if (copied == 0)
                return done != 0 ? done : length == 0 ? -Errno.EIO : -Errno.EFAULT;
            iocb.Position += (ulong)copied;
            done += copied;
        }
        return done;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        Span<byte> buffer = stackalloc byte[(int)MmConstants.PageSize];
        RemoteAccess access = new(_mm, force: true);
        long done = 0;
        while (from.Count != 0 && _mm.Users != 0)
        {
            int wanted = (int)Math.Min(buffer.Length, from.Count), length = from.CopyFrom(buffer[..wanted]);
            int written = length == 0 ? 0 : access.Write(iocb.Position, buffer[..length], iocb.Task.User.Context);
            if (written == 0)
                return done != 0 ? done : length == 0 ? -Errno.EFAULT : -Errno.EIO;
            iocb.Position += (ulong)written;
            done += written;
            if (written != wanted)
                break;
        }
        return done;
    }

    /// <inheritdoc/>
    /// <remarks>Every position is an address, so none is too large. Linux: <c>mem_lseek</c>.</remarks>
    public override long Seek(Task task, long offset, int whence)
    {
        if (whence is not (SeekOrigins.Start or SeekOrigins.Current))
            return -Errno.EINVAL;
        Position = whence == SeekOrigins.Start ? (ulong)offset : Position + (ulong)offset;
        return (long)Position;
    }

    /// <summary>Opens it. Linux: <c>mem_open</c>.</summary>
    public static int Open(in PseudoContext context, Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = context.Mm is { } mm ? new ProcMemFile(inode, request.Flags, mm) : null;
        return file == null ? -Errno.ESRCH : 0;
    }
}
