using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An open file whose contents are in a page cache. Linux: <c>generic_file_read_iter</c> and its kin.</summary>
internal sealed class RegularFile : OpenFile
{
    private BackingFile? _backing;

    /// <summary>A file that was opened; the inode knows of it already.</summary>
    public RegularFile(RegularInode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <summary>The file.</summary>
    public RegularInode Regular => (RegularInode)Inode;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <summary>The file that stands for this one in areas that map certain pages, with a reference.</summary>
    public BackingFile BackingFor(PageCache mapping)
    {
        if (!ReferenceEquals(_backing?.Mapping, mapping))
            _backing = new BackingFile(this, mapping);
        _backing!.Get();
        return _backing;
    }

    /// <inheritdoc/>
    public override VmFile Mapped => _backing != null && ReferenceEquals(_backing.Mapping, Mapping) ? _backing : this;

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override PageCache Mapping => Regular.Mapping;

    /// <inheritdoc/>
    public override int Mmap(VmArea area) => Regular.Map(this, area);

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        RegularInode inode = Regular;
        if (to.Count == 0)
            return 0;
        // What the host appended is found where the end that is known is reached.
        if (iocb.Position + (ulong)to.Count >= inode.Mapping.Size)
        {
            int error = inode.Refresh();
            if (error != 0)
                return error;
        }
        long done = FileMap.Read(iocb.Task.Kernel.Memory, inode.Mapping, Readahead, ref iocb.Position, ref to);
        if ((Flags & OpenFlags.NoAccessTime) == 0)
            inode.Accessed();
        return done;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        RegularInode inode = Regular;
        int seals = inode.Seals;
        if (from.Count == 0)
            return 0;
        if (inode.IsSwapFile)
            return -Errno.ETXTBSY;
        if (seals > 0 && (seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0)
            return -Errno.EPERM;
        bool append = (iocb.Flags & IoFlags.Append) != 0 || ((Flags & OpenFlags.Append) != 0 && (iocb.Flags & IoFlags.NoAppend) == 0);
        if (append)
        {
            iocb.Flags |= IoFlags.Append;
            iocb.Position = inode.Size;
        }
        int error = CheckLimits(ref iocb, ref from, seals);
        if (error != 0)
            return error;
        ulong start = iocb.Position;
        long done = inode.Write(ref iocb, ref from);
        bool sync = (Flags & OpenFlags.DataSync) != 0 || (iocb.Flags & (IoFlags.DataSync | IoFlags.Sync)) != 0;
        if (done <= 0 || !sync)
            return done;
        bool dataOnly = (Flags & OpenFlags.Sync) != OpenFlags.Sync && (iocb.Flags & IoFlags.Sync) == 0;
        error = inode.Sync(start >> MmConstants.PageShift, (iocb.Position - 1) >> MmConstants.PageShift, dataOnly);
        return error != 0 ? error : done;
    }

    /// <inheritdoc/>
    public override long Seek(Task task, long offset, int whence)
    {
        long position;
        switch (whence)
        {
            case SeekOrigins.Start:
                position = offset;
                break;
            case SeekOrigins.Current:
                position = (long)Position + offset;
                break;
            case SeekOrigins.End:
                _ = Regular.Refresh(); // a file that is gone has the size that it had
                position = (long)Regular.Size + offset;
                break;
            case SeekOrigins.Data or SeekOrigins.Hole:
                _ = Regular.Refresh();
                if ((ulong)offset >= Regular.Size)
                    return -Errno.ENXIO;
                position = Regular.SeekDataOrHole((ulong)offset, whence == SeekOrigins.Data);
                break;
            default:
                return -Errno.EINVAL;
        }
        if (position < 0)
            return whence is SeekOrigins.Data or SeekOrigins.Hole ? position : -Errno.EINVAL;
        Position = (ulong)position;
        return position;
    }

    /// <inheritdoc/>
    public override int Sync(ulong start, ulong end, bool dataOnly) =>
        Regular.Sync(start >> MmConstants.PageShift, end >> MmConstants.PageShift, dataOnly);

    /// <inheritdoc/>
    public override int Truncate(Task task, ulong size) => Vfs.Truncate(task, Path, size, AttributeMask.None);

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length) => Regular.Allocate(mode, offset, length);

    /// <inheritdoc/>
    public override int PunchHole(ulong offset, ulong length)
    {
        const int KeepSize = 1, Punch = 2;
        return Regular.Allocate(KeepSize | Punch, offset, length);
    }

    /// <inheritdoc/>
    public override int Sync(ulong first, ulong last) => Regular.Sync(first, last, dataOnly: false);

    /// <inheritdoc/>
    public override bool IsOwnedOrWritable =>
        Opener.FileUid == Inode.Uid || Opener.Can(Capability.FileOwner) || Permissions.Check(Inode, Opener, Access.Write) == 0;

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument)
    {
        if (command != IoctlCommands.FioNRead)
            return -Errno.ENOTTY;
        _ = Regular.Refresh();
        return task.User.TryPut(argument, (int)(Regular.Size - Position)) ? 0 : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    protected override void Release() => Regular.Closed(Flags);

    // Linux: generic_write_checks
    private static int CheckLimits(ref Kiocb iocb, ref IovIter from, int seals)
    {
        ulong limit = iocb.Task.FileSizeLimit;
        if (iocb.Position >= limit)
            return Vfs.FileTooLarge(iocb.Task);
        if (limit != ResourceLimits.Infinity)
            from.Truncate((long)Math.Min((ulong)from.Count, limit - iocb.Position));
        if (iocb.Position > long.MaxValue - MmConstants.PageSize)
            return -Errno.EFBIG;
        bool grows = iocb.Position + (ulong)from.Count > ((RegularFile)iocb.File).Regular.Size;
        return seals > 0 && (seals & FileSeals.Grow) != 0 && grows ? -Errno.EPERM : 0;
    }
}

/// <summary>Seals of a memfd. Linux: include/uapi/linux/fcntl.h (<c>F_SEAL_*</c>).</summary>
internal static class FileSeals
{
#pragma warning disable CS1591 // the names are the documentation
    public const int Seal = 1, Shrink = 2, Grow = 4, Write = 8, FutureWrite = 16, Exec = 32, All = 63;
#pragma warning restore CS1591
}
