using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An open directory.</summary>
internal sealed class DirectoryFile : OpenFile
{
    /// <summary>A directory that was opened.</summary>
    public DirectoryFile(DirectoryInode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <summary>What the file system keeps for the listing; disposed of at the end. Linux: <c>private_data</c>.</summary>
    public IDisposable? Cursor { get; set; }

    /// <summary>The directory.</summary>
    public DirectoryInode Directory => (DirectoryInode)Inode;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to) => -Errno.EISDIR;

    /// <inheritdoc/>
    public override int Sync(ulong start, ulong end, bool dataOnly) => 0;

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

    /// <summary>Emits <c>.</c> and <c>..</c>, which have the positions 0 and 1. Linux: <c>dir_emit_dots</c>.</summary>
    /// <returns>Whether both were taken, now or before.</returns>
    public bool EmitDots(ref DirectoryEmitter to)
    {
        if (Position == 0)
        {
            if (!to.Emit("."u8, Inode.Number, 4, 0))
                return false;
            Position = 1;
        }
        if (Position == 1)
        {
            if (!to.Emit(".."u8, Path.Dentry.Parent.Inode!.Number, 4, 1))
                return false;
            Position = 2;
        }
        return true;
    }

    /// <inheritdoc/>
    protected override void Release() => Cursor?.Dispose();
}

/// <summary>Origins of lseek. Linux: include/uapi/linux/fs.h (<c>SEEK_*</c>).</summary>
internal static class SeekOrigins
{
#pragma warning disable CS1591 // the names are the documentation
    public const int Start = 0, Current = 1, End = 2, Data = 3, Hole = 4;
#pragma warning restore CS1591
}
