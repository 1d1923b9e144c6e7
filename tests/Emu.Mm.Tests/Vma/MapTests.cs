namespace Emu.Mm.Tests;

public class MapTests
{
    private const MemoryProtection Rw = MemoryProtection.Read | MemoryProtection.Write;
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Map_GoesDownFromTheTop_AndMerges()
    {
        using TestMachine machine = new();
        long first = machine.Map(0, 4096), second = machine.Map(0, 8192);
        Assert.Equal(0x7ffff7ffe000, first);
        Assert.Equal(first - 8192, second);
        Assert.Equal(["7ffff7ffc000-7ffff7fff000 rw-p 7ffff7ffc"], machine.Areas());
        machine.Check();
    }

    [Fact]
    public void Unmap_SplitsInTheMiddle_AndMapFillsAndMergesAgain()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x5000);
        machine.Write(At, 1);
        Assert.Equal(0, machine.Mm.Unmap(At + 0x2000, 0x1000));
        Assert.Equal(["20000000-20002000 rw-p 20000", "20003000-20005000 rw-p 20003"], machine.Areas());
        machine.MapFixed(At + 0x2000, 0x1000);
        Assert.Equal(["20000000-20005000 rw-p 20000"], machine.Areas());
        machine.Check();
    }

    [Fact]
    public void Protect_SplitsAndMergesBack()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x5000);
        Assert.Equal(0, machine.Mm.Protect(At + 0x1000, 0x1000, MemoryProtection.Read));
        Assert.Equal(["20000000-20001000 rw-p 20000", "20001000-20002000 r--p 20001", "20002000-20005000 rw-p 20002"], machine.Areas());
        Assert.Equal(0, machine.Mm.Protect(At + 0x1000, 0x1000, Rw));
        Assert.Single(machine.Areas());
        machine.Check();
    }

    [Theory]
    [InlineData(0UL, 0UL, MapFlags.Private | MapFlags.Anonymous, -Errno.EINVAL)]
    [InlineData(0UL, ulong.MaxValue, MapFlags.Private | MapFlags.Anonymous, -Errno.ENOMEM)]
    [InlineData(0UL, 1UL << 47, MapFlags.Private | MapFlags.Anonymous, -Errno.ENOMEM)]
    [InlineData(0x1001UL, 4096UL, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed, -Errno.EINVAL)]
    [InlineData(0x1000UL, 4096UL, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed, -Errno.EPERM)]
    [InlineData(0UL, 4096UL, MapFlags.Anonymous, -Errno.EINVAL)]
    [InlineData(0UL, 4096UL, MapFlags.Shared | MapFlags.GrowsDown | MapFlags.Anonymous, -Errno.EINVAL)]
    [InlineData(At, 4096UL, MapFlags.Private | MapFlags.Anonymous | MapFlags.FixedNoReplace, -Errno.EEXIST)]
    [InlineData(0UL, 1UL << 30, MapFlags.Private | MapFlags.Anonymous, -Errno.ENOMEM)]
    public void Map_Fails_AsTheKernelDoes(ulong address, ulong length, MapFlags flags, int expected)
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 4096);
        Assert.Equal(expected, machine.Map(address, length, Rw, flags));
        Assert.Single(machine.Areas());
    }

    [Fact]
    public void AddressSpaceLimit_Holds()
    {
        using TestMachine machine = new(limits: new MmLimits { AddressSpace = 0x10000 });
        machine.MapFixed(At, 0xF000);
        Assert.Equal(-Errno.ENOMEM, machine.Map(0, 0x2000));
        machine.MapFixed(At, 0x10000); // what is replaced counts for it
    }

    [Fact]
    public void DataLimit_CountsPrivateWritableMemory()
    {
        using TestMachine machine = new(limits: new MmLimits { Data = 0x4000 });
        Assert.Equal(-Errno.ENOMEM, machine.Map(0, 0x5000));
        Assert.True(machine.Map(0, 0x5000, MemoryProtection.Read) > 0);
        Assert.True(machine.Map(0, 0x4000) > 0);
        Assert.Equal(-Errno.ENOMEM, machine.Map(0, 0x1000));
    }

    [Fact]
    public void MapCount_IsLimited()
    {
        using TestMachine machine = new();
        machine.Manager.Sysctl.MaxMapCount = 4;
        for (ulong i = 0; i < 5; i++)
            machine.MapFixed(At + (i * 0x2000), 0x1000);
        Assert.Equal(-Errno.ENOMEM, machine.Map(0, 0x1000));
    }

    [Fact]
    public void Brk_GrowsAndShrinks_AndKeepsOffNeighbours()
    {
        using TestMachine machine = new();
        machine.Mm.Layout.StartBrk = machine.Mm.Layout.Brk = At;
        Assert.Equal(At + 0x3001, machine.Mm.SetBrk(At + 0x3001, out _));
        Assert.Equal(["20000000-20004000 rw-p 20000"], machine.Areas());
        Assert.True(machine.Write(At + 0x3fff, 1));
        Assert.Equal(At + 0x1000, machine.Mm.SetBrk(At + 0x1000, out _));
        Assert.Equal(["20000000-20001000 rw-p 20000"], machine.Areas());
        machine.MapFixed(At + 0x3000, 0x1000);
        Assert.Equal(At + 0x1000, machine.Mm.SetBrk(At + 0x3000, out _)); // a page must stay free between them
        Assert.Equal(At + 0x2000, machine.Mm.SetBrk(At + 0x2000, out _));
        Assert.Equal(At + 0x2000, machine.Mm.SetBrk(At - 1, out _));
        machine.Check();
    }

    [Fact]
    public void Brk_StaysApart_WhenTheBssIsAlike()
    {
        using TestMachine machine = new();
        Assert.Equal(0, machine.Mm.MapZeroes(At, 0x1000, executable: false));
        Assert.Equal(0, machine.Mm.MapZeroes(At + 0x1000, 0x1000, executable: false));
        machine.Mm.Layout.StartBrk = machine.Mm.Layout.Brk = At + 0x2000;
        Assert.Equal(At + 0x3000, machine.Mm.SetBrk(At + 0x3000, out _));
        Assert.Equal(At + 0x4000, machine.Mm.SetBrk(At + 0x4000, out _));
        Assert.Equal(["20000000-20002000 rw-p 20000", "20002000-20004000 rw-p 20002"], machine.Areas());
        machine.Check();
    }

    [Fact]
    public void Stack_GrowsToTheLimit_AndNoFurther()
    {
        using TestMachine machine = new(limits: new MmLimits { Stack = 0x10000 });
        Assert.Equal(0, machine.Mm.CreateStack(0x7ffffffff000, executable: false));
        Assert.True(machine.Write(0x7ffffffef000, 1));
        Assert.False(machine.Write(0x7fffffeee000, 1));
        Assert.Equal(["7ffffffef000-7ffffffff000 rw-p 7ffffffef"], machine.Areas());
        machine.Check();
    }

    [Fact]
    public void Stack_KeepsItsGuardGap()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        long stack = machine.Map(At + 0x101000, 0x1000, Rw, MapFlags.Private | MapFlags.Anonymous | MapFlags.GrowsDown | MapFlags.Fixed);
        Assert.True(stack > 0);
        Assert.False(machine.Write(At + 0x100000, 1)); // 255 pages would be left, 256 must
        machine.Mm.Unmap(At, 0x1000);
        Assert.True(machine.Write(At + 0x100000, 1));
        machine.Check();
    }
}
