using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/dev/null. Linux: <c>null_fops</c> (drivers/char/mem.c).</summary>
internal class NullFile : OpenFile
{
    /// <summary>The device, opened.</summary>
    public NullFile(Inode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to) => 0;

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        long count = from.Count;
        from.Advance(count);
        return count;
    }

    /// <inheritdoc/>
    public override long Seek(Task task, long offset, int whence)
    {
        Position = 0;
        return 0;
    }
}

/// <summary>/dev/zero. Linux: <c>zero_fops</c>.</summary>
internal class ZeroFile : NullFile
{
    private static readonly byte[] SharedName = "/dev/zero (deleted)"u8.ToArray();

    /// <summary>The device, opened.</summary>
    public ZeroFile(Inode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        long done = to.Zero(to.Count);
        return done != 0 || to.Count == 0 ? done : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    /// <remarks>A private mapping is anonymous memory; a shared one gets an object of its own. Linux: <c>mmap_zero</c>.</remarks>
    public override int Mmap(VmArea area)
    {
        if (!area.HasAny(VmFlags.Shared))
            return 0;
        ShmemFile? shared = Shmem.TryCreateFile(area.Mm.Manager, SharedName, area.Length, area.Flags, area.Mm.Limits);
        if (shared == null)
            return -Errno.ENOMEM;
        area.File = shared;
        area.Operations = ShmemOperations.Instance;
        Put();
        return 0;
    }
}

/// <summary>/dev/full. Linux: <c>full_fops</c>.</summary>
internal sealed class FullFile : ZeroFile
{
    /// <summary>The device, opened.</summary>
    public FullFile(Inode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <inheritdoc/>
    public override bool CanMap => false;

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from) => -Errno.ENOSPC;
}

/// <summary>/dev/random and /dev/urandom, from the machine's own source. Linux: drivers/char/random.c.</summary>
internal sealed class RandomFile : NullFile
{
    /// <summary>The device, opened.</summary>
    public RandomFile(Inode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        Span<byte> part = stackalloc byte[256];
        long done = 0;
        while (to.Count != 0)
        {
            Span<byte> piece = part[..(int)Math.Min(part.Length, to.Count)];
            iocb.Task.Kernel.Random.Fill(piece);
            int copied = to.CopyTo(piece);
            done += copied;
            if (copied < piece.Length)
                return done != 0 ? done : -Errno.EFAULT;
        }
        return done;
    }
}
