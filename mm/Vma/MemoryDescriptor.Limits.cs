namespace Emu.Mm;

/// <content>What an address space may still take.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Whether the process may lock memory at all. Linux: <c>can_do_mlock</c>.</summary>
    internal bool CanLock => Limits.Memlock != 0 || Limits.CanLock;

    /// <summary>Whether more pages fit under RLIMIT_AS and RLIMIT_DATA. Linux: <c>may_expand_vm</c>.</summary>
    /// <param name="flags">Of the new pages.</param>
    /// <param name="pages">How many.</param>
    /// <param name="replaced">Pages that are unmapped in exchange; they count in their favour for RLIMIT_AS.</param>
    internal bool MayExpand(VmFlags flags, ulong pages, ulong replaced = 0)
    {
        if (TotalVm - replaced + pages > Limits.AddressSpace >> MmConstants.PageShift)
            return false;
        bool isData = (flags & (VmFlags.Write | VmFlags.Shared | VmFlags.Stack)) == VmFlags.Write;
        return !isData || DataVm + pages <= Limits.Data >> MmConstants.PageShift;
    }

    /// <summary>Whether more locked pages fit under RLIMIT_MEMLOCK. Linux: <c>mlock_future_ok</c>.</summary>
    internal bool MayLock(VmFlags flags, ulong pages) =>
        (flags & VmFlags.Locked) == 0 || Limits.CanLock || LockedVm + pages <= Limits.Memlock >> MmConstants.PageShift;
}
