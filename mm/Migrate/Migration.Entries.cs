namespace Emu.Mm;

/// <content>Migration entries in the place of mappings. Linux: <c>try_to_migrate_one</c>, <c>remove_migration_pte</c>.</content>
internal sealed unsafe partial class Migration
{
    // Replaces every mapping of a folio by an entry that names its frame. Linux: try_to_migrate
    private void Unmap(uint folio)
    {
        RmapWalk walk = new(_manager, folio);
        while (walk.MoveNext())
        {
            if (walk.IsPmd)
                UnmapHuge(ref walk);
            else
                UnmapOne(ref walk, folio);
        }
    }

    private void UnmapOne(ref RmapWalk walk, uint folio)
    {
        ref Page page = ref _memory.Page(walk.Pfn);
        Pte old = PageUnmapper.ClearAndFlush(_manager, ref walk);
        bool anonymous = _memory.Page(folio).IsAnonymous;
        if (old.IsDirty)
            MarkDirty(folio, anonymous);
        int type = EntryType(old, anonymous && page.Has(PageFlags.AnonExclusive), anonymous);
        page.Clear(PageFlags.AnonExclusive);
        *walk.Entry = SwapEntry.ForMigration(type, walk.Pfn, old.IsAccessed, old.IsDirty).ToPte(KeptBits(old));
        _manager.Rmap.Remove(walk.Pfn);
        if ((walk.Area.Flags & VmFlags.Locked) != 0)
            Mlock.Remove(_manager, folio);
        _manager.PutPage(folio);
    }

    // Linux: set_pmd_migration_entry
    private void UnmapHuge(ref RmapWalk walk)
    {
        uint head = walk.Pfn;
        ref Page page = ref _memory.Page(head);
        Pte old = PageUnmapper.ClearAndFlush(_manager, ref walk);
        bool anonymous = page.IsAnonymous;
        if (old.IsDirty)
            MarkDirty(head, anonymous);
        int type = EntryType(old, anonymous && page.Has(PageFlags.AnonExclusive), anonymous);
        page.Clear(PageFlags.AnonExclusive);
        *walk.Entry = SwapEntry.ForMigration(type, head, old.IsAccessed, old.IsDirty).ToPte(KeptBits(old));
        _manager.Rmap.RemovePmd(head);
        if ((walk.Area.Flags & VmFlags.Locked) != 0)
            Mlock.Remove(_manager, head);
        _manager.PutPage(head);
    }

    // Replaces every entry that names the old folio by a mapping of the new one, which may be the same. Linux: remove_migration_ptes
    private void Remap(uint source, uint destination)
    {
        ref Page page = ref _memory.Page(source);
        if (page.Mapping.IsNone)
            return;
        if (page.IsAnonymous && !_manager.Mappings.IsAnonVma(page.Mapping))
            return; // mapped nowhere, and what it was mapped through is gone
        RmapWalk walk = new(_manager, source, migration: true);
        while (walk.MoveNext())
        {
            SwapEntry entry = SwapEntry.FromPte(*walk.Entry);
            uint pfn = destination + (entry.Frame - source);
            ulong bits = walk.Entry->Value;
            Pte pte = NewPte(walk.Area, entry, bits, pfn, _memory.Page(destination).Has(PageFlags.Dirty));
            bool exclusive = entry.Type != SwapEntry.MigrationRead;
            if (walk.IsPmd)
                MapHuge(destination, exclusive);
            else if (_memory.Page(destination).IsAnonymous)
                _manager.Rmap.AddAnon(pfn, walk.Area, walk.Address, exclusive);
            else
                _manager.Rmap.AddFile(pfn);
            _manager.GetPage(destination);
            *walk.Entry = walk.IsPmd ? pte.With(Pte.LargeBit) : pte;
            if ((walk.Area.Flags & VmFlags.Locked) != 0)
                Mlock.Add(_manager, destination);
        }
    }

    private void MapHuge(uint head, bool exclusive)
    {
        ref Page page = ref _memory.Page(head);
        _manager.Rmap.AddPmd(head);
        if (exclusive && page.IsAnonymous)
            page.Set(PageFlags.AnonExclusive);
    }

    private static Pte NewPte(VmArea area, SwapEntry entry, ulong bits, uint pfn, bool dirty)
    {
        Pte pte = Pte.Make(pfn, area.PageProtection & ~Pte.AccessedBit);
        if (entry.IsYoung)
            pte = pte.Young;
        if (entry.IsDirty && dirty)
            pte = pte.With(Pte.DirtyBit);
        if ((bits & SwapEntry.SoftDirtyBit) != 0)
            pte = pte.With(Pte.SoftDirtyBit);
        if (entry.Type == SwapEntry.MigrationWrite)
            return pte.Writable;
        return (bits & SwapEntry.UffdWpBit) != 0 ? pte.Without(Pte.WriteBit).With(Pte.UffdWpBit) : pte.Without(Pte.WriteBit);
    }

    private void MarkDirty(uint folio, bool anonymous)
    {
        if (anonymous)
            _memory.Page(folio).Set(PageFlags.Dirty);
        else
            _manager.Mappings.PageCache(_memory.Page(folio).Mapping).SetDirty(folio);
    }

    private static int EntryType(Pte old, bool exclusive, bool anonymous) => old.IsWritable ? SwapEntry.MigrationWrite
        : exclusive && anonymous ? SwapEntry.MigrationReadExclusive
        : SwapEntry.MigrationRead;

    private static ulong KeptBits(Pte old) =>
        ((old.Value & Pte.SoftDirtyBit) != 0 ? SwapEntry.SoftDirtyBit : 0) | ((old.Value & Pte.UffdWpBit) != 0 ? SwapEntry.UffdWpBit : 0);
}
