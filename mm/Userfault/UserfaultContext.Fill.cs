namespace Emu.Mm;

/// <content>Giving a waiting access its page. Linux: mm/userfaultfd.c (<c>mfill_atomic</c>).</content>
public sealed unsafe partial class UserfaultContext
{
    private enum FillKind
    {
        Copy,
        Zero,
        Continue,
        Poison,
    }

    /// <summary>Fills missing pages with a copy. Linux: <c>userfaultfd_copy</c>, <c>mfill_atomic_copy</c>.</summary>
    /// <param name="destination">First page.</param>
    /// <param name="source">Access to the memory that is copied.</param>
    /// <param name="sourceAddress">Where it is.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="mode">Whether the pages come write-protected.</param>
    /// <returns>Bytes filled, fewer if something went wrong on the way; or a negative errno.</returns>
    public long Copy(ulong destination, UserAccess source, ulong sourceAddress, ulong length, UserfaultMode mode)
    {
        int error = CheckStable(destination, length);
        if (error != 0)
            return error;
        error = CheckSource(sourceAddress, length);
        return error != 0 ? error : Fill(FillKind.Copy, destination, length, mode, source, sourceAddress);
    }

    /// <summary>Fills missing pages with zeros. Linux: <c>userfaultfd_zeropage</c>.</summary>
    public long ZeroPage(ulong start, ulong length, UserfaultMode mode) => FillRange(FillKind.Zero, start, length, mode);

    /// <summary>Maps pages that the object has. Linux: <c>userfaultfd_continue</c>.</summary>
    public long Continue(ulong start, ulong length, UserfaultMode mode) => FillRange(FillKind.Continue, start, length, mode);

    /// <summary>Makes accesses of missing pages fail as if their memory had. Linux: <c>userfaultfd_poison</c>.</summary>
    public long Poison(ulong start, ulong length, UserfaultMode mode) => FillRange(FillKind.Poison, start, length, mode);

    private long FillRange(FillKind kind, ulong start, ulong length, UserfaultMode mode)
    {
        int error = CheckStable(start, length);
        return error != 0 ? error : Fill(kind, start, length, mode, null, 0);
    }

    private long Fill(FillKind kind, ulong start, ulong length, UserfaultMode mode, UserAccess? source, ulong sourceAddress)
    {
        const UserfaultMode Known = UserfaultMode.DontWake | UserfaultMode.Wp;
        if ((mode & ~(kind is FillKind.Copy or FillKind.Continue ? Known : UserfaultMode.DontWake)) != 0)
            return -Errno.EINVAL;
        if (Mm.IsGone)
            return -Errno.ESRCH;
        ulong filled = 0;
        int error = 0;
        while (filled < length && error == 0)
        {
            ulong step = MmConstants.PageSize;
            error = FillPage(kind, start + filled, length - filled, (mode & UserfaultMode.Wp) != 0, source, sourceAddress + filled, ref step);
            if (error == 0)
                filled += step;
        }
        if (filled == 0)
            return error;
        if ((mode & UserfaultMode.DontWake) == 0)
            Wake(start, filled);
        return (long)filled;
    }

    private int FillPage(FillKind kind, ulong address, ulong left, bool wp, UserAccess? source, ulong sourceAddress, ref ulong step)
    {
        int error = CheckTarget(kind, address, left, wp, out VmArea? area);
        if (error != 0)
            return error;
        bool shared = area!.HasAny(VmFlags.Shared);
        switch (kind)
        {
            case FillKind.Poison:
                return FillPoison(area, address);
            case FillKind.Continue:
                return FillFromCache(area, address, wp);
            case FillKind.Zero when !shared:
                return FillZero(area, address);
            default:
                return FillNew(kind, area, address, left, wp, source, sourceAddress);
        }
    }

    // The whole of what is left must lie in one registered area. Linux: find_dst_vma, the checks of mfill_atomic
    private int CheckTarget(FillKind kind, ulong address, ulong left, bool wp, out VmArea? area)
    {
        area = Mm.Lookup(address);
        if (area?.Userfault == null || address + left > area.End)
            return -Errno.ENOENT;
        if (MmapChanging != 0)
            return -Errno.EAGAIN;
        if (wp && !area.HasAny(VmFlags.UffdWp))
            return -Errno.EINVAL;
        bool isShmem = area.Operations is ShmemOperations;
        if ((!area.IsAnonymous && !isShmem) || (kind == FillKind.Continue && !isShmem))
            return -Errno.EINVAL;
        if (area.IsAnonymous)
            AnonVmaLinks.Prepare(area);
        return 0;
    }

    // A page of its own, or of the object where it is shared. Linux: mfill_atomic_pte_copy, shmem_mfill_atomic_pte
    private int FillNew(FillKind kind, VmArea area, ulong address, ulong left, bool wp, UserAccess? source, ulong sourceAddress)
    {
        MemoryManager manager = Mm.Manager;
        GfpFlags gfp = kind == FillKind.Zero ? GfpFlags.HighUserMovable | GfpFlags.Zero : GfpFlags.HighUserMovable;
        uint pfn = area.HasAny(VmFlags.Shared)
            ? manager.AllocateCache(area.File!.Mapping!, area.PageIndexOf(address), gfp)
            : manager.AllocateAnon(area, address, gfp);
        if (pfn == 0)
            return -Errno.ENOMEM;
        int error = 0;
        if (kind == FillKind.Copy)
        {
            // The source may fault and sleep: the target is looked at again.
            if (source!.CopyFrom(sourceAddress, manager.Memory.FrameSpan(pfn)) != 0)
                error = -Errno.EFAULT;
            else
                error = CheckTarget(kind, address, left, wp, out VmArea? again) is var changed && changed != 0 ? changed : again == area ? 0 : -Errno.EAGAIN;
        }
        manager.Page(pfn).Set(PageFlags.UpToDate);
        if (error == 0)
            error = area.HasAny(VmFlags.Shared) ? InstallShared(area, address, pfn, wp) : Install(area, address, pfn, inCache: false, wp);
        if (error != 0)
            manager.PutPage(pfn);
        return error;
    }

    private int InstallShared(VmArea area, ulong address, uint pfn, bool wp)
    {
        PageCache cache = area.File!.Mapping!;
        int error = cache.TryAddFilled(pfn, area.PageIndexOf(address));
        if (error != 0)
            return error;
        Mm.Manager.GetPage(pfn); // the entry's; that of the caller went to the cache
        error = Install(area, address, pfn, inCache: true, wp);
        if (error == 0)
            return 0;
        cache.Remove(pfn);
        return error;
    }

    // Linux: mfill_atomic_pte_continue
    private int FillFromCache(VmArea area, ulong address, bool wp)
    {
        PageCache cache = area.File!.Mapping!;
        ulong index = area.PageIndexOf(address);
        if (cache.Find(index) == 0 && !cache.IsSwapped(index))
            return -Errno.EFAULT;
        int error = cache.GetOrCreate(index, out uint pfn);
        if (error != 0)
            return error;
        Mm.Manager.GetPage(pfn);
        error = Install(area, address, pfn, inCache: true, wp);
        if (error != 0)
            Mm.Manager.PutPage(pfn);
        return error;
    }

    // Linux: mfill_atomic_install_pte
    private int Install(VmArea area, ulong address, uint pfn, bool inCache, bool wp)
    {
        int error = EmptyEntry(area, address, overMarker: true, out Pte* entry);
        if (error != 0)
            return error;
        MemoryManager manager = Mm.Manager;
        Pte pte = Pte.Make(pfn, area.PageProtection).Dirty;
        if (area.HasAny(VmFlags.Write) && (!inCache || area.HasAny(VmFlags.Shared)))
            pte = pte.Writable;
        if (wp)
            pte = pte.UffdWp;
        if (inCache)
        {
            manager.Rmap.AddFile(pfn);
        }
        else
        {
            AnonVmaLinks.Prepare(area);
            manager.Rmap.AddNewAnon(pfn, area, address);
            manager.AddLru(pfn);
        }
        Mm.Rss[(int)MemoryDescriptor.RssKindOf(manager.Page(pfn))]++;
        *entry = pte;
        if (area.HasAny(VmFlags.Locked))
            Mlock.Add(manager, pfn);
        return 0;
    }

    // Linux: mfill_atomic_pte_zeropage
    private int FillZero(VmArea area, ulong address)
    {
        int error = EmptyEntry(area, address, overMarker: false, out Pte* entry);
        if (error == 0)
            *entry = Pte.Make(Mm.Manager.ZeroPfn, (area.PageProtection & ~Pte.WriteBit) | Pte.SpecialBit);
        return error;
    }

    // Linux: mfill_atomic_pte_poison
    private int FillPoison(VmArea area, ulong address)
    {
        int error = EmptyEntry(area, address, overMarker: false, out Pte* entry);
        if (error == 0)
            *entry = SwapEntry.MakeMarker(PteMarker.Poisoned);
        return error;
    }

    private int EmptyEntry(VmArea area, ulong address, bool overMarker, out Pte* entry)
    {
        entry = null;
        Pte* pmd = Mm.PageTable.FindOrCreate(address, PageTable.PmdLevel);
        if (pmd == null)
            return -Errno.ENOMEM;
        if (pmd->IsLarge)
            return -Errno.EEXIST;
        entry = Mm.PageTable.PteOf(pmd, address);
        if (entry == null)
            return -Errno.ENOMEM;
        if (area.File?.Mapping is { } cache && area.PageIndexOf(address) >= cache.SizeInPages)
            return -Errno.EFAULT;
        bool isEmpty = entry->IsNone || (overMarker && entry->IsSwap && SwapEntry.FromPte(*entry).IsMarker);
        return isEmpty ? 0 : -Errno.EEXIST;
    }
}
