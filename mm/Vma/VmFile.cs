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

    /// <summary>Prepares a mapping: sets the operations of the area. Linux: <c>f_op->mmap</c>.</summary>
    /// <param name="area">Range, offset, flags and file are set.</param>
    /// <returns>0 or a negative errno; ENODEV where the file cannot be mapped.</returns>
    public abstract int Mmap(VmArea area);

    /// <summary>Whether mappings of it lie at multiples of a huge page. Linux: hugetlbfs's <c>get_unmapped_area</c>.</summary>
    public virtual bool WantsHugeAlignment => false;

    /// <summary>How the file has been read so far. Linux: <c>f_ra</c>.</summary>
    public ReadaheadState Readahead { get; } = new();

    /// <summary>One more user. Linux: <c>get_file</c>.</summary>
    public abstract void Get();

    /// <summary>One user less; the last closes it. Linux: <c>fput</c>.</summary>
    public abstract void Put();
}
