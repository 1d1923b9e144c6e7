namespace Emu.Mm;

/// <summary>How the object behind a VMA serves it. Linux: <c>struct vm_operations_struct</c>.</summary>
public abstract class VmOperations
{
    /// <summary>Another area came to use the object (fork, split, mremap). Linux: <c>open</c>.</summary>
    public virtual void Open(VmArea area)
    {
    }

    /// <summary>An area stops to use it. Linux: <c>close</c>.</summary>
    public virtual void Close(VmArea area)
    {
    }

    /// <summary>Whether the area may be split at an address. Linux: <c>may_split</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public virtual int MaySplit(VmArea area, ulong address) => 0;

    /// <summary>Whether areas of it must never be merged with others. Linux: a <c>close</c> that is set forbids merging.</summary>
    public virtual bool HasClose => false;

    /// <summary>Finds the page for a fault: <see cref="VmFault.Page"/>, locked and with a reference. Linux: <c>fault</c>.</summary>
    public abstract VmFaultResult Fault(ref VmFault fault);

    /// <summary>Maps pages around a read fault that are at hand. Linux: <c>map_pages</c>.</summary>
    /// <param name="fault">The fault; its PTE pointer is at the address.</param>
    /// <param name="first">First page offset that may be mapped.</param>
    /// <param name="last">Last page offset.</param>
    public virtual void MapPages(ref VmFault fault, ulong first, ulong last)
    {
    }

    /// <summary>Whether pages can be mapped around a fault. Linux: <c>map_pages</c> is set.</summary>
    public virtual bool CanMapPages => false;

    /// <summary>Whether the first write to each shared page is to be announced. Linux: <c>page_mkwrite</c> is set.</summary>
    public virtual bool WantsMkwrite => false;

    /// <summary>A shared page becomes writable. Linux: <c>page_mkwrite</c>.</summary>
    public virtual VmFaultResult PageMkwrite(ref VmFault fault) => VmFaultResult.None;

    /// <summary>Access by ptrace or /proc/PID/mem to memory that has no pages. Linux: <c>access</c>.</summary>
    public virtual bool HasAccess => false;

    /// <summary>Whether nobody but the process's own accesses may get at its pages (memfd_secret). Linux: <c>vma_is_secretmem</c>.</summary>
    public virtual bool HidesPages => false;

    /// <summary>Name that /proc/PID/maps prints in brackets, or null. Linux: <c>name</c>.</summary>
    public virtual string? Name(VmArea area) => null;
}
