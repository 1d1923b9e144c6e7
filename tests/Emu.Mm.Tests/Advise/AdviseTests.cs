namespace Emu.Mm.Tests;

public unsafe class AdviseTests
{
    private const ulong At = 0x2000_0000;
    private const MemoryProtection ReadWrite = MemoryProtection.Read | MemoryProtection.Write;

    [Theory]
    [InlineData(5), InlineData(7), InlineData(26), InlineData(99), InlineData(100), InlineData(101), InlineData(104), InlineData(-1)]
    public void Advise_IsEinval_WhenTheAdviceIsUnknown(int advice)
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        Assert.Equal(-Errno.EINVAL, Advise(machine, At, 4096, (Advice)advice));
    }

    [Fact]
    public void Advise_ChecksTheRange_BeforeAnythingElse()
    {
        using TestMachine machine = new();
        Assert.Equal(-Errno.EINVAL, Advise(machine, At + 1, 4096, Advice.Normal));
        Assert.Equal(-Errno.EINVAL, Advise(machine, At, ulong.MaxValue, Advice.Normal));
        Assert.Equal(-Errno.EINVAL, Advise(machine, 0xFFFF_FFFF_FFFF_0000, 0x20000, Advice.Normal));
        Assert.Equal(0, Advise(machine, At, 0, Advice.Normal));
        Assert.Equal(-Errno.ENOMEM, Advise(machine, At, 1, Advice.Normal));
    }

    [Fact]
    public void Advise_GoesOnBehindAHole_AndReportsIt()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        machine.MapFixed(At + 0x2000, 4096);
        machine.Write(At, 1);
        machine.Write(At + 0x2000, 2);
        Assert.Equal(-Errno.ENOMEM, Advise(machine, At, 0x3000, Advice.DontNeed));
        Assert.Equal(0, machine.Read(At));
        Assert.Equal(0, machine.Read(At + 0x2000));
        machine.Check();
    }

    [Theory]
    [InlineData(Advice.Random, VmFlags.RandRead), InlineData(Advice.Sequential, VmFlags.SeqRead), InlineData(Advice.DontFork, VmFlags.DontCopy)]
    [InlineData(Advice.DontDump, VmFlags.DontDump), InlineData(Advice.WipeOnFork, VmFlags.WipeOnFork), InlineData(Advice.HugePage, VmFlags.HugePage)]
    [InlineData(Advice.NoHugePage, VmFlags.NoHugePage)]
    public void Advise_SplitsAndMergesAreas_ForAFlag(Advice advice, VmFlags flag)
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000);
        Assert.Equal(0, Advise(machine, At + 0x1000, 0x1000, advice));
        Assert.Equal(3, machine.Mm.MapCount);
        Assert.True(machine.Mm.Lookup(At + 0x1000)!.Has(flag));
        Assert.False(machine.Mm.Lookup(At)!.HasAny(flag));
        machine.Check();
        Assert.Equal(0, Advise(machine, At, 0x4000, advice));
        Assert.Equal(1, machine.Mm.MapCount);
        machine.Check();
    }

    [Theory]
    [InlineData(Advice.Random, Advice.Normal), InlineData(Advice.DontFork, Advice.DoFork), InlineData(Advice.DontDump, Advice.DoDump)]
    [InlineData(Advice.WipeOnFork, Advice.KeepOnFork)]
    public void Advise_TakesAFlagBack(Advice set, Advice cleared)
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        VmFlags before = machine.Mm.Lookup(At)!.Flags;
        Assert.Equal(0, Advise(machine, At, 0x2000, set));
        Assert.NotEqual(before, machine.Mm.Lookup(At)!.Flags);
        Assert.Equal(0, Advise(machine, At, 0x2000, cleared));
        Assert.Equal(before, machine.Mm.Lookup(At)!.Flags);
    }

    [Fact]
    public void WipeOnFork_IsEinval_ForSharedAndFileMemory()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[8192]);
        machine.Map(At, 8192, ReadWrite, MapFlags.Private | MapFlags.Fixed, file);
        machine.MapFixed(At + 0x10000, 8192, flags: MapFlags.Shared);
        Assert.Equal(-Errno.EINVAL, Advise(machine, At, 4096, Advice.WipeOnFork));
        Assert.Equal(-Errno.EINVAL, Advise(machine, At + 0x10000, 4096, Advice.WipeOnFork));
        machine.Mm.Unmap(At, 8192);
        file.Put();
    }

    [Fact]
    public void Advise_IsEagain_WhenTheLimitOfAreasIsReached()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x3000);
        machine.Manager.Sysctl.MaxMapCount = 1;
        Assert.Equal(-Errno.EAGAIN, Advise(machine, At + 0x1000, 0x1000, Advice.Random));
        machine.Check();
    }

    [Fact]
    public void DontNeed_FreesTheFrames_ButNotLockedOnes()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000);
        for (ulong page = 0; page < 4; page++)
            machine.Write(At + (page * 4096), 5);
        long free = machine.Manager.FreePages;
        Assert.Equal(0, Advise(machine, At, 0x2000, Advice.DontNeed));
        Assert.Equal(free + 2, machine.Manager.FreePages);
        machine.Mm.Lock(At + 0x2000, 0x2000, onFault: false, default);
        Assert.Equal(-Errno.EINVAL, Advise(machine, At + 0x2000, 0x2000, Advice.DontNeed));
        Assert.Equal(5, machine.Read(At + 0x2000));
        Assert.Equal(0, Advise(machine, At + 0x2000, 0x2000, Advice.DontNeedLocked));
        Assert.Equal(0, machine.Read(At + 0x2000));
        machine.Check();
    }

    [Fact]
    public void Free_KeepsContents_UntilMemoryIsShort()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000);
        for (ulong page = 0; page < 4; page++)
            machine.Write(At + (page * 4096), 5);
        Assert.Equal(0, Advise(machine, At, 0x4000, Advice.Free));
        uint pfn = machine.Mm.PageTable.Find(At, 0)->Pfn;
        ref Page page0 = ref machine.Manager.Page(pfn);
        Assert.False(page0.Has(PageFlags.SwapBacked));
        Assert.False(machine.Mm.PageTable.Find(At, 0)->IsDirty);
        Assert.Equal(LruList.InactiveFile, LruVec.ListOf(page0));
        Assert.Equal(4, machine.Manager.Events[(int)VmEvent.LazyFree]);
        Assert.Equal(5, machine.Read(At));
        Assert.True(machine.Write(At + 0x1000, 6));
        machine.Check();
        Reclaim(machine);
        Assert.Equal(0, machine.Read(At + 0x2000));
        Assert.Equal(6, machine.Read(At + 0x1000)); // written again: it is kept
        machine.Check();
    }

    [Fact]
    public void Free_DropsSwapSlots_WithoutReadingThem()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out SwapArea? area);
        machine.MapFixed(At, 0x2000);
        machine.Write(At, 5);
        Assert.Equal(0, Advise(machine, At, 0x2000, Advice.PageOut));
        Assert.Equal(1, machine.Mm.Rss[(int)RssKind.Swap]);
        Assert.Equal(0, Advise(machine, At, 0x2000, Advice.Free));
        Assert.Equal(0UL, area!.InUse);
        Assert.Equal(0, machine.Read(At));
        machine.Check();
    }

    [Fact]
    public void PageOut_MovesPagesToSwap_AndWillNeedBringsThemIntoTheCache()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out _);
        machine.MapFixed(At, 0x4000);
        machine.MapFixed(At + 0x10000, 0x4000, flags: MapFlags.Shared);
        for (ulong page = 0; page < 4; page++)
        {
            machine.Write(At + (page * 4096), (byte)(page + 1));
            machine.Write(At + 0x10000 + (page * 4096), (byte)(page + 11));
        }
        Assert.Equal(0, Advise(machine, At, 0x4000, Advice.PageOut));
        Assert.Equal(0, Advise(machine, At + 0x10000, 0x4000, Advice.PageOut));
        Assert.Equal(4, machine.Mm.Rss[(int)RssKind.Swap]);
        Assert.Equal(0, machine.Mm.ResidentPages);
        Assert.Equal("0000", Resident(machine, At, 4));
        Assert.Equal("0000", Resident(machine, At + 0x10000, 4));
        machine.Check();
        Assert.Equal(0, Advise(machine, At, 0x4000, Advice.WillNeed));
        Assert.Equal(0, Advise(machine, At + 0x10000, 0x4000, Advice.WillNeed));
        Assert.Equal("1111", Resident(machine, At, 4));
        Assert.Equal("1111", Resident(machine, At + 0x10000, 4));
        Assert.Equal(8, machine.Manager.Swap.CachedPages);
        machine.Check();
        Assert.Equal(3, machine.Read(At + 0x2000));
        Assert.Equal(13, machine.Read(At + 0x12000));
        machine.Check();
    }

    [Fact]
    public void PageOut_LeavesAlone_WhatAnotherProcessMaps()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out _);
        machine.MapFixed(At, 0x1000);
        machine.Write(At, 1);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.Equal(0, Advise(machine, At, 0x1000, Advice.PageOut));
        Assert.Equal("1", Resident(machine, At, 1));
        child.Exit();
    }

    [Fact]
    public void Cold_MovesActivePagesToTheInactiveList()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.Write(At, 1);
        uint pfn = machine.Mm.PageTable.Find(At, 0)->Pfn;
        LruVec lru = machine.Manager.LruOf(pfn);
        lru.Remove(pfn);
        machine.Manager.Page(pfn).Set(PageFlags.Active);
        lru.Add(pfn);
        Assert.Equal(0, Advise(machine, At, 0x1000, Advice.Cold));
        Assert.False(machine.Manager.Page(pfn).Has(PageFlags.Active));
        Assert.False(machine.Mm.PageTable.Find(At, 0)->IsAccessed);
        Assert.True(machine.Manager.Page(pfn).Has(PageFlags.Workingset));
        machine.Check();
    }

    [Fact]
    public void Remove_PunchesAHole_InSharedMemoryOnly()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000, flags: MapFlags.Shared);
        machine.Write(At, 1);
        machine.Write(At + 0x1000, 2);
        Assert.Equal(0, Advise(machine, At, 0x1000, Advice.Remove));
        Assert.Equal(0, machine.Read(At));
        Assert.Equal(2, machine.Read(At + 0x1000));
        machine.MapFixed(At + 0x10000, 0x1000);
        Assert.Equal(-Errno.EINVAL, Advise(machine, At + 0x10000, 0x1000, Advice.Remove));
        machine.Check();
    }

    [Fact]
    public void Populate_SaysWhy_ItCannot()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[4096]);
        machine.MapFixed(At, 0x2000);
        machine.MapFixed(At + 0x2000, 0x1000, MemoryProtection.Read);
        machine.Map(At + 0x10000, 8192, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        Assert.Equal(0, Advise(machine, At, 0x2000, Advice.PopulateWrite));
        Assert.Equal(2, machine.Mm.Rss[(int)RssKind.Anon]);
        Assert.Equal(-Errno.EINVAL, Advise(machine, At, 0x3000, Advice.PopulateWrite));
        Assert.Equal(0, Advise(machine, At, 0x3000, Advice.PopulateRead));
        Assert.Equal(-Errno.ENOMEM, Advise(machine, At, 0x4000, Advice.PopulateRead));
        Assert.Equal(-Errno.EFAULT, Advise(machine, At + 0x10000, 0x2000, Advice.PopulateRead));
        machine.Check();
        machine.Mm.Unmap(At + 0x10000, 8192);
        file.Put();
    }

    [Fact]
    public void SetAnonName_NamesAPart_AndIsEbadfForFiles()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[4096]);
        machine.MapFixed(At, 0x3000);
        machine.MapFixed(At + 0x10000, 0x1000, flags: MapFlags.Shared);
        machine.Map(At + 0x20000, 4096, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        Assert.Equal(0, machine.Mm.SetAnonName(At + 0x1000, 0x1000, "pool"));
        Assert.Equal(3, machine.Mm.MapCount - 2);
        Assert.Equal("pool", machine.Mm.Lookup(At + 0x1000)!.AnonName);
        machine.Check();
        Assert.Equal(0, machine.Mm.SetAnonName(At + 0x10000, 0x1000, "shared"));
        Assert.Equal(-Errno.EBADF, machine.Mm.SetAnonName(At + 0x20000, 0x1000, "file"));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.SetAnonName(At, 0x4000, "pool"));
        Assert.Equal(0, machine.Mm.SetAnonName(At, 0x3000, null));
        Assert.Equal(3, machine.Mm.MapCount);
        machine.Check();
        machine.Mm.Unmap(At + 0x20000, 4096);
        file.Put();
    }

    private static int Advise(TestMachine machine, ulong start, ulong length, Advice advice) => machine.Mm.Advise(start, length, advice, default);

    private static string Resident(TestMachine machine, ulong address, int pages)
    {
        byte[] resident = new byte[pages];
        Assert.Equal(pages, machine.Mm.Mincore(address, resident));
        return string.Concat(resident);
    }

    // Takes pages until reclaim has looked at every list.
    private static void Reclaim(TestMachine machine)
    {
        List<uint> hog = [];
        uint pfn;
        while ((pfn = machine.Manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.NoRetry, 0)) != 0)
            hog.Add(pfn);
        hog.ForEach(machine.Manager.PutPage);
    }
}
