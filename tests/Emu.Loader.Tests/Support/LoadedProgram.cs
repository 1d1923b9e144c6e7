using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Loader.Tests;

/// <summary>A small machine, into whose only address space a program is loaded.</summary>
internal sealed class LoadedProgram : IDisposable
{
    private readonly List<TestExecutable> _files = [];

    public LoadedProgram(MmLimits? limits = null)
    {
        Manager = new MemoryManager(new MemoryLayout(16 << 20));
        Mm = MemoryDescriptor.TryCreate(Manager, limits ?? new MmLimits())!;
        User = new UserAccess(Mm);
        Loader = new ElfLoader(User);
    }

    public MemoryManager Manager { get; }

    public MemoryDescriptor Mm { get; }

    public UserAccess User { get; }

    public ElfLoader Loader { get; }

    public TestExecutable Open(byte[] content)
    {
        TestExecutable file = new(Manager, content);
        _files.Add(file);
        return file;
    }

    public ElfFile Read(ElfBuilder builder)
    {
        Assert.Equal(0, ElfFile.TryRead(Open(builder.Build()), out ElfFile? file, out string reason));
        Assert.Equal("", reason);
        return file!;
    }

    public int Load(ElfBuilder builder, out ElfImage image) => Loader.Load(Read(builder), null, out image);

    public ElfImage Load(ElfBuilder builder)
    {
        Assert.Equal((0, ""), (Load(builder, out ElfImage image), Loader.Reason));
        Invariants.Check(Manager);
        return image;
    }

    /// <summary>The areas as "start-end rights offset", "file" or "zero".</summary>
    public string[] Areas()
    {
        List<string> lines = [];
        foreach ((_, _, VmArea area) in Mm.Areas.Iterate())
            lines.Add(Describe(area));
        return [.. lines];
    }

    public byte ByteAt(ulong address)
    {
        Assert.True(User.TryGet(address, out byte value));
        return value;
    }

    public ulong WordAt(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.Equal(0, User.CopyFrom(address, bytes));
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public string StringAt(ulong address)
    {
        List<byte> text = [];
        for (byte value; (value = ByteAt(address)) != 0; address++)
            text.Add(value);
        return System.Text.Encoding.Latin1.GetString([.. text]);
    }

    public void Dispose()
    {
        Mm.Exit();
        foreach (TestExecutable file in _files)
            file.Put();
        Invariants.Check(Manager);
        Manager.Dispose();
    }

    private static string Describe(VmArea area)
    {
        string rights = string.Concat(area.Has(VmFlags.Read) ? 'r' : '-', area.Has(VmFlags.Write) ? 'w' : '-', area.Has(VmFlags.Exec) ? 'x' : '-');
        return $"{area.Start:x}-{area.End:x} {rights} " + (area.File == null ? "zero" : $"file {area.PageOffset:x}");
    }
}
