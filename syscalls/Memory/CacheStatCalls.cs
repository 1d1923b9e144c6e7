using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>cachestat. Linux: mm/filemap.c.</summary>
internal static class CacheStatCalls
{
    public static long CacheStat(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (!task.User.TryGet(args.A1, out ulong offset) || !task.User.TryGet(args.A1 + sizeof(ulong), out ulong length))
            return -Errno.EFAULT;
        if (!file.CanWrite && !file.IsOwnedOrWritable)
            return -Errno.EPERM;
        if ((uint)args.A3 != 0)
            return -Errno.EINVAL;
        ulong first = offset >> MmConstants.PageShift;
        ulong last = length == 0 ? ulong.MaxValue : (offset + length - 1) >> MmConstants.PageShift;
        CacheStatistics result = file.Mapping is { } cache && first <= last ? cache.Count(first, last) : default;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<CacheStatistics>(in result));
        return task.User.CopyTo(args.A2, bytes) == 0 ? 0 : -Errno.EFAULT;
    }
}
