namespace Emu.Mm.Tests;

public unsafe class CompactionTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void HugeAllocation_Compacts_WhenFreeMemoryIsScattered()
    {
        using TestMachine machine = new(megabytes: 16);
        int kept = Scatter(machine);
        Assert.Equal(0, BlocksOfOrder9(machine));
        uint huge = machine.Manager.Allocator.Allocate(GfpFlags.TransHuge, MmConstants.HugePageOrder);
        Assert.NotEqual(0u, huge);
        Assert.True(machine.Manager.Events[(int)VmEvent.CompactSuccess] > 0);
        Assert.True(machine.Manager.Events[(int)VmEvent.MigrateSuccess] > 0);
        Verify(machine, kept);
        machine.Manager.PutPage(huge);
        machine.Check();
    }

    [Fact]
    public void CompactNode_LeavesLargeBlocks()
    {
        using TestMachine machine = new(megabytes: 16);
        int kept = Scatter(machine);
        machine.Manager.Compaction.CompactNode(machine.Manager.Nodes[0]);
        machine.Check();
        Assert.True(BlocksOfOrder9(machine) >= 2, $"{BlocksOfOrder9(machine)} blocks");
        Verify(machine, kept);
    }

    [Fact]
    public void Compaction_LeavesUnmovablePagesWhereTheyAre()
    {
        using TestMachine machine = new(megabytes: 8);
        List<uint> kernel = [];
        for (int i = 0; i < 100; i++)
            kernel.Add(machine.Manager.Allocator.Allocate(GfpFlags.Kernel, 0));
        int kept = Scatter(machine);
        foreach (uint pfn in kernel)
            machine.Manager.Memory.FrameSpan(pfn).Fill(0x5A);
        machine.Manager.Compaction.CompactNode(machine.Manager.Nodes[0]);
        Assert.All(kernel, pfn => Assert.False(machine.Manager.Memory.FrameSpan(pfn).ContainsAnyExcept((byte)0x5A)));
        Verify(machine, kept);
        kernel.ForEach(machine.Manager.PutPage);
        machine.Check();
    }

    [Fact]
    public void Failures_PutTheNextTriesOff()
    {
        CompactState state = new();
        Assert.False(state.IsDeferred(9));
        state.Defer(9);
        Assert.True(state.IsDeferred(9));
        Assert.False(state.IsDeferred(9));
        Assert.False(state.IsDeferred(3));
        state.Defer(9);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => state.IsDeferred(9)));
        state.NoteResult(9, allocated: true);
        Assert.False(state.IsDeferred(9));
    }

    [Fact]
    public void FragmentationIndex_TellsWantOfMemoryFromWantOfOrder()
    {
        using TestMachine machine = new(megabytes: 16);
        Zone zone = machine.Manager.Nodes[0].Zones[(int)ZoneType.Dma];
        Assert.Equal(-1000, zone.FragmentationIndex(9));
        Scatter(machine);
        machine.Manager.Allocator.DrainAll();
        Assert.InRange(zone.FragmentationIndex(9), 500, 1000);
    }

    // Fills memory, then gives back every other page.
    private static int Scatter(TestMachine machine)
    {
        int pages = (int)machine.Manager.FreePages - 150;
        machine.MapFixed(At, (ulong)pages * 4096);
        for (int i = 0; i < pages; i++)
            Assert.True(machine.User.TryPut(At + ((ulong)i * 4096), i));
        for (int i = 1; i < pages; i += 2)
            machine.Mm.ZapRange(machine.Mm.Lookup(At)!, At + ((ulong)i * 4096), At + ((ulong)i * 4096) + 4096, ZapFlags.None);
        machine.Manager.Allocator.DrainAll();
        return pages;
    }

    private static void Verify(TestMachine machine, int pages)
    {
        for (int i = 0; i < pages; i += 2)
        {
            Assert.True(machine.User.TryGet(At + ((ulong)i * 4096), out int value));
            Assert.Equal(i, value);
        }
    }

    private static long BlocksOfOrder9(TestMachine machine) => machine.Manager.Nodes[0].Zones.Sum(zone =>
        zone.Buddy.Areas[9].FreeBlocks + (2 * zone.Buddy.Areas[10].FreeBlocks));
}
