namespace Emu.Mm;

/// <summary>An object of huge pages without a descriptor: anonymous memory with MAP_HUGETLB, or System V shared memory. Linux: <c>hugetlb_file_setup</c>.</summary>
public sealed class HugetlbFile : VmFile, IHugetlbFile
{
    private const uint KernelMountMinor = 15;

    private int _users = 1;

    /// <summary>An object with one user.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="name">As /proc/PID/maps shows it.</param>
    /// <param name="size">Bytes, a multiple of 2 MiB.</param>
    public HugetlbFile(MemoryManager manager, byte[] name, ulong size)
    {
        MapsPath = name;
        Object = new HugetlbObject(manager);
        Object.Resize(size);
        InodeNumber = manager.NextInodeNumber();
    }

    /// <summary>The name of anonymous memory.</summary>
    public static byte[] AnonymousName { get; } = "/anon_hugepage (deleted)"u8.ToArray();

    /// <inheritdoc/>
    public HugetlbObject Object { get; }

    /// <inheritdoc/>
    public override PageCache? Mapping => null;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override bool WantsHugeAlignment => true;

    /// <inheritdoc/>
    public override byte[] MapsPath { get; }

    /// <inheritdoc/>
    public override (uint Major, uint Minor) Device => (0, KernelMountMinor);

    /// <inheritdoc/>
    public override ulong InodeNumber { get; }

    /// <inheritdoc/>
    public override int PrepareMmap(MemoryDescriptor mm, ulong length, ref VmFlags flags) => HugetlbOperations.Prepare(ref flags);

    /// <inheritdoc/>
    public override int Mmap(VmArea area) => HugetlbOperations.Mmap(area, Object);

    /// <inheritdoc/>
    public override void Get() => _users++;

    /// <inheritdoc/>
    public override void Put()
    {
        if (--_users == 0)
            Object.Evict();
    }
}
