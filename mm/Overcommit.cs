namespace Emu.Mm;

/// <summary>Promises of memory. Linux: mm/util.c (<c>__vm_enough_memory</c>).</summary>
public static class Overcommit
{
    private const int Guess = 0, Always = 1;

    /// <summary>Promises pages to a process. Linux: <c>security_vm_enough_memory_mm</c>.</summary>
    /// <returns>0 or -ENOMEM.</returns>
    public static int ReserveMemory(this MemoryManager manager, long pages, MmLimits limits)
    {
        manager.CommittedPages += pages;
        if (IsEnough(manager, pages, limits))
            return 0;
        manager.CommittedPages -= pages;
        return -Errno.ENOMEM;
    }

    /// <summary>Takes a promise back. Linux: <c>vm_unacct_memory</c>.</summary>
    public static void UnreserveMemory(this MemoryManager manager, long pages)
    {
        manager.CommittedPages -= pages;
        Bug.On(manager.CommittedPages < 0, "more memory was given back than promised");
    }

    /// <summary>Pages that may be promised in mode 2. Linux: <c>vm_commit_limit</c>.</summary>
    public static ulong CommitLimit(this MemoryManager manager)
    {
        MmSysctl sysctl = manager.Sysctl;
        ulong ram = sysctl.OvercommitKbytes != 0
            ? sysctl.OvercommitKbytes >> (MmConstants.PageShift - 10)
            : manager.TotalRamPages * (ulong)sysctl.OvercommitRatio / 100;
        return ram + manager.Swap.TotalPages;
    }

    private static bool IsEnough(MemoryManager manager, long pages, MmLimits limits)
    {
        switch (manager.Sysctl.OvercommitMemory)
        {
            case Always:
                return true;
            case Guess:
                return (ulong)pages <= manager.TotalRamPages + manager.Swap.TotalPages;
            default:
                ulong allowed = manager.CommitLimit();
                if (!limits.IsAdmin)
                    allowed -= Math.Min(allowed, manager.Sysctl.AdminReserveKbytes >> (MmConstants.PageShift - 10));
                return (ulong)manager.CommittedPages < allowed;
        }
    }
}
