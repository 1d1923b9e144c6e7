using Emu.Mm;

namespace Emu.Loader.Tests;

public class ElfFileTests
{
    private static int TryRead(byte[] content, out ElfFile? file, out string reason)
    {
        using LoadedProgram program = new();
        return ElfFile.TryRead(program.Open(content), out file, out reason);
    }

    private static void Refused(ElfBuilder builder, int error, string reason) => Refused(builder.Build(), error, reason);

    private static void Refused(byte[] content, int error, string reason)
    {
        Assert.Equal(-error, TryRead(content, out ElfFile? file, out string why));
        Assert.Null(file);
        Assert.Contains(reason, why);
        Assert.DoesNotContain('\n', why);
    }

    [Fact]
    public void TryRead_GivesTheHeaders_WhenTheFileIsGood()
    {
        Assert.Equal(0, TryRead(ElfBuilder.Usual().Build(), out ElfFile? file, out string reason));
        Assert.Equal("", reason);
        Assert.Equal((ElfFile.TypeExecutable, 0x401000UL, 64UL), (file!.Type, file.Entry, file.ProgramHeaderOffset));
        Assert.Equal(3, file.Segments.Count);
        Assert.Equal(new ElfSegment(1, 6, 0x1f80, 0x402f80, 0x90, 0x3000, 0x1000), file.Segments[2]);
        Assert.True(file.Segments[1].IsExecutable);
        Assert.Equal(MemoryProtection.Read | MemoryProtection.Write, file.Segments[2].Protection);
        Assert.Null(file.Interpreter);
    }

    [Theory]
    [InlineData(0, "the file is empty")]
    [InlineData(1, "not an ELF file")]
    [InlineData(4, "ELF type 0")]
    [InlineData(17, "ELF type 2 is no|ELF machine 0")]
    [InlineData(20, "program headers of 0 bytes")]
    [InlineData(60, "the program headers lie outside the file")]
    [InlineData(64, "the program headers lie outside the file")]
    [InlineData(64 + 100, "the program headers lie outside the file")]
    public void TryRead_Refuses_WhenTheFileIsCutOff(int length, string reasons)
    {
        byte[] content = ElfBuilder.Usual().Build()[..length];
        Assert.Equal(-Errno.ENOEXEC, TryRead(content, out _, out string why));
        Assert.Contains(reasons.Split('|'), reason => why.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 0x7e)]
    [InlineData(1, (byte)'e')]
    [InlineData(3, 0)]
    public void TryRead_Refuses_WhenTheMagicIsWrong(int at, byte value)
    {
        byte[] content = ElfBuilder.Usual().Build();
        content[at] = value;
        Refused(content, Errno.ENOEXEC, "not an ELF file");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(0xfe00)]
    public void TryRead_Refuses_WhenTheTypeIsNoExecutable(int type) =>
        Refused(ElfBuilder.Usual((ushort)type), Errno.ENOEXEC, $"ELF type {type} is no executable");

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(183)]
    [InlineData(243)]
    public void TryRead_Refuses_WhenTheMachineIsAnother(int machine) =>
        Refused(new ElfBuilder { Machine = (ushort)machine }.Load(5, 0, 0x400000, 0x100), Errno.ENOEXEC, $"ELF machine {machine} is not x86-64");

    [Theory]
    [InlineData(32)]
    [InlineData(55)]
    [InlineData(57)]
    [InlineData(0)]
    public void TryRead_Refuses_WhenProgramHeadersAreNotThoseOf64Bits(int size) =>
        Refused(new ElfBuilder { HeaderEntrySize = (ushort)size }.Load(5, 0, 0x400000, 0x100), Errno.ENOEXEC, "not a 64-bit ELF file");

    [Fact]
    public void TryRead_Refuses_WhenThereAreNoProgramHeaders() => Refused(new ElfBuilder(), Errno.ENOEXEC, "0 program headers");

    [Fact]
    public void TryRead_TakesAThousandProgramHeaders_AndRefusesWhatIsMoreThan64KiB()
    {
        ElfBuilder thousand = new();
        for (int i = 0; i < 1000; i++)
            thousand.Segment(4, 4, 0, 0, 0, 0);
        Assert.Equal(0, TryRead(thousand.Build(), out ElfFile? file, out _));
        Assert.Equal(1000, file!.Segments.Count);
        Refused(new ElfBuilder { Count = 1171, Length = 100000 }, Errno.ENOEXEC, "1171 program headers");
        Refused(new ElfBuilder { Count = 0xffff, Length = 100000 }, Errno.ENOEXEC, "65535 program headers");
    }

    [Theory]
    [InlineData(100000)]
    [InlineData(long.MaxValue - 10)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void TryRead_Refuses_WhenTheProgramHeadersLieOutside(ulong offset) => Refused(
        new ElfBuilder { ProgramHeaderOffset = offset }.Load(5, 0, 0x400000, 0x100), Errno.ENOEXEC, "the program headers lie outside the file");

    [Fact]
    public void TryRead_Refuses_WhenTheFileCannotBeMapped()
    {
        using LoadedProgram program = new();
        TestExecutable file = new(program.Manager, ElfBuilder.Usual().Build()) { CanBeMapped = false };
        Assert.Equal(-Errno.ENOEXEC, ElfFile.TryRead(file, out _, out string reason));
        Assert.Equal("the file cannot be mapped", reason);
    }

    [Fact]
    public void TryRead_HandsOnTheError_WhenTheFileCannotBeRead()
    {
        using LoadedProgram program = new();
        TestExecutable file = new(program.Manager, ElfBuilder.Usual().Build()) { FailReads = true };
        Assert.Equal(-Errno.EIO, ElfFile.TryRead(file, out _, out string reason));
        Assert.Equal("the file cannot be read", reason);
    }

    [Fact]
    public void TryRead_GivesTheInterpreter_UpToItsNul()
    {
        ElfBuilder builder = new ElfBuilder().Segment(ElfSegment.Interp, 4, 0x200, 0, 8, 8).Content(0x200, "/ld\0abc\0"u8);
        Assert.Equal(0, TryRead(builder.Build(), out ElfFile? file, out _));
        Assert.Equal("/ld"u8.ToArray(), file!.Interpreter);
    }

    [Theory]
    [InlineData(1UL, Errno.ENOEXEC, "has 1 bytes")]
    [InlineData(4097UL, Errno.ENOEXEC, "has 4097 bytes")]
    [InlineData(ulong.MaxValue, Errno.ENOEXEC, "has 18446744073709551615 bytes")]
    [InlineData(4000UL, Errno.EIO, "lies outside the file")]
    [InlineData(7UL, Errno.ENOEXEC, "has no end")]
    public void TryRead_Refuses_WhenTheInterpretersPathIsBad(ulong size, int error, string reason) =>
        Refused(new ElfBuilder().Segment(ElfSegment.Interp, 4, 0x200, 0, size, size).Content(0x200, "/ld\0abc\0"u8), error, reason);
}
