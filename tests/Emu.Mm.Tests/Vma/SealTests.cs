namespace Emu.Mm.Tests;

public class SealTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Seal_ForbidsEveryChangeOfTheMapping()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x3000);
        Assert.Equal(0, machine.Mm.Seal(At + 0x1000, 0x1000, 0));
        Assert.Equal(3, machine.Mm.MapCount);
        Assert.Equal(-Errno.EPERM, machine.Mm.Unmap(At, 0x3000));
        Assert.Equal(-Errno.EPERM, machine.Mm.Protect(At + 0x1000, 0x1000, MemoryProtection.Read));
        Assert.Equal(-Errno.EPERM, machine.Mm.Remap(At + 0x1000, 0x1000, 0x2000, RemapFlags.MayMove, 0, out _));
        Assert.Equal(-Errno.EPERM, machine.Map(At, 0x3000, flags: MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
        Assert.Equal(3, machine.Mm.MapCount);
        machine.Check();
    }

    [Fact]
    public void Seal_ForbidsLossOfContents_OnlyWhereTheyCannotBeWritten()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.MapFixed(At + 0x10000, 0x1000);
        machine.Write(At + 0x10000, 1);
        machine.Mm.Protect(At + 0x10000, 0x1000, MemoryProtection.Read);
        machine.Mm.Seal(At, 0x1000, 0);
        machine.Mm.Seal(At + 0x10000, 0x1000, 0);
        Assert.Equal(0, machine.Mm.Advise(At, 0x1000, Advice.DontNeed, default));
        Assert.Equal(-Errno.EPERM, machine.Mm.Advise(At + 0x10000, 0x1000, Advice.DontNeed, default));
        Assert.Equal(-Errno.EPERM, machine.Mm.Advise(At + 0x10000, 0x1000, Advice.GuardInstall, default));
        Assert.Equal(0, machine.Mm.Advise(At + 0x10000, 0x1000, Advice.Random, default));
        Assert.Equal(1, machine.Read(At + 0x10000));
        machine.Check();
    }

    [Fact]
    public void Seal_DoesNothing_WhenThereIsAHole()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.MapFixed(At + 0x2000, 0x1000);
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Seal(At, 0x3000, 0));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Seal(At + 0x2000, 0x2000, 0));
        Assert.False(machine.Mm.Lookup(At)!.Has(VmFlags.Sealed));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Seal(At, 0x1000, 1));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Seal(At + 1, 0x1000, 0));
        Assert.Equal(0, machine.Mm.Seal(At, 0, 0));
    }

    [Fact]
    public void Seal_KeepsTheHeapFromShrinking()
    {
        using TestMachine machine = new();
        machine.Mm.Layout.StartBrk = machine.Mm.Layout.Brk = At;
        Assert.Equal(At + 0x3000, machine.Mm.SetBrk(At + 0x3000, out _));
        machine.Mm.Seal(At + 0x2000, 0x1000, 0);
        Assert.Equal(At + 0x3000, machine.Mm.SetBrk(At + 0x1000, out _));
        Assert.Equal(At + 0x5000, machine.Mm.SetBrk(At + 0x5000, out _));
        machine.Check();
    }

    [Fact]
    public void Seal_IsInheritedByAChild()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.Mm.Seal(At, 0x1000, 0);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.Equal(-Errno.EPERM, child.Unmap(At, 0x1000));
        child.Exit();
    }
}
