namespace Emu.Mm;

/// <content>Setting limits, and what being above them costs. Linux: <c>memory_max_write</c>, <c>memory_high_write</c>, <c>__mem_cgroup_handle_over_high</c>.</content>
public sealed partial class MemoryCgroups
{
    // Ticks of a second, as the kernel was configured: CONFIG_HZ.
    private const long Hz = 250, NanosecondsOfTick = 1_000_000_000 / Hz;
    private const long MaxHighDelayTicks = 2 * Hz, ChargeBatch = 64;
    private const int DelayPrecisionShift = 20, DelayScalingShift = 14;

    /// <summary>Sets memory.max, and reclaims and kills until it holds. Linux: <c>memory_max_write</c>.</summary>
    public void SetMax(MemoryCgroup group, long pages)
    {
        group.Memory.Max = pages;
        int retries = MaxReclaimRetries;
        while (group.Memory.Usage > pages && !_manager.Current.IsDying)
        {
            if (retries > 0)
            {
                if (_manager.Vmscan.TryToFreeMemcgPages(group, group.Memory.Usage - pages, GfpFlags.Kernel, mayWrite: true) == 0)
                    retries--;
                continue;
            }
            group.Note(MemcgEvent.Oom);
            if (!_manager.Oom.OutOfMemory(new OomControl(GfpFlags.Kernel, 0) { Group = group }))
                break;
        }
    }

    /// <summary>Sets memory.high, and reclaims what is above it as far as it goes. Linux: <c>memory_high_write</c>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="pages">The limit.</param>
    /// <param name="nonblocking">Whether the file was opened with O_NONBLOCK: nothing is reclaimed.</param>
    public void SetHigh(MemoryCgroup group, long pages, bool nonblocking = false)
    {
        group.Memory.High = pages;
        int retries = MaxReclaimRetries;
        while (!nonblocking && group.Memory.Usage > pages && !_manager.Current.IsDying)
        {
            long reclaimed = _manager.Vmscan.TryToFreeMemcgPages(group, group.Memory.Usage - pages, GfpFlags.Kernel, mayWrite: true);
            if (reclaimed == 0 && retries-- == 0)
                break;
        }
    }

    /// <summary>Sets memory.swap.max: slots in use stay. Linux: <c>swap_max_write</c>.</summary>
    public static void SetSwapMax(MemoryCgroup group, long pages) => group.Swap.Max = pages;

    /// <summary>Sets memory.swap.high. Linux: <c>swap_high_write</c>.</summary>
    public static void SetSwapHigh(MemoryCgroup group, long pages) => group.Swap.High = pages;

    /// <summary>Sets memory.min. Linux: <c>memory_min_write</c>.</summary>
    public static void SetMin(MemoryCgroup group, long pages) => group.Memory.SetMin(pages);

    /// <summary>Sets memory.low. Linux: <c>memory_low_write</c>.</summary>
    public static void SetLow(MemoryCgroup group, long pages) => group.Memory.SetLow(pages);

    /// <summary>Reclaims from a group on demand: memory.reclaim. Linux: <c>user_proactive_reclaim</c>.</summary>
    /// <param name="group">The group; the root reclaims from the whole machine.</param>
    /// <param name="pages">How much.</param>
    /// <param name="swappiness">0 to 200, 201 for anonymous pages alone, -1 for the machine's.</param>
    /// <returns>0, or -EAGAIN if less was found, -EINTR if the task is about to die.</returns>
    public int Reclaim(MemoryCgroup group, long pages, int swappiness = -1)
    {
        int retries = MaxReclaimRetries;
        for (long done = 0; done < pages;)
        {
            if (_manager.Current.IsDying)
                return -Errno.EINTR;
            long batch = Math.Max((pages - done) / 4, 1);
            long reclaimed = _manager.Vmscan.TryToFreeMemcgPages(group, batch, GfpFlags.Kernel, mayWrite: true, Reclaimer.Proactive, swappiness);
            if (reclaimed == 0 && retries-- == 0)
                return -Errno.EAGAIN;
            done += reclaimed;
        }
        return 0;
    }

    /// <summary>
    /// Makes a task pay for charging above memory.high: it reclaims, and what is left it waits for. To be called before it goes back to
    /// user mode. Linux: <c>mem_cgroup_handle_over_high</c>.
    /// </summary>
    /// <returns>Nanoseconds to sleep, to be ended by a fatal signal; mostly 0.</returns>
    public long HandleOverHigh(TaskMemory task)
    {
        long pages = task.PagesOverHigh;
        if (pages == 0)
            return 0;
        task.PagesOverHigh = 0;
        MemoryCgroup group = task.Mm?.MemoryCgroup ?? Root;
        int retries = MaxReclaimRetries;
        long wanted = pages;
        while (!task.IsDying)
        {
            long reclaimed = ReclaimHigh(group, wanted);
            long ticks = Math.Min(Delay(pages, MaxOverage(group, swap: false)) + Delay(pages, MaxOverage(group, swap: true)), MaxHighDelayTicks);
            if (ticks <= Hz / 100)
                return 0;
            if (reclaimed == 0 && retries-- == 0)
                return ticks * NanosecondsOfTick;
            wanted = Vmscan.ClusterMax;
        }
        return 0;
    }

    // Linux: reclaim_high
    private long ReclaimHigh(MemoryCgroup group, long pages)
    {
        long reclaimed = 0;
        for (MemoryCgroup? at = group; at is { IsRoot: false }; at = at.Parent)
        {
            if (at.Memory.Usage <= at.Memory.High)
                continue;
            at.Note(MemcgEvent.High);
            reclaimed += _manager.Vmscan.TryToFreeMemcgPages(at, pages, GfpFlags.Kernel, mayWrite: true);
        }
        return reclaimed;
    }

    // Linux: mem_find_max_overage, swap_find_max_overage
    private static Int128 MaxOverage(MemoryCgroup group, bool swap)
    {
        Int128 most = 0;
        for (MemoryCgroup? at = group; at is { IsRoot: false }; at = at.Parent)
        {
            PageCounter counter = swap ? at.Swap : at.Memory;
            if (counter.Usage <= counter.High)
                continue;
            if (swap)
                at.Note(MemcgEvent.SwapHigh);
            long high = Math.Max(counter.High, 1);
            most = Int128.Max(most, ((Int128)(counter.Usage - high) << DelayPrecisionShift) / high);
        }
        return most;
    }

    // Grows with the square of how far above the limit the group is. Linux: calculate_high_delay
    private static long Delay(long pages, Int128 overage)
    {
        Int128 ticks = (overage * overage * Hz) >> DelayPrecisionShift >> DelayScalingShift;
        return (long)Int128.Min(ticks * pages / ChargeBatch, MaxHighDelayTicks);
    }
}
