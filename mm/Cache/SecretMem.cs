namespace Emu.Mm;

/// <summary>Mappings of memfd_secret: memory that nobody gets at but through them. Linux: mm/secretmem.c.</summary>
public sealed class SecretMemOperations : VmOperations
{
    /// <summary>The operations; they keep no state.</summary>
    public static SecretMemOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override bool HidesPages => true;

    /// <summary>Says what a mapping is like, or refuses it. For <see cref="VmFile.PrepareMmap"/>. Linux: <c>secretmem_mmap_prepare</c>.</summary>
    /// <param name="mm">Where it is to be mapped.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">Of the area; it is locked and not dumped.</param>
    /// <returns>0, or EINVAL (private), EAGAIN (RLIMIT_MEMLOCK), negated.</returns>
    public static int Prepare(MemoryDescriptor mm, ulong length, ref VmFlags flags)
    {
        if ((flags & (VmFlags.Shared | VmFlags.MayShare)) == 0)
            return -Errno.EINVAL;
        if (!mm.MayLock(flags | VmFlags.Locked, length >> MmConstants.PageShift))
            return -Errno.EAGAIN;
        flags |= VmFlags.Locked | VmFlags.DontDump;
        return 0;
    }

    /// <inheritdoc/>
    /// <remarks>Linux: <c>secretmem_fault</c>.</remarks>
    public override VmFaultResult Fault(ref VmFault fault)
    {
        PageCache cache = fault.Area.File!.Mapping!;
        if (fault.PageOffset >= cache.SizeInPages)
            return VmFaultResult.Sigbus;
        int error = cache.GetOrCreate(fault.PageOffset, out uint pfn);
        if (error != 0)
            return error == -Errno.ENOMEM ? VmFaultResult.Oom : VmFaultResult.Sigbus;
        cache.Get(pfn);
        fault.Page = pfn;
        return VmFaultResult.None;
    }
}
