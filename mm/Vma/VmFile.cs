namespace Emu.Mm;

/// <summary>An open file as mm sees it. Linux: the parts of <c>struct file</c> that mm uses. Implemented by the file systems.</summary>
public abstract class VmFile
{
    /// <summary>The page cache behind it, or null where it has none (a device). Linux: <c>f_mapping</c>.</summary>
    public abstract PageCache? Mapping { get; }

    /// <summary>Whether it was opened for reading. Linux: <c>FMODE_READ</c>.</summary>
    public abstract bool CanRead { get; }

    /// <summary>Whether it was opened for writing. Linux: <c>FMODE_WRITE</c>.</summary>
    public abstract bool CanWrite { get; }

    /// <summary>Whether it can be mapped at all. Linux: <c>can_mmap_file</c>.</summary>
    public abstract bool CanMap { get; }

    /// <summary>Whether its mount forbids execution. Linux: <c>path_noexec</c>.</summary>
    public virtual bool NoExec => false;

    /// <summary>The path as /proc/PID/maps prints it, in the guest's bytes. Linux: <c>file_path</c>.</summary>
    public abstract byte[] MapsPath { get; }

    /// <summary>Device number as /proc prints it (major:minor).</summary>
    public abstract (uint Major, uint Minor) Device { get; }

    /// <summary>Inode number.</summary>
    public abstract ulong InodeNumber { get; }

    /// <summary>
    /// The file that an area comes to name when it maps this one: what its neighbours' files are compared with. Linux: what
    /// <c>vma_set_file</c> puts in its place.
    /// </summary>
    public virtual VmFile Mapped => this;

    /// <summary>Prepares a mapping: sets the operations of the area. Linux: <c>f_op->mmap</c>.</summary>
    /// <param name="area">Range, offset, flags and file are set.</param>
    /// <returns>0 or a negative errno; ENODEV where the file cannot be mapped.</returns>
    public abstract int Mmap(VmArea area);

    /// <summary>Says which flags the mapping will have, before it is merged with a neighbour. Linux: <c>f_op->mmap_prepare</c>.</summary>
    /// <param name="mm">Where it is to be mapped.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">Of the area; may be added to.</param>
    /// <returns>0 or a negative errno that refuses the mapping.</returns>
    public virtual int PrepareMmap(MemoryDescriptor mm, ulong length, ref VmFlags flags) => 0;

    /// <summary>Whether mappings of it lie at multiples of a huge page. Linux: hugetlbfs's <c>get_unmapped_area</c>.</summary>
    public virtual bool WantsHugeAlignment => false;

    /// <summary>
    /// Whether the process that opened it owns the file or could write it: only then may it learn or change what is cached. Linux:
    /// <c>can_do_mincore</c>, <c>can_do_file_pageout</c>.
    /// </summary>
    public virtual bool IsOwnedOrWritable => true;

    /// <summary>Makes a range read as zeros and gives its memory back. Linux: <c>vfs_fallocate(FALLOC_FL_PUNCH_HOLE)</c>.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>0 or a negative errno; EOPNOTSUPP where the file system has no holes.</returns>
    public virtual int PunchHole(ulong offset, ulong length)
    {
        if (Mapping is not { Kind: PageCacheKind.Shmem } cache)
            return -Errno.EOPNOTSUPP;
        cache.PunchHole(offset, length);
        return 0;
    }

    /// <summary>Brings what was written in a range of pages to the store. Linux: <c>vfs_fsync_range</c>.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page.</param>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Sync(ulong first, ulong last) => Mapping?.WriteBack(first, last) ?? 0;

    /// <summary>How the file has been read so far. Linux: <c>f_ra</c>.</summary>
    public ReadaheadState Readahead { get; } = new();

    /// <summary>One more user. Linux: <c>get_file</c>.</summary>
    public abstract void Get();

    /// <summary>One user less; the last closes it. Linux: <c>fput</c>.</summary>
    public abstract void Put();
}
