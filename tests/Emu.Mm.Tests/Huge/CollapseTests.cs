namespace Emu.Mm.Tests;

public unsafe class CollapseTests
{
    private const ulong At = 0x2000_0000, Huge = 2UL << 20;

    [Fact]
    public void Collapse_PutsSmallPagesIntoAHugeOne_AndKeepsContents()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 2 * Huge);
        Assert.Equal(-Errno.EINVAL, Collapse(machine, At, Huge)); // nothing there, and no anon_vma
        machine.Write(At + 0x3000, 3);
        machine.Write(At + 0x5000, 5);
        machine.Read(At + 0x6000);
        Assert.Equal(0, Collapse(machine, At, Huge));
        Assert.True(machine.Mm.PageTable.Find(At, PageTable.PmdLevel)->IsLarge);
        Assert.Equal(512, machine.Mm.Rss[(int)RssKind.Anon]);
        Assert.Equal([0, 3, 5, 0], [machine.Read(At), machine.Read(At + 0x3000), machine.Read(At + 0x5000), machine.Read(At + 0x6000)]);
        Assert.Equal(1, machine.Manager.Events[(int)VmEvent.ThpCollapseAlloc]);
        machine.Check();
        Assert.Equal(0, Collapse(machine, At, Huge));
        Assert.Equal(-Errno.EINVAL, Collapse(machine, At, 2 * Huge)); // the second range is empty
        machine.Check();
    }

    [Theory]
    [InlineData(At, 4096UL, 0), InlineData(At + 4096, 4096UL, -Errno.EINVAL), InlineData(At + 4096, Huge - 8192, -Errno.EINVAL)]
    public void Collapse_WantsAWholeHugePage(ulong start, ulong length, int expected)
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 2 * Huge);
        machine.Write(At, 1);
        Assert.Equal(expected, Collapse(machine, start, length));
        Assert.False(machine.Mm.PageTable.Find(At, PageTable.PmdLevel)->IsLarge);
    }

    [Fact]
    public void Collapse_IsEinval_WhereHugePagesAreForbidden_OrAGuardIs()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 3 * Huge);
        machine.Write(At, 1);
        machine.Write(At + Huge, 1);
        machine.Write(At + (2 * Huge), 1);
        machine.Mm.Advise(At, Huge, Advice.NoHugePage, default);
        Assert.Equal(-Errno.EINVAL, Collapse(machine, At, Huge));
        machine.Mm.Advise(At + Huge, 4096, Advice.GuardInstall, default);
        Assert.Equal(-Errno.EINVAL, Collapse(machine, At + Huge, Huge));
        machine.Mm.ThpDisabled = true;
        Assert.Equal(-Errno.EINVAL, Collapse(machine, At + (2 * Huge), Huge));
        machine.Mm.ThpDisabled = false;
        machine.Mm.ThpAdvisedOnly = true;
        Assert.Equal(0, Collapse(machine, At + (2 * Huge), Huge));
        machine.Check();
    }

    [Fact]
    public void Collapse_BringsPagesBackFromSwap_AndCopiesWhatIsShared()
    {
        using MemorySwapDevice swap = new(1024);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out SwapArea? area);
        machine.MapFixed(At, Huge);
        for (ulong page = 0; page < 8; page++)
            machine.Write(At + (page * 4096), (byte)(page + 1));
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        machine.Mm.Advise(At, 4 * 4096, Advice.PageOut, default); // nothing goes: the child maps it too
        child.Exit();
        machine.Mm.Advise(At, 4 * 4096, Advice.PageOut, default);
        Assert.Equal(4UL, area!.InUse);
        child = machine.Mm.TryFork(new MmLimits())!;
        machine.Check();
        Assert.Equal(0, Collapse(machine, At, Huge));
        machine.Check();
        Assert.Equal([1, 5, 8], [machine.Read(At), machine.Read(At + 0x4000), machine.Read(At + 0x7000)]);
        machine.Write(At, 99);
        Assert.True(new UserAccess(child).TryGet(At, out byte old));
        Assert.Equal(1, old);
        machine.Check();
        child.Exit();
        Assert.Equal(0UL, area.InUse);
    }

    [Fact]
    public void Collapse_IsEnomem_WhenThereIsNoHugePage()
    {
        using TestMachine machine = new(megabytes: 4);
        machine.MapFixed(At, Huge);
        machine.Write(At, 1);
        List<uint> hog = [];
        uint pfn;
        while ((pfn = machine.Manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.NoRetry, 0)) != 0)
            hog.Add(pfn);
        Assert.Equal(-Errno.ENOMEM, Collapse(machine, At, Huge));
        Assert.Equal(1, machine.Read(At));
        hog.ForEach(machine.Manager.PutPage);
        machine.Check();
    }

    [Fact]
    public void Khugepaged_Collapses_WhatWasUsed_WithinItsLimits()
    {
        using TestMachine machine = new();
        machine.Manager.Thp.Enabled = ThpMode.Never;
        machine.MapFixed(At, 2 * Huge);
        for (ulong page = 0; page < 4; page++)
        {
            machine.Write(At + (page * 4096), 1);
            machine.Write(At + Huge + (page * 4096), 1);
        }
        ThpSettings settings = machine.Manager.Thp;
        settings.Enabled = ThpMode.Always;
        machine.Mm.Advise(At, 2 * Huge, Advice.HugePage, default);
        settings.MaxPtesNone = 0;
        machine.Manager.Khugepaged.Scan();
        Assert.Equal(0, settings.PagesCollapsed);
        Assert.True(machine.Manager.Events[(int)VmEvent.ThpScanExceedNonePte] > 0);
        settings.MaxPtesNone = 511;
        settings.PagesToScan = 512;
        KhugepagedPass pass = machine.Manager.Khugepaged.Scan();
        Assert.False(pass.AllocationFailed);
        Assert.Equal(1, settings.PagesCollapsed);
        machine.Check();
        machine.Manager.Khugepaged.Scan();
        Assert.Equal(2, settings.PagesCollapsed);
        Assert.Equal(1, machine.Read(At + Huge + 0x3000));
        machine.Check();
        long scans = settings.FullScans;
        machine.Manager.Khugepaged.Scan();
        Assert.True(settings.FullScans > scans);
    }

    [Fact]
    public void Khugepaged_HasWork_OnceAnAreaWithPagesIsAdvised_UntilItsAddressSpaceEnds()
    {
        using TestMachine machine = new();
        Khugepaged khugepaged = machine.Manager.Khugepaged;
        machine.MapFixed(At, 2 * Huge);
        machine.Mm.Advise(At, Huge, Advice.HugePage, default);
        Assert.False(khugepaged.HasWork); // nothing in it yet
        machine.Write(At + Huge, 1);
        machine.Mm.Advise(At, 2 * Huge, Advice.HugePage, default);
        Assert.True(khugepaged.HasWork);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        machine.Manager.Thp.Enabled = ThpMode.Never;
        Assert.False(khugepaged.HasWork);
        machine.Manager.Thp.Enabled = ThpMode.Madvise;
        machine.Mm.Exit();
        Assert.True(khugepaged.HasWork); // the child's
        child.Exit();
        Assert.False(khugepaged.HasWork);
    }

    [Fact]
    public void Khugepaged_OutlivesTheAddressSpace_ThatItIsIn()
    {
        using TestMachine machine = new();
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.Manager.Thp.PagesToScan = 512;
        MemoryDescriptor other = MemoryDescriptor.TryCreate(machine.Manager, new MmLimits())!;
        MapRequest request = new()
        {
            Address = At,
            Length = 4 * Huge,
            Protection = MemoryProtection.Read | MemoryProtection.Write,
            Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
        };
        other.Map(request, out _);
        new UserAccess(other).TryPut(At, (byte)1);
        machine.Manager.Khugepaged.Scan();
        other.Exit();
        machine.Manager.Khugepaged.Scan();
        machine.Check();
    }

    [Fact]
    public void PartlyUnmappedHugePage_IsSplit_WhenMemoryIsShort()
    {
        using TestMachine machine = new();
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.MapFixed(At, Huge);
        machine.Write(At, 1);
        machine.Mm.Unmap(At + 0x1000, Huge - 0x1000);
        Assert.Equal(1, machine.Manager.Splitter.DeferredCount);
        machine.Check();
        List<uint> hog = [];
        uint pfn;
        while ((pfn = machine.Manager.Allocator.Allocate(GfpFlags.Kernel | GfpFlags.NoRetry, 0)) != 0)
            hog.Add(pfn);
        Assert.Equal(0, machine.Manager.Splitter.DeferredCount);
        Assert.Equal(1, machine.Manager.Events[(int)VmEvent.ThpSplitPage]);
        hog.ForEach(machine.Manager.PutPage);
        Assert.Equal(1, machine.Read(At));
        machine.Check();
    }

    private static int Collapse(TestMachine machine, ulong start, ulong length) => machine.Mm.Advise(start, length, Advice.Collapse, default);
}
