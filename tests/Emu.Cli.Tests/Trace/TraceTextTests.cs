using System.Text;
using Emu.Mm;

namespace Emu.Cli.Tests;

public sealed class TraceTextTests : IDisposable
{
    private readonly TestMachine _machine = new();
    private readonly TraceText _format = new(new Symbolizer());

    [Fact]
    public void AddHeader_NamesEverythingThatDecidesTheTrace()
    {
        RunOptions options = RunOptions.For(CommandKind.Trace);
        options.Seed = 7;
        ByteWriter writer = new();

        _format.AddHeader(writer, new TraceHeader { Version = "1.2.3", Command = [[.. "a b"u8], [.. "-c"u8]], Options = options });

        Assert.Equal(
            """
            # emu 1.2.3 trace
            # command: a\040b -c
            # memory: 4194304K on 1 node(s), cpus: 1, model: x86-64-v3
            # clock: virtual, epoch: 2025-01-01T00:00:00Z, seed: 7
            #                task    io    class        by                  what  address      area                              rip          symbol                        entry before         entry after       node/zone
            """,
            Text(writer));
    }

    [Fact]
    public void AddFault_ShowsAnAccessOfTheUser()
    {
        VmArea area = _machine.Map(0x400000, 0x3000);
        FaultContext context = new() { SystemCall = -1, ProcessId = 2, ThreadId = 3, Rip = 0x401234, Time = 1_000_000_123 };
        Pte after = new(Pte.PresentBit | Pte.WriteBit | Pte.UserBit | Pte.AccessedBit | Pte.DirtyBit | Pte.NoExecuteBit | (0x123UL << 12));

        string line = Line(_machine.Fault(context, 0x401010, FaultClass.Anon, PageFaultError.User | PageFaultError.Write, after: after), area);

        Assert.Equal("     1.000000123 2/3     minor anon         user                store 000000401010 anon+0x1010                       " +
            "000000401234 -                             -                 -> 00000123 RW-UAD-- 0/DMA", line);
    }

    [Fact]
    public void AddFault_StandsBelowTheTitles()
    {
        FaultContext context = new() { SystemCall = -1 };
        Pte entry = new(Pte.PresentBit | (0x123UL << 12));
        ByteWriter writer = new();
        _format.AddHeader(writer, new TraceHeader { Version = "", Command = [], Options = new RunOptions() });
        string titles = Text(writer).Split('\n')[^1];

        string line = Line(_machine.Fault(context, 0x10, FaultClass.Spurious, PageFaultError.User, entry, entry), null);

        Assert.Equal(titles.IndexOf("class", StringComparison.Ordinal), line.IndexOf("spurious", StringComparison.Ordinal));
        Assert.Equal(titles.IndexOf("address", StringComparison.Ordinal), line.IndexOf("000000000010", StringComparison.Ordinal));
        Assert.Equal(titles.IndexOf("entry before", StringComparison.Ordinal), line.IndexOf("00000123", StringComparison.Ordinal));
        Assert.Equal(titles.IndexOf("entry after", StringComparison.Ordinal), line.LastIndexOf("00000123", StringComparison.Ordinal));
        Assert.Equal(titles.IndexOf("node/zone", StringComparison.Ordinal), line.IndexOf("0/DMA", StringComparison.Ordinal));
    }

    [Fact]
    public void AddFault_ShowsTheSystemCall_WhenTheKernelAccesses()
    {
        FaultContext context = new() { SystemCall = 1, ProcessId = 2, ThreadId = 2, Rip = 0x1000, Time = 5 };
        Pte before = new(Pte.PresentBit | Pte.UserBit | Pte.SpecialBit);

        string line = Line(_machine.Fault(context, 0x10, FaultClass.Efault, PageFaultError.None, before, isMajor: true), null);

        Assert.Equal("     0.000000005 2/2     major efault       kernel:write        load  000000000010 -                                 " +
            "000000001000 -                             00000000 R--U--SX -> -", line);
    }

    [Fact]
    public void AddSummary_CountsByClassAndByArea_MostFirst()
    {
        VmArea area = _machine.Map(0x400000, 0x1000);
        FaultCounts counts = new();
        FaultContext context = default;
        counts.OnFault(_machine.Fault(context, area.Start, FaultClass.Cow, PageFaultError.User, isMajor: true));
        counts.OnFault(_machine.Fault(context, area.Start, FaultClass.Cow, PageFaultError.User));
        counts.OnFault(_machine.Fault(context, 0x10, FaultClass.Sigsegv, PageFaultError.User));
        ByteWriter writer = new();

        _format.AddSummary(writer, counts);

        Assert.Equal(
            """
            # 3 faults, 1 major
            # by class:
            #          2  cow
            #          1  sigsegv
            # by area:
            #          2  anon
            #          1  (nothing mapped)
            """,
            Text(writer));
    }

    [Theory]
    [InlineData(0UL, "-")]
    [InlineData(Pte.PresentBit | Pte.UserBit | (0xABCUL << 12), "00000abc R--U---X")]
    [InlineData(Pte.ProtNoneBit | Pte.AccessedBit | (1UL << 12), "00000001 N---A--X")]
    [InlineData(Pte.PresentBit | Pte.LargeBit | Pte.WriteBit | Pte.UserBit | Pte.NoExecuteBit, "00000000 RWLU----")]
    public void PteText_WritesFrameAndFlags(ulong entry, string expected)
    {
        ByteWriter writer = new();
        PteText.Append(writer, new Pte(entry));

        Assert.Equal(expected, Text(writer));
    }

    public void Dispose() => _machine.Dispose();

    private string Line(in FaultEvent fault, VmArea? area)
    {
        ByteWriter name = new(), writer = new();
        if (area != null)
            AreaNames.Append(name, area);
        _format.AddFault(writer, fault, name.Written);
        return Text(writer);
    }

    private static string Text(ByteWriter writer) => Encoding.Latin1.GetString(writer.Written);
}
