using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>How a fault came about. Linux: <c>enum fault_flag</c>.</summary>
[Flags]
public enum FaultFlags
{
    /// <summary>A read.</summary>
    None = 0,

    /// <summary>A write.</summary>
    Write = 1 << 0,

    /// <summary>A write that must find a writable PTE or a private copy (get_user_pages).</summary>
    Unshare = 1 << 1,

    /// <summary>Second try.</summary>
    Tried = 1 << 2,

    /// <summary>From user mode.</summary>
    User = 1 << 3,

    /// <summary>On behalf of another task.</summary>
    Remote = 1 << 4,

    /// <summary>An instruction fetch.</summary>
    Instruction = 1 << 5,

    /// <summary>A fatal signal may end the wait.</summary>
    Killable = 1 << 6,

    /// <summary>The handler may ask for a retry after waiting.</summary>
    AllowRetry = 1 << 7,
}

/// <summary>What came of a fault. Linux: <c>vm_fault_t</c>.</summary>
[Flags]
public enum VmFaultResult
{
    /// <summary>Done.</summary>
    None = 0,

    /// <summary>No memory.</summary>
    Oom = 0x1,

    /// <summary>No page there: SIGBUS.</summary>
    Sigbus = 0x2,

    /// <summary>It waited for I/O.</summary>
    Major = 0x4,

    /// <summary>Access is not allowed: SIGSEGV.</summary>
    Sigsegv = 0x40,

    /// <summary>The PTE was set by the handler itself.</summary>
    NoPage = 0x100,

    /// <summary><see cref="VmFault.Page"/> is locked.</summary>
    Locked = 0x200,

    /// <summary>To be tried again after the wait.</summary>
    Retry = 0x400,

    /// <summary>A huge fault must be served in small pages.</summary>
    Fallback = 0x800,

    /// <summary>The private copy was made by the handler.</summary>
    DoneCow = 0x1000,

    /// <summary>Anything that keeps the access from being done. Linux: <c>VM_FAULT_ERROR</c>.</summary>
    Error = Oom | Sigbus | Sigsegv,
}

/// <summary>One fault while it is served. Linux: <c>struct vm_fault</c>.</summary>
public unsafe ref struct VmFault
{
    /// <summary>A fault at an address of an area.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public VmFault(VmArea area, ulong address, FaultFlags flags)
    {
        Area = area;
        Address = address & MmConstants.PageMask;
        PageOffset = area.PageIndexOf(Address);
        Flags = flags;
    }

    /// <summary>The area. Linux: <c>vma</c>.</summary>
    public VmArea Area;

    /// <summary>Address of the page. Linux: <c>address</c>.</summary>
    public ulong Address;

    /// <summary>Page offset within the object. Linux: <c>pgoff</c>.</summary>
    public ulong PageOffset;

    /// <summary>How it came about.</summary>
    public FaultFlags Flags;

    /// <summary>The PTE; null until its table exists. Linux: <c>pte</c>.</summary>
    public Pte* Pte;

    /// <summary>The PMD above it. Linux: <c>pmd</c>.</summary>
    public Pte* Pmd;

    /// <summary>The PTE as the fault found it. Linux: <c>orig_pte</c>.</summary>
    public Pte Original;

    /// <summary>The object's page, 0 for none. Linux: <c>page</c>.</summary>
    public uint Page;

    /// <summary>The page for the private copy, 0 for none. Linux: <c>cow_page</c>.</summary>
    public uint CowPage;

    /// <summary>Which reader of a userfaultfd it is for: missing, write-protect or minor; none if it is not.</summary>
    public VmFlags Userfault;

    /// <summary>What kind of fault it proved to be, for the trace.</summary>
    public FaultClass Class;

    /// <summary>Whether it is a write.</summary>
    public readonly bool IsWrite => (Flags & FaultFlags.Write) != 0;

    /// <summary>Whether it wants the page to be writable or its own.</summary>
    public readonly bool WantsWrite => (Flags & (FaultFlags.Write | FaultFlags.Unshare)) != 0;
}
