namespace Emu.Mm.Tests;

/// <summary>A file in the test's memory behind a page cache.</summary>
internal sealed class TestFile : VmFile, IBackingStore
{
    private int _users = 1;

    public TestFile(MemoryManager manager, byte[] content, bool canWrite = true)
    {
        Content = content;
        CanWrite = canWrite;
        Mapping = new PageCache(manager, PageCacheKind.File, this) { Size = (ulong)content.Length };
    }

    public byte[] Content { get; private set; }

    public int Reads { get; private set; }

    public bool FailReads { get; set; }

    public override PageCache Mapping { get; }

    public override bool CanRead => true;

    public override bool CanWrite { get; }

    public override bool CanMap => true;

    public override byte[] MapsPath => "/test"u8.ToArray();

    public override (uint Major, uint Minor) Device => (8, 1);

    public override ulong InodeNumber => 42;

    public override int Mmap(VmArea area)
    {
        area.Operations = FileOperations.Instance;
        return 0;
    }

    public override void Get() => _users++;

    public override void Put()
    {
        if (--_users == 0)
        {
            Mapping.WriteBack();
            Mapping.Evict();
        }
    }

    public int Read(ulong offset, Span<byte> buffer)
    {
        Reads++;
        if (FailReads)
            return -Errno.EIO;
        if (offset >= (ulong)Content.Length)
            return 0;
        ReadOnlySpan<byte> part = Content.AsSpan((int)offset);
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    public int Write(ulong offset, ReadOnlySpan<byte> data)
    {
        data.CopyTo(Content.AsSpan((int)offset));
        return data.Length;
    }
}
