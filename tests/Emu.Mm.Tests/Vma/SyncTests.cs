namespace Emu.Mm.Tests;

public class SyncTests
{
    private const ulong At = 0x2000_0000;
    private const MemoryProtection ReadWrite = MemoryProtection.Read | MemoryProtection.Write;

    [Fact]
    public void Sync_WritesSharedPages_OfTheRangeAlone()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[0x3000]);
        machine.Map(At, 0x3000, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file);
        machine.Write(At, 1);
        machine.Write(At + 0x1000, 2);
        Assert.Equal(0, machine.Mm.Sync(At + 0x1000, 0x1000, SyncFlags.Sync));
        Assert.Equal(0, file.Content[0]);
        Assert.Equal(2, file.Content[0x1000]);
        Assert.Equal(0, machine.Mm.Sync(At, 0x3000, SyncFlags.Async));
        Assert.Equal(0, file.Content[0]);
        machine.Check();
        machine.Mm.Unmap(At, 0x3000);
        file.Put();
    }

    [Fact]
    public void Sync_RefusesWhatMsyncRefuses()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        machine.MapFixed(At + 0x2000, 0x1000);
        Assert.Equal(-Errno.EINVAL, machine.Mm.Sync(At, 0x1000, SyncFlags.Sync | SyncFlags.Async));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Sync(At, 0x1000, (SyncFlags)8));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Sync(At + 1, 0x1000, SyncFlags.Sync));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Sync(At, 0x3000, SyncFlags.Sync));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Sync(At + 0x2000, 0x2000, SyncFlags.Sync));
        Assert.Equal(0, machine.Mm.Sync(At, 0, SyncFlags.Sync));
        machine.Mm.Lock(At, 0x1000, onFault: false, default);
        Assert.Equal(-Errno.EBUSY, machine.Mm.Sync(At, 0x1000, SyncFlags.Invalidate));
    }

    [Fact]
    public void RemapFilePages_MapsAnotherPartOfTheFile_InPlace()
    {
        using TestMachine machine = new();
        byte[] content = new byte[0x4000];
        for (int page = 0; page < 4; page++)
            content[page * 4096] = (byte)(page + 1);
        TestFile file = new(machine.Manager, content);
        machine.Map(At, 0x4000, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file);
        Assert.Equal(0, machine.Mm.RemapFilePages(At, 0x1000, 0, 3, MapFlags.None, out ulong populate));
        Assert.Equal(0x1000UL, populate);
        Assert.Equal([4, 2], [machine.Read(At), machine.Read(At + 0x1000)]);
        Assert.Equal(2, machine.Mm.MapCount);
        Assert.Equal(-Errno.EINVAL, machine.Mm.RemapFilePages(At, 0x1000, 1, 0, MapFlags.None, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.RemapFilePages(At, 0xFFF, 0, 0, MapFlags.None, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.RemapFilePages(At + 0x10000, 0x1000, 0, 0, MapFlags.None, out _));
        machine.Check();
        machine.Mm.Unmap(At, 0x4000);
        file.Put();
    }

    [Fact]
    public void Mincore_TellsWhatIsInMemory()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[0x4000]);
        machine.MapFixed(At, 0x3000);
        machine.Map(At + 0x3000, 0x2000, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        machine.Write(At + 0x1000, 1);
        Assert.Equal(0, file.Mapping.ReadPages(1, 1));
        byte[] resident = new byte[5];
        Assert.Equal(3, machine.Mm.Mincore(At, resident));
        Assert.Equal([0, 1, 0], resident[..3]);
        Assert.Equal(2, machine.Mm.Mincore(At + 0x3000, resident));
        Assert.Equal([0, 1], resident[..2]);
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Mincore(At + 0x5000, resident));
        machine.Mm.Unmap(At, 0x5000);
        file.Put();
    }
}
