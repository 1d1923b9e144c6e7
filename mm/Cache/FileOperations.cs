namespace Emu.Mm;

/// <summary>Mappings of files that have a page cache. Linux: <c>generic_file_vm_ops</c> (mm/filemap.c).</summary>
public class FileOperations : VmOperations
{
    /// <summary>The operations; they keep no state.</summary>
    public static FileOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override bool CanMapPages => true;

    /// <inheritdoc/>
    public override bool WantsMkwrite => true;

    /// <inheritdoc/>
    /// <remarks>Linux: <c>filemap_fault</c>.</remarks>
    public override VmFaultResult Fault(ref VmFault fault)
    {
        VmFile file = fault.Area.File!;
        PageCache cache = file.Mapping!;
        ulong index = fault.PageOffset;
        if (index >= cache.SizeInPages)
            return VmFaultResult.Sigbus;
        VmFaultResult result = VmFaultResult.None;
        uint pfn = cache.Find(index);
        if (pfn == 0)
        {
            result = VmFaultResult.Major;
            int error = Readahead.AroundFault(cache, file.Readahead, fault.Area, index);
            pfn = cache.Find(index);
            if (pfn == 0 && error == 0)
            {
                // Under pressure the pages around it may have pushed it out again.
                error = cache.ReadPages(index, 1);
                pfn = cache.Find(index);
            }
            if (pfn == 0)
                return error == -Errno.ENOMEM ? VmFaultResult.Oom : VmFaultResult.Sigbus;
        }
        else
        {
            cache.NoteUse(pfn, file.Readahead);
        }
        cache.Get(pfn);
        fault.Page = pfn;
        return result;
    }

    /// <inheritdoc/>
    /// <remarks>Linux: <c>filemap_map_pages</c>.</remarks>
    public override void MapPages(ref VmFault fault, ulong first, ulong last) =>
        fault.Area.File!.Mapping!.MapAround(ref fault, first, last);

    /// <inheritdoc/>
    public override VmFaultResult PageMkwrite(ref VmFault fault)
    {
        PageCache cache = fault.Area.File!.Mapping!;
        return cache.Store!.PrepareWrite(fault.PageOffset << MmConstants.PageShift) == 0 ? VmFaultResult.None : VmFaultResult.Sigbus;
    }
}

/// <summary>Mappings of shmem. Linux: <c>shmem_vm_ops</c> (mm/shmem.c).</summary>
public class ShmemOperations : VmOperations
{
    /// <summary>The operations; they keep no state.</summary>
    public static ShmemOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override bool CanMapPages => true;

    /// <inheritdoc/>
    /// <remarks>Linux: <c>shmem_fault</c>.</remarks>
    public override VmFaultResult Fault(ref VmFault fault)
    {
        PageCache cache = fault.Area.File!.Mapping!;
        if (fault.PageOffset >= cache.SizeInPages)
            return VmFaultResult.Sigbus;
        if (fault.Area.HasAny(VmFlags.UffdMissing | VmFlags.UffdMinor))
        {
            // A reader of a userfaultfd may want to provide the page, or to look at it before it is mapped.
            VmFlags reason = cache.Find(fault.PageOffset) != 0 || cache.IsSwapped(fault.PageOffset) ? VmFlags.UffdMinor : VmFlags.UffdMissing;
            if (fault.Area.HasAny(reason))
                return FaultHandler.Userfault(ref fault, reason);
        }
        int error = cache.GetOrCreate(fault.PageOffset, out uint pfn);
        if (error != 0)
            return error == -Errno.ENOMEM ? VmFaultResult.Oom : VmFaultResult.Sigbus;
        cache.Get(pfn);
        fault.Page = pfn;
        return VmFaultResult.None;
    }

    /// <inheritdoc/>
    public override void MapPages(ref VmFault fault, ulong first, ulong last) =>
        fault.Area.File!.Mapping!.MapAround(ref fault, first, last);
}
