namespace Emu.Mm.Tests;

public unsafe class KsmTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Scan_MergesPagesOfTheSameContents_AndAWriteTakesOneOut()
    {
        using TestMachine machine = Machine(pages: 4, out Ksm ksm);
        for (ulong page = 0; page < 4; page++)
            Fill(machine, page, (byte)(page < 3 ? 7 : 8));
        long free = machine.Manager.FreePages;
        Pass(machine, 3);
        Assert.Equal((1, 2, 1), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing, ksm.Settings.PagesUnshared));
        Assert.Equal(free + 2, machine.Manager.FreePages);
        Assert.Equal(3, machine.Mm.KsmMergingPages);
        Assert.Equal(PfnOf(machine, 0), PfnOf(machine, 2));
        Assert.Equal(4, machine.Mm.Rss[(int)RssKind.Anon]);
        Assert.True(machine.Write(At, 9));
        Assert.Equal([9, 7, 7, 8], Read(machine, 4));
        Assert.Equal(1, machine.Manager.Events[(int)VmEvent.CowKsm]);
        machine.Check();
        Pass(machine, 1);
        Assert.Equal((1, 1), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing));
    }

    [Fact]
    public void Scan_MergesAcrossProcesses_AndForgetsThoseThatEnd()
    {
        using TestMachine machine = Machine(pages: 2, out Ksm ksm);
        Fill(machine, 0, 7);
        MemoryDescriptor other = MemoryDescriptor.TryCreate(machine.Manager, new MmLimits())!;
        other.Map(new MapRequest
        {
            Address = At + 0x10000,
            Length = 4096,
            Protection = MemoryProtection.Read | MemoryProtection.Write,
            Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
        }, out _);
        UserAccess user = new(other);
        Assert.Equal(0, other.Advise(At + 0x10000, 4096, Advice.Mergeable, default));
        Assert.Equal(0, user.CopyTo(At + 0x10000, Page(7)));
        Pass(machine, 3);
        Assert.Equal((1, 1), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing));
        other.Exit();
        machine.Check();
        Assert.Equal((1, 0), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing));
        Assert.Equal(7, machine.Read(At));
    }

    [Fact]
    public void Scan_LeavesAlone_WhatChanges_AndWhatIsNotMergeable()
    {
        using TestMachine machine = Machine(pages: 2, out Ksm ksm);
        Fill(machine, 0, 7);
        Fill(machine, 1, 7);
        for (byte value = 0; value < 4; value++)
        {
            Fill(machine, 0, value);
            Pass(machine, 1);
        }
        Assert.Equal(0, ksm.Settings.PagesShared);
        Assert.Equal(1, ksm.Settings.PagesVolatile);
        machine.MapFixed(At + 0x10000, 4096);
        machine.User.CopyTo(At + 0x10000, Page(7));
        Pass(machine, 1);
        Assert.NotEqual(PfnOf(machine, 0), machine.Mm.PageTable.Find(At + 0x10000, 0)->Pfn);
    }

    [Fact]
    public void Unmergeable_GivesEachItsOwnPage()
    {
        using TestMachine machine = Machine(pages: 4, out Ksm ksm);
        for (ulong page = 0; page < 4; page++)
            Fill(machine, page, 7);
        Pass(machine, 3);
        Assert.Equal(3, ksm.Settings.PagesSharing);
        Assert.Equal(0, machine.Mm.Advise(At, 0x2000, Advice.Unmergeable, default));
        Assert.NotEqual(PfnOf(machine, 0), PfnOf(machine, 1));
        Assert.Equal(PfnOf(machine, 2), PfnOf(machine, 3));
        machine.Check();
        Assert.Equal(0, ksm.SetRun(KsmRun.Unmerge));
        Assert.NotEqual(PfnOf(machine, 2), PfnOf(machine, 3));
        Assert.Equal((0, 0, 0), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing, ksm.Settings.RmapItems));
        Assert.Equal([7, 7, 7, 7], Read(machine, 4));
        machine.Check();
    }

    [Fact]
    public void MergedPages_GoToSwapAndComeBack_EachForItself()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = Machine(pages: 4, out Ksm ksm);
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out SwapArea? area);
        for (ulong page = 0; page < 4; page++)
            Fill(machine, page, 7);
        Pass(machine, 3);
        Assert.True(machine.Manager.Vmscan.ReclaimFolio(PfnOf(machine, 0)));
        Assert.Equal(4, machine.Mm.Rss[(int)RssKind.Swap]);
        Assert.Equal(1UL, area!.InUse);
        machine.Check();
        Assert.Equal([7, 7, 7, 7], Read(machine, 4));
        Assert.Equal(3, machine.Manager.Events[(int)VmEvent.KsmSwpinCopy]);
        machine.Check();
        Pass(machine, 3);
        Assert.Equal((1, 3), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing));
    }

    [Fact]
    public void Fork_IsFoundThroughItsParent_UntilTheScanKnowsIt()
    {
        using TestMachine machine = Machine(pages: 2, out Ksm ksm);
        Fill(machine, 0, 7);
        Fill(machine, 1, 7);
        Pass(machine, 3);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        machine.Check();
        Assert.Equal(4, machine.Manager.Page(PfnOf(machine, 0)).MapCount);
        Pass(machine, 1);
        Assert.Equal((1, 3), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing));
        Assert.Equal(2, child.KsmMergingPages);
        child.Exit();
        machine.Check();
        Assert.Equal((1, 1), (ksm.Settings.PagesShared, ksm.Settings.PagesSharing));
    }

    [Fact]
    public void MaxPageSharing_BeginsAnotherPage()
    {
        using TestMachine machine = Machine(pages: 8, out Ksm ksm);
        Assert.Equal(-Errno.EINVAL, ksm.SetMaxPageSharing(1));
        Assert.Equal(0, ksm.SetMaxPageSharing(3));
        for (ulong page = 0; page < 8; page++)
            Fill(machine, page, 7);
        Pass(machine, 6);
        Assert.Equal(1, ksm.Settings.StableNodeChains);
        Assert.True(ksm.Settings.StableNodeDups >= 2);
        Assert.Equal(-Errno.EBUSY, ksm.SetMaxPageSharing(4));
        Assert.Equal(8, Read(machine, 8).Count(value => value == 7));
        machine.Check();
    }

    [Fact]
    public void ZeroPages_AreMappedInPlaceOfPagesOfZeros_WhenAskedFor()
    {
        using TestMachine machine = Machine(pages: 3, out Ksm ksm);
        ksm.Settings.UseZeroPages = true;
        for (ulong page = 0; page < 3; page++)
            Fill(machine, page, 0);
        Pass(machine, 3);
        Assert.Equal((3, 3), (ksm.Settings.ZeroPages, machine.Mm.KsmZeroPages));
        Assert.Equal(0, machine.Mm.Rss[(int)RssKind.Anon]);
        machine.Check();
        machine.Write(At, 1);
        machine.Mm.Unmap(At + 0x1000, 0x1000);
        Assert.Equal(1, ksm.Settings.ZeroPages);
        Assert.Equal(1, machine.Read(At));
        machine.Check();
        machine.Mm.Advise(At, 0x3000, Advice.Unmergeable, default);
        Assert.Equal(0, ksm.Settings.ZeroPages);
        machine.Check();
    }

    [Fact]
    public void MergesAnyMemory_CoversWhatIsThereAndWhatComes()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.MapFixed(At + 0x10000, 0x1000, flags: MapFlags.Shared);
        Assert.Equal(0, machine.Mm.SetMergesAnyMemory(true));
        machine.MapFixed(At + 0x20000, 0x1000);
        Assert.True(machine.Mm.Lookup(At)!.Has(VmFlags.Mergeable));
        Assert.False(machine.Mm.Lookup(At + 0x10000)!.HasAny(VmFlags.Mergeable));
        Assert.True(machine.Mm.Lookup(At + 0x20000)!.Has(VmFlags.Mergeable));
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.True(child.MergesAnyMemory);
        child.Exit();
        Assert.Equal(0, machine.Mm.SetMergesAnyMemory(false));
        Assert.False(machine.Mm.Lookup(At + 0x20000)!.HasAny(VmFlags.Mergeable));
        machine.Check();
    }

    [Fact]
    public void SmartScan_PassesOver_WhatWasNeverMerged()
    {
        using TestMachine machine = Machine(pages: 2, out Ksm ksm);
        Fill(machine, 0, 1);
        Fill(machine, 1, 2);
        Pass(machine, 12);
        Assert.True(ksm.Settings.PagesSkipped > 0);
        machine.Check();
    }

    private static TestMachine Machine(int pages, out Ksm ksm)
    {
        TestMachine machine = new();
        machine.MapFixed(At, (ulong)pages * 4096);
        Assert.Equal(0, machine.Mm.Advise(At, (ulong)pages * 4096, Advice.Mergeable, default));
        ksm = machine.Manager.Ksm;
        Assert.Equal(0, ksm.SetRun(KsmRun.Merge));
        ksm.Settings.PagesToScan = 1000;
        return machine;
    }

    private static void Pass(TestMachine machine, int passes)
    {
        for (int i = 0; i < passes; i++)
        {
            machine.Manager.Ksm.Scan();
            machine.Check();
        }
    }

    private static byte[] Page(byte value)
    {
        byte[] page = new byte[4096];
        Array.Fill(page, value);
        return page;
    }

    private static void Fill(TestMachine machine, ulong page, byte value) => Assert.Equal(0, machine.User.CopyTo(At + (page * 4096), Page(value)));

    private static uint PfnOf(TestMachine machine, ulong page) => machine.Mm.PageTable.Find(At + (page * 4096), 0)->Pfn;

    private static int[] Read(TestMachine machine, int pages) => [.. Enumerable.Range(0, pages).Select(page => machine.Read(At + ((ulong)page * 4096)))];
}
