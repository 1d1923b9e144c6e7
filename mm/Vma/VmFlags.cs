namespace Emu.Mm;

/// <summary>What a VMA allows and how it behaves. Linux: <c>VM_*</c> (include/linux/mm.h).</summary>
[Flags]
public enum VmFlags : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Readable.</summary>
    Read = 0x1,

    /// <summary>Writable.</summary>
    Write = 0x2,

    /// <summary>Executable.</summary>
    Exec = 0x4,

    /// <summary>Writes are seen by others who map the same object.</summary>
    Shared = 0x8,

    /// <summary>mprotect may make it readable.</summary>
    MayRead = 0x10,

    /// <summary>mprotect may make it writable.</summary>
    MayWrite = 0x20,

    /// <summary>mprotect may make it executable.</summary>
    MayExec = 0x40,

    /// <summary>Mapped with MAP_SHARED, whether writable or not.</summary>
    MayShare = 0x80,

    /// <summary>Grows downward on a fault below it.</summary>
    GrowsDown = 0x100,

    /// <summary>Missing pages go to userfaultfd.</summary>
    UffdMissing = 0x200,

    /// <summary>Frames without descriptors.</summary>
    PfnMap = 0x400,

    /// <summary>Guard markers may be installed in it. Linux: <c>VM_MAYBE_GUARD</c>.</summary>
    MaybeGuard = 0x800,

    /// <summary>Writes to protected pages go to userfaultfd.</summary>
    UffdWp = 0x1000,

    /// <summary>Pages stay in memory.</summary>
    Locked = 0x2000,

    /// <summary>Device registers.</summary>
    Io = 0x4000,

    /// <summary>Will be read in sequence.</summary>
    SeqRead = 0x8000,

    /// <summary>Will be read at random.</summary>
    RandRead = 0x10000,

    /// <summary>Not copied by fork.</summary>
    DontCopy = 0x20000,

    /// <summary>Cannot be expanded by mremap.</summary>
    DontExpand = 0x40000,

    /// <summary>Pages are locked as they are faulted in.</summary>
    LockOnFault = 0x80000,

    /// <summary>Counted by overcommit accounting.</summary>
    Account = 0x100000,

    /// <summary>Not to be counted.</summary>
    NoReserve = 0x200000,

    /// <summary>Of huge pages from the pool.</summary>
    HugeTlb = 0x400000,

    /// <summary>Synchronous faults (DAX).</summary>
    Sync = 0x800000,

    /// <summary>Wiped in the child of a fork.</summary>
    WipeOnFork = 0x2000000,

    /// <summary>Not part of a core dump.</summary>
    DontDump = 0x4000000,

    /// <summary>Contents count as changed since the bits were cleared.</summary>
    SoftDirty = 0x8000000,

    /// <summary>Both frames with and without descriptors.</summary>
    MixedMap = 0x10000000,

    /// <summary>MADV_HUGEPAGE.</summary>
    HugePage = 0x20000000,

    /// <summary>MADV_NOHUGEPAGE.</summary>
    NoHugePage = 0x40000000,

    /// <summary>MADV_MERGEABLE.</summary>
    Mergeable = 0x80000000,

    /// <summary>Lowest bit of the protection key; four bits.</summary>
    PkeyBit0 = 1UL << 32,

    /// <summary>The whole protection key.</summary>
    PkeyMask = 0xFUL << 32,

    /// <summary>Minor faults go to userfaultfd.</summary>
    UffdMinor = 1UL << 38,

    /// <summary>Pages may be dropped under pressure. Linux: <c>VM_DROPPABLE</c>.</summary>
    Droppable = 1UL << 40,

    /// <summary>Sealed by mseal.</summary>
    Sealed = 1UL << 42,

    /// <summary>R, W and X.</summary>
    AccessMask = Read | Write | Exec,

    /// <summary>What mprotect may ask for.</summary>
    MayMask = MayRead | MayWrite | MayExec,

    /// <summary>A stack. Linux: <c>VM_STACK</c>.</summary>
    Stack = GrowsDown,

    /// <summary>Cannot be merged or expanded. Linux: <c>VM_SPECIAL</c>.</summary>
    Special = Io | DontExpand | PfnMap | MixedMap,

    /// <summary>mlock's two flags. Linux: <c>VM_LOCKED_MASK</c>.</summary>
    LockedMask = Locked | LockOnFault,

    /// <summary>
    /// Does not stand in the way of a merge: the merged area has it if either had. Linux: <c>VM_IGNORE_MERGE</c>, <c>VM_STICKY</c>.
    /// </summary>
    IgnoreMerge = SoftDirty | MaybeGuard,

    /// <summary>The child of a fork needs the entries of such an area, with or without pages. Linux: <c>VM_COPY_ON_FORK</c>.</summary>
    CopyOnFork = PfnMap | MixedMap | UffdWp | MaybeGuard,

    /// <summary>The flags of data by default. Linux: <c>VM_DATA_DEFAULT_FLAGS</c> without exec.</summary>
    DataDefault = Read | Write | MayRead | MayWrite | MayExec,

    /// <summary>userfaultfd's flags. Linux: <c>__VM_UFFD_FLAGS</c>.</summary>
    UffdMask = UffdMissing | UffdWp | UffdMinor,
}

/// <summary>Memory protection of mmap and mprotect. Linux: <c>PROT_*</c>.</summary>
[Flags]
public enum MemoryProtection : uint
{
    /// <summary>No access.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1,

    /// <summary>Write.</summary>
    Write = 2,

    /// <summary>Execute.</summary>
    Exec = 4,

    /// <summary>Usable for atomic operations; without effect.</summary>
    Sem = 8,

    /// <summary>mprotect down to the start of a growing VMA.</summary>
    GrowsDown = 0x01000000,

    /// <summary>mprotect up to the end of a growing VMA.</summary>
    GrowsUp = 0x02000000,
}

/// <summary>Flags of mmap. Linux: <c>MAP_*</c>.</summary>
[Flags]
public enum MapFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Shared with others.</summary>
    Shared = 0x01,

    /// <summary>Changes are private.</summary>
    Private = 0x02,

    /// <summary>Shared, and unknown flags are refused.</summary>
    SharedValidate = 0x03,

    /// <summary>Memory that may be dropped under pressure.</summary>
    Droppable = 0x08,

    /// <summary>The part that names the type.</summary>
    TypeMask = 0x0f,

    /// <summary>Exactly at the address.</summary>
    Fixed = 0x10,

    /// <summary>No file.</summary>
    Anonymous = 0x20,

    /// <summary>Below 2 GiB.</summary>
    Map32Bit = 0x40,

    /// <summary>Above 4 GiB.</summary>
    MapAbove4G = 0x80,

    /// <summary>A stack.</summary>
    GrowsDown = 0x0100,

    /// <summary>Ignored.</summary>
    DenyWrite = 0x0800,

    /// <summary>Ignored.</summary>
    Executable = 0x1000,

    /// <summary>mlock it.</summary>
    Locked = 0x2000,

    /// <summary>Not counted by overcommit accounting.</summary>
    NoReserve = 0x4000,

    /// <summary>Fault everything in.</summary>
    Populate = 0x8000,

    /// <summary>With <see cref="Populate"/>: do not wait.</summary>
    NonBlock = 0x10000,

    /// <summary>A hint for stacks of threads.</summary>
    Stack = 0x20000,

    /// <summary>From the pool of huge pages.</summary>
    HugeTlb = 0x40000,

    /// <summary>Synchronous faults (DAX).</summary>
    Sync = 0x80000,

    /// <summary>Exactly at the address, but nothing there is replaced.</summary>
    FixedNoReplace = 0x100000,

    /// <summary>Private memory that reads as zero until written; for nommu.</summary>
    Uninitialized = 0x4000000,

    /// <summary>What mmap accepts without MAP_SHARED_VALIDATE. Linux: <c>LEGACY_MAP_MASK</c>.</summary>
    LegacyMask = Shared | Private | Fixed | Anonymous | DenyWrite | Executable | Uninitialized | GrowsDown | Locked |
        NoReserve | Populate | NonBlock | Stack | HugeTlb | Map32Bit | MapAbove4G,
}
