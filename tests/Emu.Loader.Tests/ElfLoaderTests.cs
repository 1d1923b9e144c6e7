using Emu.Mm;

namespace Emu.Loader.Tests;

public class ElfLoaderTests
{
    private const uint Read = ElfBuilder.Read, Write = ElfBuilder.Write, Exec = ElfBuilder.Exec;

    private static readonly ulong PieHeap = MmConstants.PageAlign(MmConstants.TaskSize / 3 * 2);

    private static void Fails(ElfBuilder builder, int error, string reason)
    {
        using LoadedProgram program = new();
        Assert.Equal(-error, program.Load(builder, out _));
        Assert.Contains(reason, program.Loader.Reason);
        Assert.DoesNotContain('\n', program.Loader.Reason);
        Invariants.Check(program.Manager);
    }

    [Fact]
    public void Load_MapsEachSegment_WhereItSays()
    {
        using LoadedProgram program = new();
        ElfImage image = program.Load(ElfBuilder.Usual());
        Assert.Equal(
            ["400000-401000 r-- file 0", "401000-402000 r-x file 1", "402000-404000 rw- file 1", "404000-406000 rw- zero"], program.Areas());
        Assert.Equal((0x401000UL, 0x401000UL, 0x400040UL, 3, 0UL),
            (image.Entry, image.ProgramEntry, image.ProgramHeaders, image.ProgramHeaderCount, image.InterpreterBase));
        Assert.Equal(0xc3, program.ByteAt(0x401000));
    }

    [Fact]
    public void Load_ClearsThePartialPageBehindTheFilePart_AndKeepsTheFilesBytesBefore()
    {
        using LoadedProgram program = new();
        program.Load(ElfBuilder.Usual());
        Assert.Equal((byte)'d', program.ByteAt(0x402f80));
        Assert.Equal((byte)'d', program.ByteAt(0x40300f));
        Assert.Equal(0, program.ByteAt(0x403010)); // the file has an 'x' here
        Assert.Equal(0, program.ByteAt(0x403fff));
        Assert.Equal(0, program.ByteAt(0x405000));
    }

    [Fact]
    public void Load_LeavesTheRestOfAPage_WhenASegmentHasNoZerosBehindIt()
    {
        using LoadedProgram program = new();
        program.Load(new ElfBuilder().Load(Read, 0x1000, 0x400000, 0x10).Content(0x1000, [.. "0123456789abcdefBEYOND"u8]));
        Assert.Equal((byte)'B', program.ByteAt(0x400010));
    }

    [Fact]
    public void Load_SetsTheLayout_AndTheHeapBehindTheLastSegment()
    {
        using LoadedProgram program = new();
        program.Load(ElfBuilder.Usual());
        MmLayout layout = program.Mm.Layout;
        Assert.Equal((0x401000UL, 0x401080UL), (layout.StartCode, layout.EndCode));
        Assert.Equal((0x402f80UL, 0x403010UL), (layout.StartData, layout.EndData));
        Assert.Equal((0x406000UL, 0x406000UL), (layout.StartBrk, layout.Brk));
    }

    [Fact]
    public void Load_MapsZerosOnly_WhenASegmentHasNothingInTheFile()
    {
        using LoadedProgram program = new();
        program.Load(ElfBuilder.Usual().Load(Read | Write, 0, 0x500010, 0, 0x2000));
        Assert.Contains("500000-503000 rw- zero", program.Areas());
        Assert.Equal(0, program.ByteAt(0x502fff));
    }

    [Fact]
    public void Load_KeepsTheGapsOfAStaticPie_AndPutsItsHeapElsewhere()
    {
        using LoadedProgram program = new();
        ElfImage image = program.Load(ElfBuilder.Usual(ElfFile.TypeDynamic, 0).Load(Read, 0x1000, 0x20000, 0x100));
        ulong at = image.Entry - 0x1000;
        Assert.Equal(0UL, at & 0xfff);
        Assert.InRange(at, PieHeap, MmConstants.TaskSize);
        Assert.Equal(
            [
                $"{at:x}-{at + 0x1000:x} r-- file 0", $"{at + 0x1000:x}-{at + 0x2000:x} r-x file 1", $"{at + 0x2000:x}-{at + 0x4000:x} rw- file 1",
                $"{at + 0x4000:x}-{at + 0x6000:x} rw- zero", $"{at + 0x20000:x}-{at + 0x21000:x} r-- file 1",
            ],
            program.Areas());
        Assert.Equal(at + 0x40, image.ProgramHeaders);
        Assert.Equal(PieHeap, program.Mm.Layout.StartBrk);
    }

    [Theory]
    [InlineData(0x10000UL)]
    [InlineData(0x200000UL)]
    public void Load_AlignsAPositionIndependentImage_AsItsSegmentsAsk(ulong alignment)
    {
        using LoadedProgram program = new();
        ElfImage image = program.Load(new ElfBuilder { Type = ElfFile.TypeDynamic, Entry = 0x10 }
            .Segment(ElfSegment.Load, Read | Exec, 0, 0, 0x100, 0x100, alignment));
        Assert.Equal(0x10UL, image.Entry & (alignment - 1));
    }

    [Fact]
    public void Load_IgnoresAnAlignment_ThatIsNoPowerOfTwo()
    {
        using LoadedProgram program = new();
        program.Load(new ElfBuilder { Type = ElfFile.TypeDynamic, Entry = 0 }.Segment(ElfSegment.Load, Read | Exec, 0, 0, 0x100, 0x100, 0x12345));
    }

    [Fact]
    public void Load_StartsInTheInterpreter_WhenThereIsOne()
    {
        using LoadedProgram program = new();
        ElfFile interpreter = program.Read(ElfBuilder.Usual(ElfFile.TypeDynamic, 0));
        Assert.Equal(0, program.Loader.Load(program.Read(ElfBuilder.Usual(ElfFile.TypeDynamic, 0)), interpreter, out ElfImage image));
        Invariants.Check(program.Manager);
        Assert.Equal(MmConstants.TaskSize / 3 * 2 & MmConstants.PageMask, image.ProgramEntry - 0x1000);
        Assert.Equal(image.InterpreterBase + 0x1000, image.Entry);
        Assert.True(image.InterpreterBase > image.ProgramEntry);
        Assert.Equal(MmConstants.PageAlign(image.ProgramEntry - 0x1000 + 0x5f80), program.Mm.Layout.StartBrk);
    }

    [Fact]
    public void Load_TakesTheLaterSegment_WhenTwoOverlap()
    {
        using LoadedProgram program = new();
        program.Load(new ElfBuilder().Load(Read | Exec, 0, 0x400000, 0x3000).Load(Read | Write, 0x1000, 0x401000, 0x1000).Content(0x3000, 0));
        Assert.Equal(["400000-401000 r-x file 0", "401000-402000 rw- file 1", "402000-403000 r-x file 2"], program.Areas());
    }

    [Fact]
    public void Load_Succeeds_WhenNothingIsToBeMapped()
    {
        using LoadedProgram program = new();
        Assert.Equal(0, program.Load(new ElfBuilder().Segment(ElfSegment.GnuStack, Read | Write, 0, 0, 0, 0), out ElfImage image));
        Assert.Equal(0x401000UL, image.Entry);
        Assert.Empty(program.Areas());
    }

    [Fact]
    public void Load_Refuses_WhenTheInterpreterHasNoSegment()
    {
        using LoadedProgram program = new();
        ElfFile interpreter = program.Read(new ElfBuilder { Type = ElfFile.TypeDynamic }.Segment(ElfSegment.GnuStack, 6, 0, 0, 0, 0));
        Assert.Equal(-Errno.EINVAL, program.Loader.Load(program.Read(ElfBuilder.Usual(ElfFile.TypeDynamic, 0)), interpreter, out _));
        Assert.Contains("the interpreter has no segment", program.Loader.Reason);
    }

    [Fact]
    public void Load_Refuses_WhenTheFileOffsetAndTheAddressAreNotAligned() =>
        Fails(new ElfBuilder().Load(Read, 0x10, 0x400000, 0x100), Errno.EINVAL, "the segment at 400000 cannot be mapped");

    [Theory]
    [InlineData(0x7ffffffff000UL)]
    [InlineData(0x800000000000UL)]
    [InlineData(0xffffffffff600000UL)]
    [InlineData(0xfffffffffffff000UL)]
    public void Load_Refuses_WhenASegmentLiesAboveTheUsersHalf(ulong address) =>
        Fails(new ElfBuilder().Load(Read, 0, address, 0x1000), Errno.ENOMEM, "cannot be mapped");

    [Theory]
    [InlineData(0x100UL, 0x80UL)]
    [InlineData(0x2000UL, 0x1fffUL)]
    public void Load_Refuses_WhenTheFilePartIsLargerThanTheMemory(ulong fileSize, ulong memorySize) => Fails(
        new ElfBuilder().Load(Read, 0, 0x400000, fileSize, memorySize), Errno.EINVAL, "the segment at 400000 does not fit into the address space");

    [Theory]
    [InlineData(0x7ffffffff000UL)]
    [InlineData(0x800000000000UL)]
    [InlineData(0xfffffffffffff000UL)]
    [InlineData(ulong.MaxValue)]
    public void Load_Refuses_WhenTheMemoryOfASegmentWraps(ulong memorySize)
    {
        using LoadedProgram program = new();
        Assert.True(program.Load(new ElfBuilder().Load(Read | Write, 0, 0x400000, 0x100, memorySize), out _) < 0);
        Assert.NotEqual("", program.Loader.Reason);
        Invariants.Check(program.Manager);
    }

    [Theory]
    [InlineData(0x7ffffffffffff000UL)]
    [InlineData(0xfffffffffffff000UL)]
    public void Load_Refuses_WhenTheOffsetInTheFileWraps(ulong offset)
    {
        using LoadedProgram program = new();
        Assert.True(program.Load(new ElfBuilder().Load(Read, offset, 0x400000, 0x2000), out _) < 0);
        Invariants.Check(program.Manager);
    }

    [Fact]
    public void Load_Refuses_WhenAPositionIndependentImageHasNoRoom()
    {
        ElfBuilder builder = new ElfBuilder { Type = ElfFile.TypeDynamic }.Load(Read, 0, 0, 0x1000).Load(Read, 0, 0x7ffffff00000, 0x1000);
        using LoadedProgram program = new();
        Assert.True(program.Load(builder, out _) is -Errno.ENOMEM or -Errno.EINVAL);
    }

    [Theory]
    [InlineData(0x7ffffffff000UL)]
    [InlineData(0x800000000000UL)]
    [InlineData(ulong.MaxValue)]
    public void Load_Refuses_WhenTheEntryPointIsNoAddress(ulong entry) => Fails(
        new ElfBuilder { Entry = entry }.Load(Read | Exec, 0, 0x400000, 0x100), Errno.EINVAL, $"the entry point {entry:x} is no address");

    [Fact]
    public void Load_FindsNoProgramHeaders_WhenNoSegmentHoldsThem()
    {
        using LoadedProgram program = new();
        ElfImage image = program.Load(new ElfBuilder().Load(Read | Exec, 0x1000, 0x401000, 0x10).Content(0x1000, 0xc3));
        Assert.Equal(0UL, image.ProgramHeaders);
    }

    [Fact]
    public void Load_HoldsToTheLimitOfTheAddressSpace()
    {
        using LoadedProgram program = new(new MmLimits { AddressSpace = 0x3000 });
        Assert.Equal(-Errno.ENOMEM, program.Load(ElfBuilder.Usual(), out _));
    }
}
