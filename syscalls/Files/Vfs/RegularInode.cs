using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file whose contents are in a page cache. Linux: the <c>file_operations</c> of regular files.</summary>
internal abstract class RegularInode : Inode
{
    /// <summary>A file with one reference, the creator's.</summary>
    protected RegularInode(FileSystem fileSystem)
        : base(fileSystem, ModeBits.Regular)
    {
    }

    /// <summary>Its pages. Linux: <c>i_mapping</c>. May be another after a copy-up.</summary>
    public abstract PageCache Mapping { get; }

    /// <summary>Brings size and pages up to date with whoever else may have changed the file.</summary>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Refresh() => 0;

    /// <summary>Bytes in the file. Linux: <c>i_size</c>.</summary>
    public ulong Size => Mapping.Size;

    /// <summary>Writes; limits, seals and privileges were seen to. Linux: <c>write_iter</c>.</summary>
    /// <param name="iocb">Position, which is moved on, and flags.</param>
    /// <param name="from">The data.</param>
    /// <returns>Bytes written or a negative errno.</returns>
    public abstract long Write(ref Kiocb iocb, ref IovIter from);

    /// <summary>Makes room or holes. Linux: <c>fallocate</c>.</summary>
    public virtual int Allocate(int mode, ulong offset, ulong length) => -Errno.EOPNOTSUPP;

    /// <summary>Brings data to where it lasts. Linux: <c>fsync</c>.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page.</param>
    /// <param name="dataOnly">fdatasync.</param>
    public virtual int Sync(ulong first, ulong last, bool dataOnly) => 0;

    /// <summary>Finds data or a hole. Linux: <c>llseek</c> with SEEK_DATA, SEEK_HOLE.</summary>
    /// <returns>Position, -ENXIO or another negative errno.</returns>
    public virtual long SeekDataOrHole(ulong offset, bool data)
    {
        ulong size = Size;
        return offset >= size ? -Errno.ENXIO : data ? (long)offset : (long)size;
    }

    /// <summary>Notes that it was read. Linux: <c>file_accessed</c>.</summary>
    public virtual void Accessed()
    {
    }

    /// <summary>Seals of a memfd; -1 where there cannot be any. Linux: <c>memfd_file_seals_ptr</c>.</summary>
    public virtual int Seals
    {
        get => -1;
        set => Bug.Throw("a file without seals was sealed");
    }

    /// <summary>A file has come to be open. Linux: part of <c>open</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Opened(OpenFlags flags) => 0;

    /// <summary>An open file is closed. Linux: <c>release</c>.</summary>
    public virtual void Closed(OpenFlags flags)
    {
    }

    /// <summary>Prepares an area that maps the file: its file and operations. Linux: <c>mmap</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract int Map(RegularFile file, VmArea area);

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        int error = Opened(request.Flags);
        if (error == 0)
            file = new RegularFile(this, request.Flags);
        return error;
    }
}
