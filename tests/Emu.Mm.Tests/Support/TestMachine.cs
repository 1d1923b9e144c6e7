namespace Emu.Mm.Tests;

/// <summary>A small machine with one address space, checked in full whenever asked.</summary>
internal sealed class TestMachine : IDisposable
{
    private readonly long _freeAtStart;

    public TestMachine(ulong megabytes = 16, int nodes = 1, MmLimits? limits = null)
    {
        Manager = new MemoryManager(new MemoryLayout(megabytes << 20, nodes));
        _freeAtStart = Manager.FreePages;
        Mm = MemoryDescriptor.TryCreate(Manager, limits ?? new MmLimits())!;
        User = new UserAccess(Mm);
    }

    public MemoryManager Manager { get; }

    public MemoryDescriptor Mm { get; }

    public UserAccess User { get; }

    /// <summary>Maps anonymous memory and returns its address or errno.</summary>
    public long Map(ulong address, ulong length, MemoryProtection protection = MemoryProtection.Read | MemoryProtection.Write,
        MapFlags flags = MapFlags.Private | MapFlags.Anonymous, VmFile? file = null, ulong pageOffset = 0) =>
        Mm.Map(new MapRequest { Address = address, Length = length, Protection = protection, Flags = flags, File = file, PageOffset = pageOffset }, out _);

    /// <summary>Maps at a fixed place.</summary>
    public void MapFixed(ulong address, ulong length, MemoryProtection protection = MemoryProtection.Read | MemoryProtection.Write, MapFlags flags = MapFlags.Private)
        => Assert.Equal((long)address, Map(address, length, protection, flags | MapFlags.Fixed | MapFlags.Anonymous));

    public bool Write(ulong address, byte value) => User.TryPut(address, value);

    public int Read(ulong address) => User.TryGet(address, out byte value) ? value : -1;

    public void Check() => Invariants.Check(Manager);

    /// <summary>The areas as "start-end flags", for comparisons.</summary>
    public string[] Areas()
    {
        List<string> lines = [];
        foreach ((_, _, VmArea area) in Mm.Areas.Iterate())
            lines.Add($"{area.Start:x}-{area.End:x} {Letters(area.Flags)} {area.PageOffset:x}");
        return [.. lines];
    }

    public void Dispose()
    {
        Exit();
        Invariants.Check(Manager);
        Manager.Dispose();
    }

    /// <summary>Ends the address space before the machine.</summary>
    public void Exit()
    {
        if (Manager.AddressSpaces.Contains(Mm))
            Mm.Exit();
    }

    /// <summary>Ends the address space and requires every frame back.</summary>
    public void ExitAndRequireAllFree()
    {
        Mm.Exit();
        Invariants.Check(Manager);
        Assert.Equal(_freeAtStart, Manager.FreePages);
        Assert.Equal(0, Manager.CommittedPages);
        Manager.Dispose();
    }

    private static string Letters(VmFlags flags) => string.Concat(
        (flags & VmFlags.Read) != 0 ? 'r' : '-', (flags & VmFlags.Write) != 0 ? 'w' : '-', (flags & VmFlags.Exec) != 0 ? 'x' : '-',
        (flags & VmFlags.MayShare) != 0 ? 's' : 'p');
}
