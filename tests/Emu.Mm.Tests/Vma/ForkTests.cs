namespace Emu.Mm.Tests;

public class ForkTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Fork_SharesPrivatePages_UntilOneSideWrites()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4 * 4096);
        for (ulong page = 0; page < 4; page++)
            Assert.True(machine.Write(At + (page * 4096), (byte)(page + 1)));
        long free = machine.Manager.FreePages;
        MemoryDescriptor child = Fork(machine);
        UserAccess other = new(child);
        Assert.True(free - machine.Manager.FreePages <= 5); // tables alone
        Assert.Equal(machine.Mm.Rss, child.Rss);
        Assert.True(machine.Write(At, 50));
        Assert.True(other.TryPut(At + 4096, (byte)60));
        machine.Check();
        Assert.Equal([50, 2, 3, 4], Read(machine.User));
        Assert.Equal([1, 60, 3, 4], Read(other));
        child.Exit();
        machine.Check();
        Assert.Equal([50, 2, 3, 4], Read(machine.User));
    }

    [Fact]
    public unsafe void Fork_WriteProtectsBothSides_AndLeavesTheChildsPagesOld()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        machine.Write(At, 1);
        MemoryDescriptor child = Fork(machine);
        Pte parent = *machine.Mm.PageTable.Find(At, 0), copy = *child.PageTable.Find(At, 0);
        Assert.False(parent.IsWritable);
        Assert.True(parent.IsAccessed);
        Assert.False(copy.IsWritable);
        Assert.False(copy.IsAccessed);
        Assert.True(copy.IsDirty);
        ref Page page = ref machine.Manager.Page(parent.Pfn);
        Assert.Equal(2, page.MapCount);
        Assert.Equal(2, page.RefCount);
        Assert.False(page.Has(PageFlags.AnonExclusive));
        child.Exit();
    }

    [Fact]
    public void Fork_ReusesThePage_WhenTheOtherSideIsGone()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        machine.Write(At, 1);
        Fork(machine).Exit();
        long free = machine.Manager.FreePages;
        Assert.True(machine.Write(At, 2));
        Assert.Equal(free, machine.Manager.FreePages);
        machine.Check();
    }

    [Fact]
    public void Fork_CopiesNoTables_WhereTheFileCanBeReadAgain()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[8192]);
        machine.Map(At, 8192, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        Assert.Equal(0, machine.Read(At));
        MemoryDescriptor child = Fork(machine);
        Assert.Equal(0, child.Rss[(int)RssKind.File]);
        Assert.Equal(1, child.PageTable.TablePages);
        Assert.True(new UserAccess(child).TryGet(At, out byte _));
        machine.Check();
        child.Exit();
        machine.Mm.Unmap(At, 8192);
        file.Put();
    }

    [Fact]
    public void Fork_LeavesOut_WhatIsNotToBeCopied()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        machine.MapFixed(At + 0x10000, 4096);
        machine.MapFixed(At + 0x20000, 4096);
        machine.Write(At, 1);
        machine.Write(At + 0x10000, 2);
        machine.Write(At + 0x20000, 3);
        AddFlags(machine, At, VmFlags.DontCopy);
        AddFlags(machine, At + 0x10000, VmFlags.WipeOnFork);
        AddFlags(machine, At + 0x20000, VmFlags.Locked);
        machine.Mm.LockedVm++;
        MemoryDescriptor child = Fork(machine);
        UserAccess other = new(child);
        Assert.Null(child.Lookup(At));
        Assert.True(other.TryGet(At + 0x10000, out byte wiped));
        Assert.Equal(0, wiped);
        Assert.True(other.TryGet(At + 0x20000, out byte kept));
        Assert.Equal(3, kept);
        Assert.False(child.Lookup(At + 0x20000)!.Has(VmFlags.Locked));
        Assert.Equal(0UL, child.LockedVm);
        Assert.Equal(machine.Mm.TotalVm - 1, child.TotalVm);
        machine.Check();
        child.Exit();
        machine.Check();
    }

    [Fact]
    public void Fork_SharesSharedMemory()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 8192, flags: MapFlags.Shared);
        machine.Write(At, 1);
        MemoryDescriptor child = Fork(machine);
        UserAccess other = new(child);
        Assert.True(other.TryPut(At, (byte)9));
        Assert.True(other.TryPut(At + 4096, (byte)8));
        Assert.Equal(9, machine.Read(At));
        Assert.Equal(8, machine.Read(At + 4096));
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void Fork_LeavesNothingBehind_WhenMemoryRunsOut()
    {
        TestMachine machine = new(megabytes: 4);
        ulong length = 64UL << 20;
        machine.MapFixed(At, length, flags: MapFlags.Private | MapFlags.NoReserve);
        for (ulong at = At; at < At + length; at += 2UL << 20)
        {
            if (!machine.Write(at, 1))
                break;
        }
        List<MemoryDescriptor> children = [];
        while (machine.Mm.TryFork(new MmLimits()) is { } child)
        {
            children.Add(child);
            machine.Check();
        }
        machine.Check();
        Assert.NotEmpty(children);
        foreach (MemoryDescriptor child in children)
            child.Exit();
        machine.ExitAndRequireAllFree();
    }

    [Fact]
    public void Fork_IsRefused_WhenTheMemoryCannotBePromised()
    {
        using TestMachine machine = new();
        machine.Manager.Sysctl.OvercommitMemory = 2;
        machine.Manager.Sysctl.AdminReserveKbytes = 0;
        ulong limit = machine.Manager.CommitLimit();
        machine.MapFixed(At, limit / 4 * 3 * 4096);
        Assert.Null(machine.Mm.TryFork(new MmLimits()));
        machine.Check();
        machine.Mm.Unmap(At, limit / 2 * 4096);
        MemoryDescriptor child = Fork(machine);
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void Fork_OfAChainOfForks_KeepsTheLinksShort()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        machine.Write(At, 1);
        MemoryDescriptor last = Fork(machine);
        for (int i = 0; i < 20; i++)
        {
            MemoryDescriptor next = last.TryFork(new MmLimits())!;
            last.Exit();
            last = next;
            Assert.True(new UserAccess(last).TryPut(At, (byte)i));
            machine.Check();
        }
        int links = 0;
        for (AnonVmaChain? link = last.Lookup(At)!.AnonVmaChain; link != null; link = link.NextOfArea)
            links++;
        Assert.InRange(links, 1, 3);
        last.Exit();
    }

    private static MemoryDescriptor Fork(TestMachine machine)
    {
        MemoryDescriptor? child = machine.Mm.TryFork(new MmLimits());
        Assert.NotNull(child);
        machine.Check();
        return child;
    }

    private static void AddFlags(TestMachine machine, ulong at, VmFlags flags)
    {
        VmArea area = machine.Mm.Lookup(at)!;
        area.SetFlags(area.Flags | flags);
    }

    private static int[] Read(UserAccess user) =>
        [.. Enumerable.Range(0, 4).Select(page => user.TryGet(At + ((ulong)page * 4096), out byte value) ? value : -1)];
}
