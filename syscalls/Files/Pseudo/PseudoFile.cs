using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file of /proc or /sys.</summary>
internal sealed class PseudoFile : Inode
{
    private readonly PseudoAttributes _attributes;

    /// <summary>A file.</summary>
    public PseudoFile(PseudoFileSystem fileSystem, in PseudoContext context, PseudoEntry entry)
        : base(fileSystem, ModeBits.Regular)
    {
        _attributes = new PseudoAttributes(fileSystem, context, entry.Mode);
        Entry = entry;
    }

    /// <summary>Its row.</summary>
    public PseudoEntry Entry { get; }

    /// <inheritdoc/>
    public override ulong Number => _attributes.Number;

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = _attributes.ToStat(this, 1, FileSystem is SysFileSystem ? MmConstants.PageSize : 0);
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Size))
            return 0; // O_TRUNC
        if (change.Has(AttributeMask.Uid | AttributeMask.Gid))
            return -Errno.EPERM;
        if (change.Has(AttributeMask.Mode))
            _attributes.Mode = ModeBits.Regular | (change.Mode & ModeBits.Permissions);
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        PseudoContext context = _attributes.Context with { Reader = request.Task };
        if (context.Subject is { ExitState: ExitState.Dead })
            return -Errno.ESRCH;
        if (Entry.NeedsTrace && !PtraceAccess.MayRead(request.Task, context.Task))
            return -Errno.EACCES;
        if (Entry.Open is { } open)
            return open(context, this, request, out file);
        file = new PseudoTextFile(this, context, request.Flags);
        return 0;
    }
}

/// <summary>A file whose text is written when it is read from the start. Linux: <c>single_open</c>, fs/seq_file.c.</summary>
internal sealed class PseudoTextFile : OpenFile
{
    private const int MaxWrite = 4096;

    private readonly PseudoEntry _entry;
    private readonly PseudoContext _context;
    private ProcWriter? _text;

    /// <summary>A file that was opened.</summary>
    public PseudoTextFile(PseudoFile inode, in PseudoContext context, OpenFlags flags)
        : base(inode, flags)
    {
        _entry = inode.Entry;
        _context = context;
    }

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (_entry.Show == null)
            return -Errno.EIO;
        if (_context.Subject is { ExitState: ExitState.Dead })
            return -Errno.ESRCH;
        if (_text == null || iocb.Position == 0)
        {
            _text ??= new ProcWriter();
            _text.Clear();
            _entry.Show(_context with { Reader = iocb.Task }, _text);
        }
        ReadOnlySpan<byte> text = _text.Text;
        if (iocb.Position >= (ulong)text.Length || to.Count == 0)
            return 0;
        text = text[(int)iocb.Position..];
        int wanted = (int)Math.Min(text.Length, to.Count);
        int copied = to.CopyTo(text[..wanted]);
        iocb.Position += (ulong)copied;
        return copied != 0 ? copied : -Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        if (_entry.Store == null)
            return -Errno.EIO;
        int length = (int)Math.Min(from.Count, MaxWrite);
        if (length == 0 && Inode.FileSystem is SysFileSystem)
            return 0; // Linux: sysfs_kf_write
        byte[] text = new byte[length];
        if (from.CopyFrom(text) != length)
            return -Errno.EFAULT;
        int error = _entry.Store(_context with { Reader = iocb.Task }, text);
        if (error != 0)
            return error;
        iocb.Position += (ulong)length;
        return length;
    }

    /// <inheritdoc/>
    public override long Seek(Task task, long offset, int whence)
    {
        long position = whence switch
        {
            SeekOrigins.Start => offset,
            SeekOrigins.Current => (long)Position + offset,
            _ => -1,
        };
        if (position < 0)
            return -Errno.EINVAL;
        Position = (ulong)position;
        return position;
    }
}
