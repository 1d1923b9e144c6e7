namespace Emu.Mm.Tests;

public class LockTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Lock_FaultsIn_AndOnFaultDoesNot()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000);
        Assert.Equal(0, machine.Mm.Lock(At + 1, 0x1000, onFault: false, default));
        Assert.Equal(2, machine.Mm.Rss[(int)RssKind.Anon]);
        Assert.Equal(2UL, machine.Mm.LockedVm);
        Assert.Equal(2, machine.Manager.Stat(ZoneStat.Mlock));
        Assert.Equal(0, machine.Mm.Lock(At + 0x2000, 0x2000, onFault: true, default));
        Assert.Equal(2, machine.Mm.Rss[(int)RssKind.Anon]);
        Assert.True(machine.Write(At + 0x3000, 1));
        Assert.Equal(3, machine.Manager.Stat(ZoneStat.Mlock));
        machine.Check();
        Assert.Equal(0, machine.Mm.Unlock(At, 0x4000));
        Assert.Equal(0, machine.Manager.Stat(ZoneStat.Mlock));
        Assert.Equal(0UL, machine.Mm.LockedVm);
        machine.Check();
    }

    [Fact]
    public void Lock_CountsAgainstTheLimit_WhatIsNotLockedYet()
    {
        MmLimits limits = new() { Memlock = 0x4000 };
        using TestMachine machine = new(limits: limits);
        machine.MapFixed(At, 0x8000);
        Assert.Equal(0, machine.Mm.Lock(At, 0x4000, onFault: false, default));
        Assert.Equal(0, machine.Mm.Lock(At + 0x1000, 0x3000, onFault: false, default));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Lock(At + 0x2000, 0x3000, onFault: false, default));
        Assert.Equal(-Errno.EAGAIN, (int)machine.Map(0, 0x1000, flags: MapFlags.Private | MapFlags.Anonymous | MapFlags.Locked));
        limits.Memlock = 0;
        Assert.Equal(-Errno.EPERM, machine.Mm.Lock(At, 0x1000, onFault: false, default));
        Assert.Equal(-Errno.EPERM, (int)machine.Map(0, 0x1000, flags: MapFlags.Private | MapFlags.Anonymous | MapFlags.Locked));
        Assert.Equal(-Errno.EPERM, machine.Mm.LockAll(LockAllFlags.Current, default));
        limits.CanLock = true;
        Assert.Equal(0, machine.Mm.Lock(At, 0x8000, onFault: false, default));
        machine.Check();
    }

    [Fact]
    public void Lock_LocksUpToAHole_AndSaysEnomem()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.MapFixed(At + 0x2000, 0x1000);
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Lock(At, 0x3000, onFault: false, default));
        Assert.Equal(1UL, machine.Mm.LockedVm);
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Unlock(At + 0x1000, 0x1000));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Lock(ulong.MaxValue - 0xFFF, 0x2000, onFault: false, default));
        machine.Check();
    }

    [Fact]
    public void Lock_IsEnomem_WhereNothingMayBeAccessed()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000, MemoryProtection.None);
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Lock(At, 0x1000, onFault: false, default));
        Assert.True(machine.Mm.Lookup(At)!.Has(VmFlags.Locked)); // as in Linux: the lock stands
    }

    [Fact]
    public void LockAll_LocksWhatComes_AsLongAsItIsWanted()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        Assert.Equal(-Errno.EINVAL, machine.Mm.LockAll(LockAllFlags.None, default));
        Assert.Equal(-Errno.EINVAL, machine.Mm.LockAll(LockAllFlags.OnFault, default));
        Assert.Equal(-Errno.EINVAL, machine.Mm.LockAll((LockAllFlags)8, default));
        Assert.Equal(0, machine.Mm.LockAll(LockAllFlags.Current | LockAllFlags.Future, default));
        Assert.Equal(2, machine.Mm.Rss[(int)RssKind.Anon]);
        machine.MapFixed(At + 0x10000, 0x1000);
        Assert.Equal(3UL, machine.Mm.LockedVm);
        Assert.Equal(0, machine.Mm.LockAll(LockAllFlags.Current | LockAllFlags.Future | LockAllFlags.OnFault, default));
        machine.MapFixed(At + 0x20000, 0x1000);
        Assert.True(machine.Mm.Lookup(At + 0x20000)!.Has(VmFlags.LockedMask));
        Assert.Equal(0, machine.Mm.Populate(At + 0x20000, 0x1000, default));
        Assert.Equal(2, machine.Mm.Rss[(int)RssKind.Anon]);
        machine.Mm.UnlockAll();
        Assert.Equal(0UL, machine.Mm.LockedVm);
        machine.MapFixed(At + 0x30000, 0x1000);
        Assert.Equal(0UL, machine.Mm.LockedVm);
        machine.Check();
    }
}
