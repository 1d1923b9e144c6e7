namespace Emu.Mm.Tests;

public unsafe class MigrationTests
{
    private const ulong At = 0x2000_0000, Huge = 0x4000_0000;

    [Fact]
    public void Anon_KeepsContentsFlagsAndOwner()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        Assert.True(machine.Write(At, 77));
        Pte before = *machine.Mm.PageTable.Find(At, 0);
        Assert.Equal(1, MoveAll(machine, before.Pfn));
        Pte after = *machine.Mm.PageTable.Find(At, 0);
        Assert.NotEqual(before.Pfn, after.Pfn);
        Assert.Equal(before.Value & ~Pte.FrameMask, after.Value & ~Pte.FrameMask);
        Assert.Equal(77, machine.Read(At));
        Assert.True(machine.Manager.Page(after.Pfn).Has(PageFlags.AnonExclusive | PageFlags.Lru | PageFlags.SwapBacked));
        Assert.Equal(1, machine.Mm.Rss[(int)RssKind.Anon]);
        machine.Check();
    }

    [Fact]
    public void Anon_SharedByAFork_MovesInBoth_AndStaysShared()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        Assert.True(machine.Write(At, 1));
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        MoveAll(machine, machine.Mm.PageTable.Find(At, 0)->Pfn);
        Pte parents = *machine.Mm.PageTable.Find(At, 0), childs = *child.PageTable.Find(At, 0);
        Assert.Equal(parents.Pfn, childs.Pfn);
        Assert.False(parents.IsWritable);
        machine.Check();
        Assert.True(machine.Write(At, 2));
        Assert.True(new UserAccess(child).TryGet(At, out byte value));
        Assert.Equal(1, value);
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void FileAndShmem_StayCachedDirtyAndMapped()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[8192]);
        machine.Map(At, 8192, (MemoryProtection)3, MapFlags.Shared | MapFlags.Fixed, file);
        machine.MapFixed(At + 0x10000, 4096, flags: MapFlags.Shared);
        Assert.True(machine.Write(At, 9));
        Assert.True(machine.Write(At + 0x10000, 8));
        uint shmem = machine.Mm.PageTable.Find(At + 0x10000, 0)->Pfn;
        Assert.Equal(2, MoveAll(machine, file.Mapping.Find(0), shmem));
        machine.Check();
        Assert.Equal(9, machine.Read(At));
        Assert.Equal(8, machine.Read(At + 0x10000));
        Assert.Equal(0, file.Mapping.WriteBack());
        Assert.Equal(9, file.Content[0]);
        machine.Mm.Unmap(At, 8192);
        file.Put();
        machine.Check();
    }

    [Fact]
    public void SwapCachePage_KeepsItsSlot()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = new();
        Assert.Equal(0, machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out SwapArea? area));
        machine.MapFixed(At, 4096);
        Assert.True(machine.Write(At, 5));
        uint pfn = machine.Mm.PageTable.Find(At, 0)->Pfn;
        machine.Manager.LruOf(pfn).Remove(pfn);
        Assert.True(machine.Manager.Swap.AddToSwap(pfn));
        machine.Manager.AddLru(pfn);
        MoveAll(machine, pfn);
        uint moved = machine.Mm.PageTable.Find(At, 0)->Pfn;
        Assert.NotEqual(pfn, moved);
        Assert.True(machine.Manager.Page(moved).Has(PageFlags.SwapCache));
        Assert.Equal(1UL, area!.InUse);
        machine.Check();
        machine.Exit();
        machine.Check();
        Assert.Equal(0UL, area.InUse);
    }

    [Fact]
    public void HugePage_MovesWhole()
    {
        using TestMachine machine = new(megabytes: 32);
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.MapFixed(Huge, 2 << 20);
        Assert.True(machine.Write(Huge + 0x12345, 3));
        uint head = machine.Mm.PageTable.Find(Huge, PageTable.PmdLevel)->Pfn;
        Assert.Equal(512, MoveAll(machine, head));
        Pte pmd = *machine.Mm.PageTable.Find(Huge, PageTable.PmdLevel);
        Assert.True(pmd.IsLarge);
        Assert.NotEqual(head, pmd.Pfn);
        Assert.Equal(3, machine.Read(Huge + 0x12345));
        machine.Check();
    }

    [Fact]
    public void HugePage_IsSplit_WhenThereIsNoHugeFrame()
    {
        using TestMachine machine = new(megabytes: 32);
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.MapFixed(Huge, 2 << 20);
        Assert.True(machine.Write(Huge, 3));
        uint head = machine.Mm.PageTable.Find(Huge, PageTable.PmdLevel)->Pfn;
        Assert.True(machine.Manager.Migration.Isolate(head));
        List<uint> folios = [head];
        int failed = machine.Manager.Migration.Migrate(folios, source => machine.Manager.Page(source).Has(PageFlags.Head)
            ? 0 : machine.Manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0), MigrateReason.Syscall, out int moved);
        Assert.Equal(0, failed);
        Assert.Equal(512, moved);
        Assert.Equal(3, machine.Read(Huge));
        machine.Check();
    }

    [Fact]
    public void LockedPage_StaysUnevictable()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        Assert.True(machine.Write(At, 5));
        Assert.Equal(0, machine.Mm.Lock(At, 4096, onFault: false, default));
        MoveAll(machine, machine.Mm.PageTable.Find(At, 0)->Pfn);
        Assert.True(machine.Manager.Page(machine.Mm.PageTable.Find(At, 0)->Pfn).Has(PageFlags.Mlocked | PageFlags.Unevictable));
        machine.Check();
    }

    [Fact]
    public void PageThatSomebodyHolds_DoesNotMove()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        Assert.True(machine.Write(At, 5));
        Pte before = *machine.Mm.PageTable.Find(At, 0);
        machine.Manager.GetPage(before.Pfn);
        Assert.Equal(0, MoveAll(machine, before.Pfn));
        Assert.Equal(before, *machine.Mm.PageTable.Find(At, 0));
        Assert.Equal(1, machine.Manager.Events[(int)VmEvent.MigrateFail]);
        machine.Manager.PutPage(before.Pfn);
        machine.Check();
    }

    [Fact]
    public void Group_IsChargedForTheNewFrame()
    {
        using TestMachine machine = new();
        MemoryCgroup group = machine.Manager.Memcg.Create(machine.Manager.Memcg.Root, "box");
        machine.Mm.MemoryCgroup = group;
        machine.MapFixed(At, 4096);
        Assert.True(machine.Write(At, 5));
        MoveAll(machine, machine.Mm.PageTable.Find(At, 0)->Pfn);
        Assert.Equal(1, group.LocalPages);
        machine.Check();
    }

    private static int MoveAll(TestMachine machine, params uint[] folios)
    {
        Migration migration = machine.Manager.Migration;
        foreach (uint folio in folios)
            Assert.True(migration.Isolate(folio));
        migration.Migrate([.. folios], source => machine.Manager.Allocator.Allocate(
            machine.Manager.Page(source).Has(PageFlags.Head) ? GfpFlags.TransHuge : GfpFlags.HighUserMovable,
            machine.Manager.Page(source).Has(PageFlags.Head) ? MmConstants.HugePageOrder : 0), MigrateReason.Syscall, out int moved);
        return moved;
    }
}
