using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What a futex is known by, whoever maps it and wherever. Linux: <c>union futex_key</c>.</summary>
/// <param name="Owner">The address space of a futex that is private or in private memory; else the page cache that it lies in.</param>
/// <param name="Place">
/// Its address or its offset in the file. It is a multiple of four; bit 0 tells a shared futex in private memory from a private one, as they
/// are two in the kernel too.
/// </param>
internal readonly record struct FutexKey(object Owner, ulong Place)
{
    private const ulong Alignment = 4, SharedBit = 1;

    /// <summary>The key of a futex. Linux: <c>get_futex_key</c>.</summary>
    /// <param name="task">In whose memory it lies.</param>
    /// <param name="address">Where.</param>
    /// <param name="isShared">Whether another process may mean the same one.</param>
    /// <param name="key">The key.</param>
    /// <returns>0, -EINVAL if the address is not aligned, or -EFAULT.</returns>
    public static int TryGet(Task task, ulong address, bool isShared, out FutexKey key)
    {
        key = new FutexKey(task.Mm, address);
        if ((address & (Alignment - 1)) != 0)
            return -Errno.EINVAL;
        if (!UserAccess.IsUserRange(address, Alignment))
            return -Errno.EFAULT;
        if (!isShared)
            return 0;
        if (!task.User.TryGet(address, out uint _) || task.Mm.Lookup(address) is not { } area)
            return -Errno.EFAULT;
        ulong inPage = address & ~MmConstants.PageMask;
        key = area.Has(VmFlags.Shared) && area.File?.Mapping is { } cache
            ? new FutexKey(cache, (area.PageIndexOf(address) << MmConstants.PageShift) | inPage)
            : new FutexKey(task.Mm, address | SharedBit);
        return 0;
    }
}
