namespace Emu.Mm;

/// <summary>Collects the pages of a range that are on the wrong nodes, and moves them. Linux: <c>queue_pages_range</c> (mm/mempolicy.c).</summary>
/// <param name="manager">The memory.</param>
/// <param name="flags">What to do about them.</param>
/// <param name="isWrong">Whether a node is wrong.</param>
internal sealed unsafe class MisplacedPages(MemoryManager manager, BindFlags flags, Func<int, bool> isWrong)
{
    private readonly List<uint> _folios = [];

    /// <summary>Pages that are wrong and cannot be moved. Linux: <c>nr_failed</c>.</summary>
    public int Failed { get; private set; }

    /// <summary>Goes through a range.</summary>
    /// <returns>0; -EIO if nothing may be wrong (STRICT alone) and something is.</returns>
    public int Collect(MemoryDescriptor mm, ulong start, ulong end)
    {
        bool onlyStrict = (flags & BindFlags.Valid) == BindFlags.Strict;
        if ((flags & BindFlags.Valid) == 0)
            return 0;
        for (VmArea? area = mm.FindArea(start); area != null && area.Start < end; area = mm.FindArea(area.End))
        {
            if (!IsMigratable(area) && (flags & BindFlags.Strict) == 0)
                continue;
            CollectArea(area, Math.Max(area.Start, start), Math.Min(area.End, end), onlyStrict);
            if (Failed == 0 || !onlyStrict)
                continue;
            PutBack();
            return -Errno.EIO;
        }
        return 0;
    }

    /// <summary>Moves what was collected.</summary>
    /// <returns>Folios that did not move.</returns>
    public int Migrate(MigrationTarget target, MigrateReason reason)
    {
        int all = _folios.Count, left = all == 0 ? 0 : manager.Migration.Migrate(_folios, target, reason, out _);
        return left == -Errno.ENOMEM ? all : left;
    }

    /// <summary>Gives up what was collected.</summary>
    public void PutBack()
    {
        _folios.ForEach(manager.Migration.PutBack);
        _folios.Clear();
    }

    /// <summary>Whether pages of an area can be moved at all. Linux: <c>vma_migratable</c>.</summary>
    public static bool IsMigratable(VmArea area) => !area.HasAny(VmFlags.Io | VmFlags.PfnMap);

    private void CollectArea(VmArea area, ulong start, ulong end, bool onlyStrict)
    {
        for (ulong at = start; at < end;)
        {
            Pte* entry = area.Mm.PageTable.Walk(at, out int level);
            ulong span = PageTable.SpanOf(level), next = (at & ~(span - 1)) + span;
            if (entry->IsPresent && !entry->IsSpecial && (level == 0 || entry->IsLarge))
                Consider(area, manager.Memory.FolioOf(entry->Pfn));
            if (onlyStrict && Failed != 0)
                return;
            at = next;
        }
    }

    // Linux: queue_folios_pte_range, migrate_folio_add
    private void Consider(VmArea area, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (page.Has(PageFlags.Isolated) || !isWrong(manager.NodeOf(folio).Id))
            return;
        if ((flags & (BindFlags.Move | BindFlags.MoveAll)) == 0 || !IsMigratable(area))
        {
            Failed++;
            return;
        }
        bool shared = manager.Rmap.MapCountOf(folio) > 1 && !IsOwnAlone(area, folio);
        if (shared && (flags & BindFlags.MoveAll) == 0)
            return; // others use it too: to leave it is no failure
        if (manager.Migration.Isolate(folio))
            _folios.Add(folio);
        else
            Failed++;
    }

    // A folio of several pages that one process maps is not shared. Linux: folio_maybe_mapped_shared
    private bool IsOwnAlone(VmArea area, uint folio)
    {
        if (!manager.Page(folio).Has(PageFlags.Head))
            return false;
        RmapWalk walk = new(manager, folio);
        while (walk.MoveNext())
        {
            if (walk.Area.Mm != area.Mm)
                return false;
        }
        return true;
    }
}
