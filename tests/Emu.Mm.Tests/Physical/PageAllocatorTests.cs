using CsCheck;
using Xunit.Abstractions;

namespace Emu.Mm.Tests;

public class PageAllocatorTests(ITestOutputHelper output)
{
    [Fact]
    public void Allocate_ReturnsZeros_WhenFrameWasUsedBefore()
    {
        using MemoryManager manager = new(new MemoryLayout(16 << 20));
        for (int round = 0; round < 3; round++)
        {
            uint pfn = manager.Allocator.Allocate(GfpFlags.HighUserMovable | GfpFlags.Zero, 0);
            Assert.False(manager.Memory.FrameSpan(pfn).ContainsAnyExcept((byte)0));
            manager.Memory.FrameSpan(pfn).Fill(0xAA);
            manager.PutPage(pfn);
        }
    }

    [Fact]
    public void Allocate_Fails_WhenMemoryIsShort_AndRecovers()
    {
        using MemoryManager manager = new(new MemoryLayout(4 << 20));
        long free = manager.FreePages;
        List<uint> taken = [];
        uint pfn;
        while ((pfn = manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0)) != 0)
            taken.Add(pfn);
        Assert.InRange(manager.FreePages, 1, free / 2); // the reserve below the min watermark is left
        Assert.Equal(taken.Count, taken.Distinct().Count());
        taken.ForEach(manager.PutPage);
        manager.Allocator.DrainAll();
        Assert.Equal(free, manager.FreePages);
        Invariants.Check(manager);
    }

    [Fact]
    public void Allocate_TakesHighZonesFirst()
    {
        using MemoryManager manager = new(new MemoryLayout(5UL << 30));
        uint high = manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0), dma32 = manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.Dma32, 0),
            dma = manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.Dma, 0);
        Assert.Equal([ZoneType.Normal, ZoneType.Dma32, ZoneType.Dma],
            new[] { high, dma32, dma }.Select(pfn => manager.Memory.ZoneOf(pfn).Type));
    }

    [Fact]
    public void Allocate_PrefersNode_AndFallsBack()
    {
        using MemoryManager manager = new(new MemoryLayout(32 << 20, nodes: 2));
        List<int> nodes = [];
        uint pfn;
        while ((pfn = manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0, node: 1)) != 0)
            nodes.Add(manager.Memory.ZoneOf(pfn).Node.Id);
        int firstOther = nodes.IndexOf(0);
        Assert.True(firstOther > 1000, "node 1 was left too early");
        Assert.True(nodes.Count(node => node == 0) > 1000, "node 0 did not help out");
    }

    [Fact]
    public void ThisNode_DoesNotFallBack()
    {
        using MemoryManager manager = new(new MemoryLayout(32 << 20, nodes: 2));
        uint pfn;
        while ((pfn = manager.Allocator.Allocate(GfpFlags.HighUserMovable | GfpFlags.ThisNode, 0, node: 0)) != 0)
            Assert.Equal(0, manager.Memory.ZoneOf(pfn).Node.Id);
    }

    [Fact]
    public void Compound_TailsNameTheHead_UntilFreed()
    {
        using MemoryManager manager = new(new MemoryLayout(16 << 20));
        uint head = manager.Allocator.Allocate(GfpFlags.TransHuge, MmConstants.HugePageOrder);
        Assert.NotEqual(0u, head);
        Assert.Equal(0u, head % MmConstants.HugePagePages);
        Assert.All(Enumerable.Range(1, 511), i => Assert.Equal(head, manager.Page(head + (uint)i).Head));
        manager.PutPage(head);
        Assert.All(Enumerable.Range(0, 512), i => Assert.Equal(0u, manager.Page(head + (uint)i).Head));
        Invariants.Check(manager);
    }

    private abstract record Step;

    private sealed record AllocateStep(int Order, int Type) : Step;

    private sealed record FreeStep(int Index) : Step;

    private sealed record DrainStep : Step;

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, Gen.Select(Gen.Frequency((6, 0), (2, 1), (1, 3), (1, 5), (1, 9), (1, 10)), Gen.Int[0, 2], (o, t) => (Step)new AllocateStep(o, t))),
        (5, Gen.Int[0, int.MaxValue - 1].Select(i => (Step)new FreeStep(i))),
        (1, Gen.Const((Step)new DrainStep())));

    [Fact]
    public void RandomAllocations_KeepInvariants_AndComeBack() => Steps.Array[1, 150].Sample(steps =>
    {
        using MemoryManager manager = new(new MemoryLayout(16 << 20));
        long free = manager.FreePages;
        List<(uint Pfn, int Order)> held = [];
        foreach (Step step in steps)
        {
            Apply(manager, held, step);
            Assert.Equal(free, manager.FreePages + held.Sum(block => 1L << block.Order));
            Invariants.Check(manager);
        }
        held.ForEach(block => Free(manager, block));
        manager.Allocator.DrainAll();
        Assert.Equal(free, manager.FreePages);
    }, iter: TestScale.Iterations(50), threads: 1, writeLine: output.WriteLine);

    private static void Apply(MemoryManager manager, List<(uint Pfn, int Order)> held, Step step)
    {
        switch (step)
        {
            case AllocateStep allocate:
                GfpFlags[] kinds = [GfpFlags.Kernel, GfpFlags.HighUserMovable, GfpFlags.Kernel | GfpFlags.Reclaimable];
                uint pfn = manager.Allocator.Allocate(kinds[allocate.Type] | GfpFlags.Comp, allocate.Order);
                if (pfn != 0)
                    held.Add((pfn, allocate.Order));
                break;
            case FreeStep free when held.Count != 0:
                Free(manager, held[free.Index % held.Count]);
                held.RemoveAt(free.Index % held.Count);
                break;
            case DrainStep:
                manager.Allocator.DrainAll();
                break;
        }
    }

    private static void Free(MemoryManager manager, (uint Pfn, int Order) block) => manager.PutPage(block.Pfn);
}
