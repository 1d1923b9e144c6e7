namespace Emu.Mm;

/// <content>The copy of an address space that a child gets. Linux: kernel/fork.c (<c>dup_mm</c>), mm/mmap.c (<c>dup_mmap</c>).</content>
public sealed partial class MemoryDescriptor
{
    // What a child's new areas still get of what the parent asked for with mlockall. Linux: VM_INIT_DEF_MASK
    private const VmFlags InheritedDefaults = VmFlags.NoHugePage;

    /// <summary>Copies the address space: private pages are shared by both until one of them writes. Linux: <c>dup_mm</c>.</summary>
    /// <param name="limits">Resource limits of the child.</param>
    /// <returns>Null if memory is short; this address space is as it was, but for pages that the next write finds to be its own.</returns>
    public MemoryDescriptor? TryFork(MmLimits limits)
    {
        MemoryDescriptor? child = TryCreate(Manager, limits);
        if (child == null)
            return null;
        child.CopyDescription(this);
        child.Areas.DuplicateFrom(Areas);
        bool copied = child.CopyAreas(this);
        Manager.Tlb.FlushMm(this);
        if (!copied)
        {
            UserfaultContext.CancelFork(child);
            child.Exit();
            return null;
        }
        child.HighWaterRss = child.ResidentPages;
        child.HighWaterVm = child.TotalVm;
        Manager.Ksm.Fork(child, this);
        Manager.Khugepaged.Fork(child, this);
        UserfaultContext.FinishFork(child);
        return child;
    }

    // Linux: mm_init, and what dup_mm copies by assignment
    private void CopyDescription(MemoryDescriptor parent)
    {
        Layout.CopyFrom(parent.Layout);
        CopyKeys(parent);
        MmapBase = parent.MmapBase;
        MmapLegacyBase = parent.MmapLegacyBase;
        MemoryCgroup = parent.MemoryCgroup;
        InheritSettings(parent);
        HasAlikeNeighbours |= parent.HasAlikeNeighbours;
        HeapSeam = parent.HeapSeam;
        TotalVm = parent.TotalVm;
        DataVm = parent.DataVm;
        ExecVm = parent.ExecVm;
        StackVm = parent.StackVm;
        SetExeFile(parent.ExeFile);
    }

    /// <summary>Takes over what prctl said of another address space: that of the parent (fork) or of the program before (exec). Linux: <c>mm_init</c>.</summary>
    public void InheritSettings(MemoryDescriptor other)
    {
        DefaultFlags = other.DefaultFlags & InheritedDefaults;
        ThpDisabled = other.ThpDisabled;
        ThpAdvisedOnly = other.ThpAdvisedOnly;
        MergesAnyMemory = other.MergesAnyMemory;
        if (MergesAnyMemory)
            Manager.Ksm.Enter(this);
    }

    /// <summary>
    /// Whether areas got or lost flags (in the fork that made it, by prctl) and were not merged with the neighbours that they are like now.
    /// As in Linux, which looks for neighbours only where the range of a call is.
    /// </summary>
    internal bool HasAlikeNeighbours { get; private set; }

    // The tree holds the parent's areas; each is replaced by its copy. Linux: dup_mmap
    private bool CopyAreas(MemoryDescriptor parent)
    {
        MapleCursor<VmArea> cursor = Areas.Iterate();
        while (cursor.MoveNext())
        {
            VmArea source = cursor.Entry;
            if ((source.Flags & VmFlags.DontCopy) != 0)
            {
                Areas.StoreRange(source.Start, source.End - 1, null);
                Account(source.Flags, -(long)source.Pages);
                continue;
            }
            ulong charged = (source.Flags & VmFlags.Account) != 0 ? source.Pages : 0;
            if (Manager.ReserveMemory((long)charged, parent.Limits) != 0)
            {
                Areas.StoreRange(source.Start, ulong.MaxValue, null);
                return false;
            }
            VmArea copy = ForkArea(source);
            cursor.Replace(copy);
            if ((copy.Flags & VmFlags.WipeOnFork) == 0 && !CopyPageRange(copy, source))
            {
                Areas.StoreRange(copy.End, ulong.MaxValue, null);
                return false;
            }
        }
        return true;
    }

    // Linux: the middle of dup_mmap
    private VmArea ForkArea(VmArea source)
    {
        VmArea copy = Duplicate(source);
        copy.AnonVma = null;
        if ((source.Flags & VmFlags.WipeOnFork) == 0)
            AnonVmaLinks.Fork(copy, source);
        copy.SetFlags(source.Flags & ~VmFlags.LockedMask);
        UserfaultContext.Fork(copy);
        HasAlikeNeighbours |= copy.Flags != source.Flags;
        copy.File?.Get();
        copy.Operations?.Open(copy);
        LinkFile(copy);
        return copy;
    }
}
