using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Contents that are in memory alone. Linux: mm/shmem.c.</summary>
internal static class MemoryFile
{
    /// <summary>Writes. Linux: <c>shmem_file_write_iter</c>.</summary>
    public static long Write(ref Kiocb iocb, ref IovIter from, MemoryManager memory, PageCache cache, MemoryAttributes attributes)
    {
        if (!iocb.Task.Credentials.Can(Capability.FileSetId))
            attributes.Mode = Permissions.WithoutPrivileges(attributes.Mode);
        attributes.Modified(iocb.File.Inode.FileSystem.Now);
        return FileMap.Write(memory, cache, ref iocb.Position, ref from);
    }

    /// <summary>Makes room or holes. Linux: <c>shmem_fallocate</c>.</summary>
    public static int Allocate(PageCache cache, ulong offset, ulong length, bool keepSize, bool punch, MemoryAttributes attributes, FileTime now)
    {
        if (punch)
        {
            ulong end = Math.Min(offset + length, cache.Size);
            if (offset < end)
                cache.PunchHole(offset, end - offset);
            attributes.Modified(now);
            return 0;
        }
        ulong last = (offset + length - 1) >> MmConstants.PageShift;
        for (ulong index = offset >> MmConstants.PageShift; index <= last; index++)
        {
            int error = cache.GetOrCreate(index, out _);
            if (error != 0)
                return error;
        }
        if (!keepSize && offset + length > cache.Size)
            cache.Size = offset + length;
        attributes.ChangeTime = now;
        return 0;
    }

    /// <summary>Finds data or a hole below the end. Linux: <c>mapping_seek_hole_data</c>.</summary>
    public static long SeekDataOrHole(PageCache cache, ulong offset, bool data)
    {
        ulong index = offset >> MmConstants.PageShift, last = cache.SizeInPages - 1;
        if (data)
        {
            if (!cache.FindContents(ref index, last))
                return -Errno.ENXIO;
            return (long)Math.Max(offset, index << MmConstants.PageShift);
        }
        while (index <= last && HasData(cache, index))
            index++;
        return (long)Math.Min(Math.Max(offset, index << MmConstants.PageShift), cache.Size);
    }

    private static bool HasData(PageCache cache, ulong index) => cache.Find(index) != 0 || cache.IsSwapped(index);
}
