namespace Emu.Mm;

/// <summary>A range of an address space with one set of properties. Linux: <c>struct vm_area_struct</c>.</summary>
/// <remarks>Lock: fields change under the mmap lock held for writing; they are read under it held for reading.</remarks>
public sealed class VmArea
{
    /// <summary>A detached area of <paramref name="mm"/>.</summary>
    public VmArea(MemoryDescriptor mm) => Mm = mm;

    /// <summary>The address space. Linux: <c>vm_mm</c>.</summary>
    public MemoryDescriptor Mm { get; }

    /// <summary>First address. Linux: <c>vm_start</c>.</summary>
    public ulong Start { get; set; }

    /// <summary>One past the last address. Linux: <c>vm_end</c>.</summary>
    public ulong End { get; set; }

    /// <summary>Offset in pages within the file; for anonymous memory the page number of its first address. Linux: <c>vm_pgoff</c>.</summary>
    public ulong PageOffset { get; set; }

    /// <summary>What it allows. Linux: <c>vm_flags</c>.</summary>
    public VmFlags Flags { get; private set; }

    /// <summary>Bits for a PTE that maps a page of it. Linux: <c>vm_page_prot</c>.</summary>
    public ulong PageProtection { get; private set; }

    /// <summary>The mapped file, or null. Linux: <c>vm_file</c>. The area holds a reference.</summary>
    public VmFile? File { get; set; }

    /// <summary>How faults on its object are served, or null for anonymous memory. Linux: <c>vm_ops</c>.</summary>
    public VmOperations? Operations { get; set; }

    /// <summary>What the object's operations keep here. Linux: <c>vm_private_data</c>.</summary>
    public object? PrivateData { get; set; }

    /// <summary>Where its anonymous pages are found, once there are any. Linux: <c>anon_vma</c>.</summary>
    public AnonVma? AnonVma { get; set; }

    /// <summary>First of the links to every <see cref="Mm.AnonVma"/> that may hold its pages. Linux: <c>anon_vma_chain</c>.</summary>
    public AnonVmaChain? AnonVmaChain { get; set; }

    /// <summary>Where its memory comes from; null for what the task's policy says. Linux: <c>vm_policy</c>.</summary>
    public MemPolicy? Policy { get; set; }

    /// <summary>Name given by prctl(PR_SET_VMA_ANON_NAME), or null. Linux: <c>anon_name</c>.</summary>
    public string? AnonName { get; set; }

    /// <summary>Who serves its faults, or null. Linux: <c>vm_userfaultfd_ctx</c>.</summary>
    public UserfaultContext? Userfault { get; internal set; }

    /// <summary>Link in the interval tree of <see cref="VmFile.Mapping"/>. Linux: <c>shared.rb</c>.</summary>
    public IntervalNode<VmArea>? SharedNode { get; set; }

    /// <summary>Bytes.</summary>
    public ulong Length => End - Start;

    /// <summary>Pages. Linux: <c>vma_pages</c>.</summary>
    public ulong Pages => (End - Start) >> MmConstants.PageShift;

    /// <summary>Whether it has no object behind it. Linux: <c>vma_is_anonymous</c>.</summary>
    public bool IsAnonymous => Operations == null;

    /// <summary>Whether all of the flags are set.</summary>
    public bool Has(VmFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether any of the flags is set.</summary>
    public bool HasAny(VmFlags flags) => (Flags & flags) != 0;

    /// <summary>Protection key. Linux: <c>vma_pkey</c>.</summary>
    public int ProtectionKey => (int)((ulong)(Flags & VmFlags.PkeyMask) >> 32);

    /// <summary>Whether writes change a private copy. Linux: <c>is_cow_mapping</c>.</summary>
    public bool IsCowMapping => (Flags & (VmFlags.Shared | VmFlags.MayWrite)) == VmFlags.MayWrite;

    /// <summary>Sets flags and the PTE bits that follow from them. Linux: <c>vm_flags_reset</c> with <c>vma_set_page_prot</c>.</summary>
    public void SetFlags(VmFlags flags)
    {
        Flags = flags;
        bool tracksSoftDirty = (flags & (VmFlags.SoftDirty | VmFlags.HugeTlb)) == 0;
        bool writeNotify = (flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared) && (tracksSoftDirty || WantsWriteNotify());
        PageProtection = ProtectionMap.Bits(writeNotify ? flags & ~VmFlags.Shared : flags);
    }

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>First address that a neighbour below must keep off: a stack has a guard gap. Linux: <c>vm_start_gap</c>.</summary>
    public ulong StartGap
    {
        get
        {
            if ((Flags & VmFlags.GrowsDown) == 0)
                return Start;
            ulong gap = Mm.Manager.Sysctl.StackGuardGapPages << MmConstants.PageShift;
            return Start > gap ? Start - gap : 0;
        }
    }

    /// <summary>Offset in pages of an address within the object. Linux: <c>linear_page_index</c>.</summary>
    public ulong PageIndexOf(ulong address) => ((address - Start) >> MmConstants.PageShift) + PageOffset;

    /// <summary>Address of a page of the object; only if it lies in the area. Linux: <c>vma_address</c>.</summary>
    public bool TryAddressOf(ulong pageIndex, out ulong address)
    {
        address = Start + ((pageIndex - PageOffset) << MmConstants.PageShift);
        return pageIndex >= PageOffset && pageIndex - PageOffset < Pages;
    }

    /// <summary>Empties a detached area for its next use.</summary>
    internal void Reset()
    {
        Bug.On(AnonVmaChain != null || SharedNode is { IsLinked: true }, "an area that rmap still finds was freed");
        Start = End = PageOffset = 0;
        Flags = VmFlags.None;
        File = null;
        Operations = null;
        PrivateData = null;
        AnonVma = null;
        AnonName = null;
        Policy = null;
        Userfault = null;
        SharedNode = null;
    }

    /// <summary>Address-range and flags, for messages.</summary>
    public override string ToString() => $"{Start:x}-{End:x} {Flags}";

    // Shared pages start read-only where someone wants to hear of the first write. Linux: vma_wants_writenotify
    private bool WantsWriteNotify() =>
        HasAny(VmFlags.UffdWp) || Operations is { WantsMkwrite: true } || (File?.Mapping is { TracksDirty: true } && !HasAny(VmFlags.PfnMap));
}

/// <summary>From VM flags to PTE bits. Linux: <c>protection_map</c>, <c>vm_get_page_prot</c> (arch/x86/mm/pgprot.c).</summary>
public static class ProtectionMap
{
    private const ulong None = Pte.AccessedBit | Pte.ProtNoneBit;
    private const ulong ReadOnlyExec = Pte.PresentBit | Pte.UserBit | Pte.AccessedBit;
    private const ulong ReadOnly = ReadOnlyExec | Pte.NoExecuteBit;

    /// <summary>PTE bits of a fresh page: a private writable one is read-only, so that the first write can copy it.</summary>
    public static ulong Bits(VmFlags flags)
    {
        ulong bits = (flags & VmFlags.AccessMask) switch
        {
            VmFlags.None => None,
            _ => (flags & VmFlags.Exec) != 0 ? ReadOnlyExec : ReadOnly,
        };
        if ((flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared))
            bits |= Pte.WriteBit;
        return bits | ((ulong)(flags & VmFlags.PkeyMask) >> 32 << Pte.PkeyShift);
    }
}
