namespace Emu.Mm;

/// <summary>Merges pages of the same contents into one. Linux: mm/ksm.c.</summary>
/// <remarks>
/// Two trees ordered by contents: the stable one of merged pages, which are write-protected, and an unstable one of pages that were the same
/// in two passes, made anew each pass. A thread of the kernel calls <see cref="Scan"/> and sleeps in between. Lock: the kernel lock.
/// </remarks>
public sealed partial class Ksm
{
    private readonly MemoryManager _manager;
    private readonly LinkedList<KsmMmSlot> _slots = new();
    private readonly Dictionary<MemoryDescriptor, LinkedListNode<KsmMmSlot>> _slotOf = [];
    private readonly ContentTree[] _stable, _unstable;
    private readonly ulong _zeroChecksum;

    // Where the scan is. Linux: ksm_scan
    private LinkedListNode<KsmMmSlot>? _slot;
    private LinkedListNode<KsmRmapItem>? _item;
    private ulong _address;
    private long _scan = 1;

    internal Ksm(MemoryManager manager)
    {
        _manager = manager;
        _stable = [.. manager.Nodes.Select(static _ => new ContentTree())];
        _unstable = [.. manager.Nodes.Select(static _ => new ContentTree())];
        _zeroChecksum = ChecksumOf(new byte[(int)MmConstants.PageSize]);
    }

    /// <summary>What can be set, and the counters.</summary>
    public KsmSettings Settings { get; } = new();

    /// <summary>Who calls <see cref="Scan"/>; null where nobody does.</summary>
    public IBackgroundThread? Thread { get; set; }

    /// <summary>Whether there is anything for ksmd to do. Linux: <c>ksmd_should_run</c>.</summary>
    public bool ShouldRun => Settings.Run == KsmRun.Merge && _slots.Count != 0;

    /// <summary>Starts, stops or undoes merging. Linux: <c>run_store</c>.</summary>
    public int SetRun(KsmRun run)
    {
        if (run is < KsmRun.Stop or > KsmRun.Unmerge)
            return -Errno.EINVAL;
        if (run == Settings.Run)
            return 0;
        Settings.Run = run;
        if (ShouldRun)
            Thread?.Wake();
        if (run != KsmRun.Unmerge)
            return 0;
        int error = UnmergeEverything();
        if (error != 0)
            Settings.Run = KsmRun.Stop;
        return error;
    }

    /// <summary>Says whether pages of different nodes are merged. Linux: <c>merge_across_nodes_store</c>.</summary>
    /// <returns>0, or -EBUSY while pages are merged.</returns>
    public int SetMergeAcrossNodes(bool across)
    {
        if (across == Settings.MergeAcrossNodes)
            return 0;
        if (Settings.PagesShared != 0)
            return -Errno.EBUSY;
        RemoveStaleNodes();
        Settings.MergeAcrossNodes = across;
        return 0;
    }

    /// <summary>Says how many addresses one page may serve. Linux: <c>max_page_sharing_store</c>.</summary>
    /// <returns>0, EINVAL below 2, EBUSY while pages are merged, negated.</returns>
    public int SetMaxPageSharing(int pages)
    {
        if (pages < 2)
            return -Errno.EINVAL;
        if (pages == Settings.MaxPageSharing)
            return 0;
        if (Settings.PagesShared != 0)
            return -Errno.EBUSY;
        RemoveStaleNodes();
        Settings.MaxPageSharing = pages;
        return 0;
    }

    /// <summary>An address space gets mergeable memory. Linux: <c>__ksm_enter</c>.</summary>
    internal void Enter(MemoryDescriptor mm)
    {
        if (_slotOf.ContainsKey(mm))
            return;
        KsmMmSlot slot = new(mm);
        // Behind the scan, so that a process that forks and ends does not keep it from those before it.
        bool behind = _slot != null && Settings.Run != KsmRun.Unmerge;
        _slotOf[mm] = behind ? _slots.AddBefore(_slot!, slot) : _slots.AddLast(slot);
        if (_slots.Count == 1 && ShouldRun)
            Thread?.Wake();
    }

    /// <summary>An address space ends. Linux: <c>__ksm_exit</c>.</summary>
    internal void Exit(MemoryDescriptor mm)
    {
        if (!_slotOf.TryGetValue(mm, out LinkedListNode<KsmMmSlot>? slot))
            return;
        if (_slot == slot)
            EndSlot();
        while (slot.Value.Items.First is { } item)
            Free(slot.Value, item);
        _slots.Remove(slot);
        _slotOf.Remove(mm);
        Settings.ZeroPages -= mm.KsmZeroPages;
        mm.KsmZeroPages = 0;
    }

    /// <summary>A child has mergeable memory as its parent has. Linux: <c>ksm_fork</c>.</summary>
    internal void Fork(MemoryDescriptor child, MemoryDescriptor parent)
    {
        if (!_slotOf.ContainsKey(parent))
            return;
        child.KsmZeroPages = parent.KsmZeroPages;
        Settings.ZeroPages += child.KsmZeroPages;
        Enter(child);
    }

    private int TreeOf(uint pfn) => Settings.MergeAcrossNodes ? 0 : _manager.NodeOf(pfn).Id;

    private ReadOnlySpan<byte> Contents(uint pfn) => _manager.Memory.FrameSpan(pfn);

    // Not for anybody's eyes: it only has to change when the page does. Linux: calc_checksum (xxhash)
    private static ulong ChecksumOf(ReadOnlySpan<byte> contents)
    {
        ulong sum = 0x9E3779B97F4A7C15;
        foreach (ulong word in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(contents))
            sum = System.Numerics.BitOperations.RotateLeft((sum ^ word) * 0xC2B2AE3D27D4EB4F, 31);
        return sum;
    }
}
