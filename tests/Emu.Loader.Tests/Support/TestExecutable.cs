using Emu.Mm;

namespace Emu.Loader.Tests;

/// <summary>A program file in the test's memory.</summary>
internal sealed class TestExecutable : VmFile, IExecutable, IBackingStore
{
    private readonly byte[] _content;
    private int _users = 1;

    public TestExecutable(MemoryManager manager, byte[] content)
    {
        _content = content;
        Mapping = new PageCache(manager, PageCacheKind.File, this) { Size = (ulong)content.Length };
    }

    public VmFile File => this;

    public ulong Size => (ulong)_content.Length;

    public bool FailReads { get; init; }

    public override PageCache Mapping { get; }

    public override bool CanRead => true;

    public override bool CanWrite => false;

    public override bool CanMap => CanBeMapped;

    public bool CanBeMapped { get; init; } = true;

    public override byte[] MapsPath => "/program"u8.ToArray();

    public override (uint Major, uint Minor) Device => (8, 1);

    public override ulong InodeNumber => 7;

    public override int Mmap(VmArea area)
    {
        area.Operations = FileOperations.Instance;
        return 0;
    }

    public override void Get() => _users++;

    public override void Put()
    {
        if (--_users == 0)
            Mapping.Evict();
    }

    public int Read(ulong offset, Span<byte> buffer)
    {
        if (FailReads)
            return -Errno.EIO;
        if (offset >= (ulong)_content.Length)
            return 0;
        ReadOnlySpan<byte> part = _content.AsSpan((int)offset);
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    public int Write(ulong offset, ReadOnlySpan<byte> data) => -Errno.EIO;
}
