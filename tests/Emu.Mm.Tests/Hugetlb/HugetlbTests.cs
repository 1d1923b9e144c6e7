namespace Emu.Mm.Tests;

public class HugetlbTests
{
    private const ulong At = 0x2000_0000, Huge = 2UL << 20;

    [Fact]
    public void Map_PromisesPages_AndGivesThemBack()
    {
        TestMachine machine = new(32);
        HugetlbPool pool = machine.Manager.Hugetlb;
        pool.Resize(4);
        Assert.Equal(4, pool.Total);
        Assert.Equal((long)At, MapHuge(machine, At, 3));
        Assert.Equal(3, pool.Reserved);
        Assert.Equal(-Errno.ENOMEM, MapHuge(machine, At + (8 * Huge), 2));
        machine.Write(At + 5, 7);
        Assert.Equal((2, 3, 1), (pool.Reserved, pool.Free, machine.Mm.HugetlbPages));
        machine.Check();
        Assert.Equal(0, machine.Mm.Unmap(At, 3 * Huge));
        Assert.Equal((0, 4), (pool.Reserved, pool.Free));
        machine.Check();
        pool.Resize(0);
        Assert.Equal(0, pool.Total);
        machine.ExitAndRequireAllFree();
    }

    [Fact]
    public void Write_CopiesAfterFork_AndTheChildHasNoPromise()
    {
        using TestMachine machine = new(32);
        HugetlbPool pool = machine.Manager.Hugetlb;
        pool.Resize(2);
        MapHuge(machine, At, 1);
        machine.Write(At, 1);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        UserAccess access = new(child);
        machine.Check();
        Assert.True(access.TryPut(At, (byte)2)); // the last page
        Assert.Equal(1, machine.Read(At));
        Assert.Equal(0, pool.Free);
        MemoryDescriptor second = machine.Mm.TryFork(new MmLimits())!;
        Assert.False(new UserAccess(second).TryPut(At, (byte)3));
        machine.Check();
        second.Exit();
        child.Exit();
        Assert.Equal(1, pool.Free);
        machine.Check();
    }

    [Fact]
    public void Change_OfAPartOfAPage_IsEinval()
    {
        using TestMachine machine = new(32);
        machine.Manager.Hugetlb.Resize(2);
        MapHuge(machine, At, 2);
        Assert.Equal(-Errno.EINVAL, machine.Mm.Unmap(At, 4096));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Protect(At, 4096, MemoryProtection.Read));
        Assert.Equal(0, machine.Mm.Protect(At, Huge, MemoryProtection.Read));
        Assert.False(machine.Write(At, 1));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Remap(At, Huge, 2 * Huge, RemapFlags.MayMove, 0, out _));
        machine.Check();
    }

    [Fact]
    public void Surplus_ComesFromTheAllocator_AndGoesBack()
    {
        TestMachine machine = new(32);
        HugetlbPool pool = machine.Manager.Hugetlb;
        pool.Overcommit = 2;
        Assert.Equal((long)At, MapHuge(machine, At, 2));
        Assert.Equal((2, 2), (pool.Surplus, pool.Total));
        Assert.Equal(-Errno.ENOMEM, MapHuge(machine, At + (8 * Huge), 1));
        machine.Write(At, 1);
        machine.Write(At + Huge, 1);
        Assert.Equal(0, machine.Mm.Unmap(At, 2 * Huge));
        Assert.Equal((0, 0), (pool.Surplus, pool.Total));
        machine.ExitAndRequireAllFree();
    }

    [Fact]
    public void Object_IsShared_UntilItIsCutOff()
    {
        using TestMachine machine = new(32);
        HugetlbPool pool = machine.Manager.Hugetlb;
        pool.Resize(2);
        HugetlbFile file = new(machine.Manager, HugetlbFile.AnonymousName, 2 * Huge);
        const MapFlags Flags = MapFlags.Shared | MapFlags.Fixed;
        Assert.Equal((long)At, machine.Map(At, 2 * Huge, flags: Flags, file: file));
        Assert.Equal((long)(At + (4 * Huge)), machine.Map(At + (4 * Huge), 2 * Huge, flags: Flags, file: file));
        machine.Write(At + Huge, 9);
        Assert.Equal(9, machine.Read(At + (5 * Huge)));
        Assert.Equal(1, pool.Reserved);
        file.Object.Resize(Huge);
        Assert.Equal(-1, machine.Read(At + Huge));
        Assert.Equal(2, pool.Free);
        machine.Check();
        file.Put();
    }

    private static long MapHuge(TestMachine machine, ulong address, ulong pages)
    {
        HugetlbFile file = new(machine.Manager, HugetlbFile.AnonymousName, pages * Huge);
        long result = machine.Map(address, pages * Huge, flags: MapFlags.Private | MapFlags.Fixed, file: file);
        file.Put();
        return result;
    }
}
