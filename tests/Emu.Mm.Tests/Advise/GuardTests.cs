namespace Emu.Mm.Tests;

public class GuardTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Install_MakesEveryAccessFault_WithoutAnAreaOfItsOwn()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000);
        machine.Write(At + 0x1000, 7);
        Assert.Equal(0, Advise(machine, At + 0x1000, 0x2000, Advice.GuardInstall));
        Assert.Equal(1, machine.Mm.MapCount);
        Assert.True(machine.Mm.Lookup(At)!.Has(VmFlags.MaybeGuard));
        FaultOutcome outcome = machine.Manager.Faults.HandlePageFault(machine.Mm, At + 0x1000, PageFaultError.User | PageFaultError.Write, default);
        Assert.Equal((FaultOutcome.Sigsegv, FaultOutcome.SegvMapErr), (outcome.Signal, outcome.Code));
        Assert.Equal(-1, machine.Read(At + 0x2000));
        Assert.Equal(0, machine.Mm.Rss[(int)RssKind.Anon]);
        machine.Check();
        Assert.Equal(0, Advise(machine, At, 0x4000, Advice.GuardRemove));
        Assert.Equal(0, machine.Read(At + 0x1000));
        machine.Check();
    }

    [Fact]
    public void Areas_ThatDifferInGuardsOnly_ShareTheirPagesOwner_SoThatTheyCanBeMerged()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.Write(At, 1);
        Advise(machine, At, 0x1000, Advice.GuardInstall);
        machine.MapFixed(At + 0x1000, 0x2000, MemoryProtection.Read | MemoryProtection.Write | MemoryProtection.Exec);
        machine.Write(At + 0x1000, 2);
        Assert.Equal(0, machine.Mm.Protect(At, 0x2000, MemoryProtection.None));
        Assert.Equal(2, machine.Mm.MapCount);
        machine.Check();
    }

    [Fact]
    public void Guard_StaysThroughDontNeedProtectAndFork_ButNotThroughUnmap()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        Advise(machine, At, 0x1000, Advice.GuardInstall);
        Assert.Equal(0, Advise(machine, At, 0x2000, Advice.DontNeed));
        Assert.Equal(0, machine.Mm.Protect(At, 0x2000, MemoryProtection.Read));
        Assert.Equal(0, machine.Mm.Protect(At, 0x2000, MemoryProtection.Read | MemoryProtection.Write));
        Assert.Equal(-1, machine.Read(At));
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.False(new UserAccess(child).TryGet(At, out byte _));
        Assert.True(new UserAccess(child).TryGet(At + 0x1000, out byte _));
        machine.Check();
        child.Exit();
        machine.MapFixed(At, 0x2000);
        Assert.Equal(0, machine.Read(At));
        Assert.False(machine.Mm.Lookup(At)!.Has(VmFlags.MaybeGuard));
        machine.Check();
    }

    [Fact]
    public void Guard_OfAFile_IsInheritedByTheChild()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[8192]);
        machine.Map(At, 8192, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        Assert.Equal(0, Advise(machine, At, 0x1000, Advice.GuardInstall));
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.False(new UserAccess(child).TryGet(At, out byte _));
        machine.Check();
        child.Exit();
        machine.Mm.Unmap(At, 8192);
        file.Put();
    }

    [Fact]
    public void MaybeGuard_DoesNotStandInTheWayOfAMerge()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        Advise(machine, At, 0x1000, Advice.GuardInstall);
        machine.MapFixed(At + 0x2000, 0x1000);
        machine.MapFixed(At + 0x1000, 0x1000);
        Assert.Equal(1, machine.Mm.MapCount);
        Assert.True(machine.Mm.Lookup(At + 0x2000)!.Has(VmFlags.MaybeGuard));
        machine.Check();
    }

    [Fact]
    public void Install_TakesAHugePageApart()
    {
        using TestMachine machine = new();
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.MapFixed(At, 0x200000);
        machine.Write(At, 1);
        machine.Write(At + 0x5000, 2);
        Assert.Equal(0, Advise(machine, At, 0x1000, Advice.GuardInstall));
        Assert.Equal(-1, machine.Read(At));
        Assert.Equal(2, machine.Read(At + 0x5000));
        machine.Check();
    }

    [Fact]
    public void Install_IsEinval_ForLockedMemory()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.Mm.Lock(At, 0x1000, onFault: false, default);
        Assert.Equal(-Errno.EINVAL, Advise(machine, At, 0x1000, Advice.GuardInstall));
        Assert.Equal(0, Advise(machine, At, 0x1000, Advice.GuardRemove));
    }

    private static int Advise(TestMachine machine, ulong start, ulong length, Advice advice) => machine.Mm.Advise(start, length, advice, default);
}
