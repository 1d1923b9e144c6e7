namespace Emu.Mm;

/// <summary>Memory that has an object but no file: shared anonymous mappings. Linux: mm/shmem.c.</summary>
public static class Shmem
{
    private const uint KernelMountMinor = 1;

    private static readonly byte[] DevZero = "/dev/zero (deleted)"u8.ToArray();

    /// <summary>Puts an object behind a shared anonymous area. Linux: <c>shmem_zero_setup</c>.</summary>
    /// <returns>0 or -ENOMEM.</returns>
    internal static int ZeroSetup(VmArea area)
    {
        ShmemFile? file = TryCreateFile(area.Mm.Manager, DevZero, area.Length, area.Flags, area.Mm.Limits);
        if (file == null)
            return -Errno.ENOMEM;
        file.IsAnonymous = true;
        area.File = file;
        area.Operations = ShmemOperations.Instance;
        return 0;
    }

    /// <summary>Makes an object of a fixed size that no directory names. Linux: <c>shmem_kernel_file_setup</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="name">As /proc/PID/maps shows it.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="flags">VM_NORESERVE: pages are counted as they come, not promised ahead.</param>
    /// <param name="limits">Of the process that asks.</param>
    /// <returns>Null if the memory cannot be promised.</returns>
    public static ShmemFile? TryCreateFile(MemoryManager manager, byte[] name, ulong size, VmFlags flags, MmLimits limits)
    {
        long pages = (flags & VmFlags.NoReserve) != 0 ? 0 : (long)(MmConstants.PageAlign(size) >> MmConstants.PageShift);
        if (pages != 0 && manager.ReserveMemory(pages, limits) != 0)
            return null;
        manager.ReservedByObjects += pages;
        return new ShmemFile(manager, name, size, pages, KernelMountMinor);
    }
}

/// <summary>A shmem object without a place in any directory. Linux: a file of <c>shm_mnt</c>.</summary>
public sealed class ShmemFile : VmFile
{
    private readonly MemoryManager _manager;
    private readonly long _reserved;
    private readonly uint _minor;
    private int _users = 1;

    internal ShmemFile(MemoryManager manager, byte[] name, ulong size, long reserved, uint minor)
    {
        _manager = manager;
        _reserved = reserved;
        _minor = minor;
        MapsPath = name;
        Mapping = new PageCache(manager, PageCacheKind.Shmem, null) { Size = size };
        InodeNumber = manager.NextInodeNumber();
    }

    /// <summary>Whether it stands behind shared anonymous memory. Linux: <c>vma_is_anon_shmem</c>.</summary>
    public bool IsAnonymous { get; internal set; }

    /// <inheritdoc/>
    public override PageCache Mapping { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override byte[] MapsPath { get; }

    /// <inheritdoc/>
    public override (uint Major, uint Minor) Device => (0, _minor);

    /// <inheritdoc/>
    public override ulong InodeNumber { get; }

    /// <inheritdoc/>
    public override int Mmap(VmArea area)
    {
        area.Operations = ShmemOperations.Instance;
        return 0;
    }

    /// <inheritdoc/>
    public override void Get() => _users++;

    /// <inheritdoc/>
    public override void Put()
    {
        if (--_users != 0)
            return;
        Mapping.Evict();
        _manager.ReservedByObjects -= _reserved;
        _manager.UnreserveMemory(_reserved);
    }
}
