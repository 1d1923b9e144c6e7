namespace Emu.Mm.Tests;

public class KeyTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void AllocateKey_GivesFifteen_AndTakesThemBack()
    {
        using TestMachine machine = new();
        MemoryDescriptor mm = WithKeys(machine);
        for (int key = 1; key < 16; key++)
            Assert.Equal(key, mm.AllocateKey());
        Assert.Equal(-Errno.ENOSPC, mm.AllocateKey());
        Assert.Equal(0, mm.FreeKey(3));
        Assert.Equal(-Errno.EINVAL, mm.FreeKey(3));
        Assert.Equal(3, mm.AllocateKey());
        mm.Exit();
    }

    [Fact]
    public void ExecuteOnlyKey_IsTakenOnce_AndIsNotTheProcesss()
    {
        using TestMachine machine = new();
        MemoryDescriptor mm = WithKeys(machine);
        int key = mm.ExecuteOnlyKey(out bool isNew);
        Assert.True(isNew && key == 1);
        Assert.Equal(1, mm.ExecuteOnlyKey(out isNew));
        Assert.False(isNew);
        Assert.Equal(-Errno.EINVAL, mm.FreeKey(1));
        mm.Exit();
    }

    [Fact]
    public void Protect_SetsTheKey_InAreaAndEntries_AndForbidsTheKernelToo()
    {
        using TestMachine machine = new();
        MemoryDescriptor mm = WithKeys(machine);
        MapRequest request = new()
        {
            Address = At,
            Length = 2 * 4096,
            Protection = MemoryProtection.Read | MemoryProtection.Write,
            Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
        };
        mm.Map(request, out _);
        UserAccess access = new(mm);
        access.TryPut(At, (byte)1);
        Assert.Equal(-Errno.EINVAL, mm.Protect(At, 4096, MemoryProtection.Read, key: 2));
        int key = mm.AllocateKey();
        Assert.Equal(0, mm.Protect(At, 4096, MemoryProtection.Read | MemoryProtection.Write, key));
        Assert.Equal(key, mm.Lookup(At)!.ProtectionKey);
        Assert.True(access.TryPut(At, (byte)2));
        access.ForbiddenKeys = 2u << (2 * key);
        Assert.False(access.TryPut(At, (byte)3));
        Assert.True(access.TryGet(At, out byte value) && value == 2);
        access.ForbiddenKeys = 1u << (2 * key);
        Assert.False(access.TryGet<byte>(At, out _));
        Assert.True(access.TryPut(At + 4096, (byte)3));
        machine.Check();
        mm.Exit();
    }

    [Fact]
    public void WithoutKeys_TheFirstIsRefused_AndNoneIsLeft()
    {
        using TestMachine machine = new();
        Assert.Equal(0, machine.Mm.AllocateKey());
        Assert.Equal(-Errno.EINVAL, machine.Mm.FreeKey(0));
        Assert.Equal(-Errno.ENOSPC, machine.Mm.AllocateKey());
        Assert.False(machine.Mm.IsKeyAllocated(0));
    }

    private static MemoryDescriptor WithKeys(TestMachine machine)
    {
        machine.Manager.HasProtectionKeys = true;
        return MemoryDescriptor.TryCreate(machine.Manager, new MmLimits())!;
    }
}
