using CsCheck;
using Xunit.Abstractions;

namespace Emu.Mm.Tests;

public class ContiguousTests(ITestOutputHelper output)
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Cma_LendsItsPages_AndTakesThemBack()
    {
        using TestMachine machine = new(megabytes: 32);
        CmaArea area = machine.Manager.DeclareCma("test", 2048, 0)!;
        Assert.Equal(2048, machine.Manager.Nodes[0].Zones.Sum(zone => zone.Buddy.FreeCmaPages));
        machine.Check();
        int pages = Fill(machine, leave: 500);
        Assert.True(machine.Manager.Nodes[0].Zones.Sum(zone => zone.Buddy.FreeCmaPages) < 500, "CMA was not lent");
        Give(machine, pages, 0, 900);
        uint first = area.Allocate(700, 0);
        Assert.NotEqual(0u, first);
        Assert.Equal(700, area.UsedPages);
        machine.Check();
        machine.Manager.Memory.FrameSpan(first + 699).Fill(0xEE);
        Verify(machine, 900, pages);
        Assert.True(area.Release(first, 700));
        machine.Check();
        Assert.Equal(0, area.UsedPages);
        Assert.Equal(1, machine.Manager.Events[(int)VmEvent.CmaAllocSuccess]);
    }

    [Fact]
    public void Cma_IsNotForPagesThatStay()
    {
        using TestMachine machine = new(megabytes: 16);
        CmaArea area = machine.Manager.DeclareCma("test", 1024, 0)!;
        List<uint> kernel = [];
        uint pfn;
        while ((pfn = machine.Manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.NoRetry, 0)) != 0)
            kernel.Add(pfn);
        Assert.DoesNotContain(kernel, frame => frame >= area.StartPfn && frame < area.StartPfn + area.Pages);
        Assert.NotEqual(0u, area.Allocate(1024, 0));
        Assert.Equal(0u, area.Allocate(1, 0));
        Assert.Equal(1, machine.Manager.Events[(int)VmEvent.CmaAllocFail]);
        area.Release(area.StartPfn, 1024);
        kernel.ForEach(machine.Manager.PutPage);
        machine.Check();
    }

    [Fact]
    public void Cma_GoesAroundAPageThatIsHeld_AndAligns()
    {
        using TestMachine machine = new(megabytes: 32);
        CmaArea area = machine.Manager.DeclareCma("test", 2048, 0)!;
        int pages = Fill(machine, leave: 400);
        uint held = 0;
        for (uint frame = area.StartPfn; held == 0 && frame < area.StartPfn + 600; frame++)
            held = machine.Manager.Page(frame).Has(PageFlags.Lru) && frame > area.StartPfn + 500 ? frame : 0;
        Assert.NotEqual(0u, held);
        machine.Manager.GetPage(held);
        Give(machine, pages, 0, 1500);
        uint got = area.Allocate(256, 8);
        Assert.NotEqual(0u, got);
        Assert.Equal(0u, got % 256);
        Assert.True(held < got || held >= got + 256);
        machine.Manager.PutPage(held);
        area.Release(got, 256);
        machine.Check();
    }

    [Fact]
    public void Section_GoesOffline_WithItsPagesMovedAway_AndComesBack()
    {
        using TestMachine machine = new(megabytes: 384);
        MemoryHotplug hotplug = machine.Manager.Hotplug;
        ulong ram = machine.Manager.TotalRamPages;
        machine.MapFixed(At, 64UL << 20);
        for (ulong i = 0; i < 16384; i += 3)
            Assert.True(machine.User.TryPut(At + (i * 4096), i));
        // Some of its pages into the section that goes.
        machine.Manager.Memory.ZoneOf(2 * MmConstants.SectionPages).GrowUntil(2 * MmConstants.SectionPages);
        Assert.Equal(0, hotplug.Offline(2));
        Assert.Equal(MemoryBlockState.Offline, machine.Manager.Memory.Sections[2].State);
        Assert.Equal(ram - MmConstants.SectionPages, machine.Manager.TotalRamPages);
        machine.Check();
        Assert.Equal(-Errno.EINVAL, hotplug.Offline(2));
        Assert.Equal(-Errno.EINVAL, hotplug.Offline(0)); // the firmware's pages are no whole section
        Assert.Equal(0, hotplug.Offline(1));
        machine.Check();
        for (ulong i = 0; i < 16384; i += 3)
            Assert.True(machine.User.TryGet(At + (i * 4096), out ulong value) && value == i);
        Assert.Equal(0, hotplug.Online(1, movable: false));
        Assert.Equal(0, hotplug.Online(2, movable: true));
        Assert.Equal(ZoneType.Movable, machine.Manager.Memory.ZoneOf(2 * MmConstants.SectionPages).Type);
        Assert.Equal(ram, machine.Manager.TotalRamPages);
        machine.Check();
        Assert.Equal(0, hotplug.Offline(2));
        Assert.Equal(0, hotplug.Remove(2));
        Assert.Equal(-Errno.EINVAL, hotplug.Online(2, movable: false));
        Assert.Equal(0, hotplug.Add(2, 0));
        Assert.Equal(-Errno.EEXIST, hotplug.Add(2, 0));
        Assert.Equal(0, hotplug.Online(2, movable: false));
        machine.Check();
    }

    [Fact]
    public void Section_StaysOnline_WhenAPageOfTheKernelIsInIt()
    {
        using TestMachine machine = new(megabytes: 256);
        machine.Manager.Memory.ZoneOf(MmConstants.SectionPages).GrowUntil(MmConstants.SectionPages);
        uint pfn = 0;
        List<uint> kernel = [];
        while (pfn < MmConstants.SectionPages)
            kernel.Add(pfn = machine.Manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.Comp, 5));
        Assert.False(machine.Manager.Hotplug.IsRemovable(1));
        Assert.Equal(-Errno.EBUSY, machine.Manager.Hotplug.Offline(1));
        Assert.Equal(MemoryBlockState.Online, machine.Manager.Memory.Sections[1].State);
        machine.Check();
        kernel.ForEach(machine.Manager.PutPage);
        machine.Manager.Allocator.DrainAll();
        Assert.Equal(0, machine.Manager.Hotplug.Offline(1));
        machine.Check();
    }

    [Fact]
    public void HotpluggedMemory_IsUsed_OnceItIsOnline()
    {
        using MemoryManager manager = new(new MemoryLayout(16UL << 20, hotplug: 128UL << 20));
        Assert.Equal(MemoryBlockState.Offline, manager.Memory.Sections[1].State);
        ulong ram = manager.TotalRamPages;
        Assert.Equal(0, manager.Hotplug.Online(1, movable: true));
        Assert.Equal(ram + MmConstants.SectionPages, manager.TotalRamPages);
        uint pfn = manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0);
        Assert.Equal(ZoneType.Movable, manager.Memory.ZoneOf(pfn).Type);
        uint kernel = manager.Allocator.Allocate(GfpFlags.Kernel, 0);
        Assert.Equal(ZoneType.Dma, manager.Memory.ZoneOf(kernel).Type);
        manager.PutPage(pfn);
        manager.PutPage(kernel);
        Invariants.Check(manager);
        Assert.Equal(0, manager.Hotplug.Offline(1));
        Invariants.Check(manager);
    }

    [Fact]
    public void AtomicAllocation_KeepsAPageBlock_ForOthersLikeIt()
    {
        using MemoryManager manager = new(new MemoryLayout(256UL << 20));
        List<uint> taken = [];
        uint pfn;
        while ((pfn = manager.Allocator.Allocate(GfpFlags.HighUserMovable | GfpFlags.NoRetry, 0)) != 0)
            taken.Add(pfn);
        for (int i = 0; i < 60; i++)
        {
            manager.PutPage(taken[^1]);
            taken.RemoveAt(taken.Count - 1);
        }
        manager.Allocator.DrainAll();
        Zone zone = manager.Nodes[0].Zones[(int)ZoneType.Dma32];
        List<uint> atomic = [];
        while (zone.ReservedHighAtomic == 0 && atomic.Count < 50)
        {
            pfn = manager.Allocator.Allocate(GfpFlags.Atomic | GfpFlags.Comp, 2);
            if (pfn == 0)
                break;
            atomic.Add(pfn);
        }
        Assert.Equal(MmConstants.PageBlockPages, zone.ReservedHighAtomic);
        Invariants.Check(manager);
        atomic.ForEach(manager.PutPage);
        taken.ForEach(manager.PutPage);
        Invariants.Check(manager);
    }

    [Fact]
    public void Bulk_FillsWhatIsEmpty()
    {
        using MemoryManager manager = new(new MemoryLayout(16UL << 20));
        uint[] pages = new uint[100];
        uint own = pages[3] = manager.Allocator.Allocate(GfpFlags.Kernel, 0);
        Assert.Equal(100, manager.Allocator.AllocateBulk(GfpFlags.Kernel | GfpFlags.Zero, -1, default, pages));
        Assert.Equal(own, pages[3]);
        Assert.Equal(100, pages.Distinct().Count());
        Assert.All(pages, pfn => Assert.Equal(1, manager.Page(pfn).RefCount));
        foreach (uint pfn in pages)
            manager.PutPage(pfn);
        Invariants.Check(manager);
    }

    private abstract record Step;

    private sealed record TouchStep(int Page, int Count) : Step;

    private sealed record DropStep(int Page, int Count) : Step;

    private sealed record CmaStep(int Pages, int Align) : Step;

    private sealed record ReleaseStep(int Index) : Step;

    private sealed record CompactStep : Step;

    private sealed record KernelStep(int Order) : Step;

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (5, Gen.Select(Gen.Int[0, 2500], Gen.Int[1, 600], (p, c) => (Step)new TouchStep(p, c))),
        (3, Gen.Select(Gen.Int[0, 2500], Gen.Int[1, 600], (p, c) => (Step)new DropStep(p, c))),
        (3, Gen.Select(Gen.Int[1, 700], Gen.Int[0, 9], (p, a) => (Step)new CmaStep(p, a))),
        (2, Gen.Int[0, 1000].Select(i => (Step)new ReleaseStep(i))),
        (1, Gen.Const((Step)new CompactStep())),
        (1, Gen.Int[0, 4].Select(o => (Step)new KernelStep(o))));

    [Fact]
    public void RandomContiguousAllocations_KeepContentsAndInvariants() => Steps.Array[1, 40].Sample(steps =>
    {
        using TestMachine machine = new(megabytes: 16);
        CmaArea area = machine.Manager.DeclareCma("test", 1024, 0)!;
        machine.MapFixed(At, 3200 * 4096);
        bool[] touched = new bool[3200];
        List<(uint Pfn, uint Pages)> held = [];
        List<uint> kernel = [];
        foreach (Step step in steps)
        {
            Apply(machine, area, touched, held, kernel, step);
            machine.Check();
        }
        for (int i = 0; i < touched.Length; i++)
            Assert.True(!touched[i] || (machine.User.TryGet(At + ((ulong)i * 4096), out int value) && value == i), $"page {i} changed");
        held.ForEach(block => area.Release(block.Pfn, block.Pages));
        kernel.ForEach(machine.Manager.PutPage);
        machine.Check();
    }, iter: TestScale.Iterations(40), threads: 1, writeLine: output.WriteLine);

    private static void Apply(TestMachine machine, CmaArea area, bool[] touched, List<(uint Pfn, uint Pages)> held, List<uint> kernel, Step step)
    {
        switch (step)
        {
            case TouchStep touch:
                for (int i = touch.Page; i < touch.Page + touch.Count; i++)
                    touched[i] |= machine.User.TryPut(At + ((ulong)i * 4096), i);
                break;
            case DropStep drop:
                machine.Mm.ZapRange(machine.Mm.Lookup(At)!, At + ((ulong)drop.Page * 4096), At + ((ulong)(drop.Page + drop.Count) * 4096), ZapFlags.None);
                Array.Clear(touched, drop.Page, drop.Count);
                break;
            case CmaStep cma:
                uint got = area.Allocate((uint)cma.Pages, cma.Align);
                if (got == 0)
                    break;
                Assert.Equal(0u, got % (1u << cma.Align));
                for (uint pfn = got; pfn < got + cma.Pages; pfn++)
                    machine.Manager.Memory.FrameSpan(pfn).Fill(0xCC);
                held.Add((got, (uint)cma.Pages));
                break;
            case ReleaseStep release when held.Count != 0:
                (uint first, uint pages) = held[release.Index % held.Count];
                held.RemoveAt(release.Index % held.Count);
                area.Release(first, pages);
                break;
            case CompactStep:
                machine.Manager.Compaction.CompactNode(machine.Manager.Nodes[0]);
                break;
            case KernelStep order:
                uint block = machine.Manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.Comp | GfpFlags.NoRetry, order.Order);
                if (block != 0)
                    kernel.Add(block);
                break;
        }
    }

    private static int Fill(TestMachine machine, int leave)
    {
        int pages = (int)machine.Manager.FreePages - leave;
        machine.MapFixed(At, (ulong)pages * 4096);
        for (int i = 0; i < pages; i++)
            Assert.True(machine.User.TryPut(At + ((ulong)i * 4096), i));
        return pages;
    }

    private static void Give(TestMachine machine, int pages, int first, int count)
    {
        Assert.True(first + count < pages);
        machine.Mm.ZapRange(machine.Mm.Lookup(At)!, At + ((ulong)first * 4096), At + ((ulong)(first + count) * 4096), ZapFlags.None);
        machine.Manager.Allocator.DrainAll();
    }

    private static void Verify(TestMachine machine, int first, int pages)
    {
        for (int i = first; i < pages; i++)
            Assert.True(machine.User.TryGet(At + ((ulong)i * 4096), out int value) && value == i, $"page {i} changed");
    }
}
