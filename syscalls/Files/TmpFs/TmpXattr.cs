using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Extended attributes of files in memory. Linux: mm/shmem.c (<c>shmem_xattr_handlers</c>).</summary>
internal static class TmpXattr
{
    public static int Get(MemoryAttributes attributes, uint type, ReadOnlySpan<byte> name, Span<byte> value)
    {
        int error = MemoryXattrs.CheckName(name, type);
        if (error != 0)
            return error == -Errno.EPERM ? -Errno.ENODATA : error;
        return attributes.Xattrs?.Get(name, value) ?? -Errno.ENODATA;
    }

    public static int Set(MemoryAttributes attributes, uint type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags, FileTime now)
    {
        int error = MemoryXattrs.CheckName(name, type);
        if (error == 0)
            error = (attributes.Xattrs ??= new MemoryXattrs()).Set(name, value, flags);
        if (error == 0)
            attributes.ChangeTime = now;
        return error;
    }

    public static int Remove(MemoryAttributes attributes, uint type, ReadOnlySpan<byte> name)
    {
        int error = MemoryXattrs.CheckName(name, type);
        return error != 0 ? error : attributes.Xattrs?.Remove(name) ?? -Errno.ENODATA;
    }
}
