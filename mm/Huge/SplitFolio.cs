namespace Emu.Mm;

/// <summary>Taking a huge page apart, and those that wait for it. Linux: mm/huge_memory.c (<c>split_huge_page</c>, deferred split).</summary>
/// <remarks>Lock: the folio's and those of all page tables that map it.</remarks>
public sealed class FolioSplitter
{
    // Linux: SHRINK_BATCH
    private const int ShrinkBatch = 128;

    private readonly MemoryManager _manager;
    private long _pending;
    private readonly LinkedList<uint> _deferred = new();
    private readonly Dictionary<uint, LinkedListNode<uint>> _deferredNodes = [];

    internal FolioSplitter(MemoryManager manager) => _manager = manager;

    /// <summary>Huge pages that are partly unmapped and wait to be split.</summary>
    public int DeferredCount => _deferredNodes.Count;

    /// <summary>Makes each page of a huge page a page of its own; those that nobody maps are freed. Linux: <c>split_huge_page_to_list_to_order</c>.</summary>
    /// <param name="head">The folio.</param>
    /// <param name="extraReferences">References of the caller, which the first page keeps.</param>
    /// <returns>Whether it could be done: not if somebody else holds the folio.</returns>
    public bool Split(uint head, int extraReferences)
    {
        ref Page folio = ref _manager.Page(head);
        SplitMappings(head);
        if (folio.RefCount != folio.LargeMapCount + extraReferences || folio.EntireMapCount != 0)
        {
            _manager.Events[(int)VmEvent.ThpSplitPageFailed]++;
            return false;
        }
        Forget(head);
        bool listed = folio.Has(PageFlags.Lru);
        if (listed)
            _manager.LruOf(head).Remove(head);
        TakeApart(head, extraReferences, listed);
        _manager.Events[(int)VmEvent.ThpSplitPage]++;
        return true;
    }

    /// <summary>A part of a huge page was unmapped: it is to be split when memory gets short. Linux: <c>deferred_split_folio</c>.</summary>
    internal void Defer(uint head)
    {
        if (_deferredNodes.ContainsKey(head))
            return;
        _deferredNodes[head] = _deferred.AddLast(head);
        _manager.Events[(int)VmEvent.ThpDeferredSplitPage]++;
    }

    /// <summary>A huge page is freed or mapped whole again. Linux: <c>folio_unqueue_deferred_split</c>.</summary>
    internal void Forget(uint head)
    {
        if (_deferredNodes.Remove(head, out LinkedListNode<uint>? node))
            _deferred.Remove(node);
    }

    /// <summary>Splits a part of those that wait: the harder memory is pressed for, the more. Linux: <c>do_shrink_slab</c>, <c>deferred_split_scan</c>.</summary>
    /// <param name="priority">log2 of the part that is left out.</param>
    /// <returns>Huge pages split.</returns>
    internal int Shrink(int priority)
    {
        // What is too little to be worth while is carried on to the next time.
        _pending += ((long)DeferredCount >> priority) * 2;
        if (DeferredCount == 0 || (_pending < ShrinkBatch && _pending < DeferredCount))
            return 0;
        int count = (int)Math.Min(_pending, DeferredCount);
        _pending = 0;
        return SplitDeferred(count);
    }

    /// <summary>Splits those that wait, the oldest first. Linux: <c>deferred_split_scan</c>.</summary>
    /// <param name="count">How many at most.</param>
    /// <returns>Huge pages split.</returns>
    internal int SplitDeferred(int count)
    {
        int split = 0;
        while (count-- > 0 && _deferred.First is { } first)
        {
            uint head = first.Value;
            Forget(head);
            _manager.GetPage(head);
            if (Split(head, extraReferences: 1))
                split++;
            _manager.PutPage(head);
        }
        return split;
    }

    // Linux: unmap_folio, but that PTEs may stay: nobody can use them meanwhile
    private void SplitMappings(uint head)
    {
        while (_manager.Page(head).EntireMapCount != 0)
        {
            RmapWalk walk = new(_manager, head);
            bool any = false;
            while (!any && walk.MoveNext())
                any = walk.IsPmd;
            if (!any)
                return;
            walk.Area.Mm.SplitPmd(walk.Area, walk.Address & MmConstants.PmdMask);
        }
    }

    private void TakeApart(uint head, int extraReferences, bool listed)
    {
        ref Page folio = ref _manager.Page(head);
        int pages = 1 << folio.Order;
        const PageFlags Inherited = PageFlags.UpToDate | PageFlags.Dirty | PageFlags.SwapBacked | PageFlags.Active | PageFlags.Referenced |
            PageFlags.Workingset | PageFlags.Unevictable | PageFlags.Mlocked;
        PageFlags inherited = folio.Flags & Inherited;
        folio.Clear(PageFlags.Head);
        folio.Order = 0;
        folio.LargeMapCount = 0;
        folio.RefCount = folio.MapCount + extraReferences;
        for (int i = 1; i < pages; i++)
        {
            ref Page part = ref _manager.Page(head + (uint)i);
            part.Head = 0;
            part.Flags = (part.Flags & (PageFlags.KeepAtFree | PageFlags.AnonExclusive)) | inherited;
            part.Mapping = folio.Mapping;
            part.MemoryCgroup = folio.MemoryCgroup;
            part.Index = folio.Index + (ulong)i;
            part.RefCount = part.MapCount;
        }
        for (int i = 1; i < pages; i++)
            Place(head + (uint)i);
        if (listed)
            _manager.AddLru(head);
    }

    private void Place(uint pfn)
    {
        ref Page part = ref _manager.Page(pfn);
        if (part.RefCount != 0)
        {
            _manager.AddLru(pfn);
            return;
        }
        part.RefCount = 1;
        _manager.PutPage(pfn);
    }
}
