using System.Text;
using System.Text.Json;
using Emu.Mm;

namespace Emu.Cli.Tests;

public sealed class TraceJsonTests : IDisposable
{
    private readonly TestMachine _machine = new();
    private readonly TraceJson _format = new(new Symbolizer());

    [Fact]
    public void AddHeader_NamesTheSchemaAndTheMachine()
    {
        ByteWriter writer = new();

        _format.AddHeader(writer, new TraceHeader { Version = "1.2.3", Command = [[.. "a\u00e9"u8], [0xFF, (byte)'"']], Options = RunOptions.For(CommandKind.Trace) });

        Assert.Equal("{\"type\":\"header\",\"schema\":1,\"emu\":\"1.2.3\",\"command\":[\"a\u00e9\",\"\\\\377\\\"\"],\"memory\":4294967296,\"nodes\":1,\"cpus\":1," +
            "\"model\":\"x86-64-v3\",\"clock\":\"virtual\",\"epoch\":1735689600000000000,\"seed\":0}", Encoding.UTF8.GetString(writer.Written));
    }

    [Fact]
    public void AddFault_WritesOneObject()
    {
        VmArea area = _machine.Map(0x400000, 0x3000);
        FaultContext context = new() { SystemCall = 1, ProcessId = 2, ThreadId = 3, Rip = 0x401234, Time = 123 };
        Pte before = new(Pte.PresentBit | Pte.UserBit | Pte.SpecialBit | (1UL << 12)), after = new(Pte.PresentBit | Pte.WriteBit | (2UL << 12));

        string line = Line(_machine.Fault(context, 0x401010, FaultClass.CowReuse, PageFaultError.Write, before, after), area);

        Assert.Equal("{\"type\":\"fault\",\"time\":123,\"pid\":2,\"tid\":3,\"class\":\"cow-reuse\",\"major\":false,\"user\":false,\"syscall\":\"write\"," +
            "\"access\":\"store\",\"address\":\"0x401010\",\"vma\":\"anon\",\"vma_start\":\"0x400000\",\"vma_end\":\"0x403000\"," +
            "\"vma_offset\":\"0x1010\",\"vma_rights\":\"rw-p\",\"rip\":\"0x401234\"," +
            "\"before\":{\"raw\":\"0x1205\",\"pfn\":1,\"flags\":\"R--U--SX\",\"node\":0,\"zone\":\"DMA\"}," +
            "\"after\":{\"raw\":\"0x2003\",\"pfn\":2,\"flags\":\"RW-----X\",\"node\":0,\"zone\":\"DMA\"}}", line);
    }

    [Fact]
    public void AddFault_TellsTheSignal_WhenTheAccessFails()
    {
        FaultContext context = new() { SystemCall = -1 };
        FaultEvent fault = _machine.Fault(context, 0x10, FaultClass.Sigsegv, PageFaultError.User, outcome: FaultOutcome.Segv(FaultOutcome.SegvMapErr));

        using JsonDocument json = JsonDocument.Parse(Line(fault, null));

        Assert.Equal(11, json.RootElement.GetProperty("signal").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("code").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("before").ValueKind);
        Assert.False(json.RootElement.TryGetProperty("vma", out _));
        Assert.False(json.RootElement.TryGetProperty("syscall", out _));
    }

    [Fact]
    public void AddSummary_AndAddLine_WriteOneObjectEach()
    {
        ByteWriter writer = new();
        FaultCounts counts = new();
        FaultContext context = default;
        counts.OnFault(_machine.Fault(context, 0x10, FaultClass.Sigsegv, PageFaultError.User, isMajor: true));
        _format.AddSummary(writer, counts);
        Assert.Equal("{\"type\":\"summary\",\"faults\":1,\"major\":1,\"classes\":{\"sigsegv\":1},\"areas\":[{\"name\":\"\",\"faults\":1,\"major\":1}]}",
            Encoding.UTF8.GetString(writer.Written));

        writer.Clear();
        _format.AddLine(writer, "log"u8, [.. "emu: \"x\" "u8, 0x80]);
        Assert.Equal("{\"type\":\"log\",\"text\":\"emu: \\\"x\\\" \\\\200\"}", Encoding.UTF8.GetString(writer.Written));
    }

    [Fact]
    public void Schema_IsDescribed()
    {
        string text = File.ReadAllText(Path.Combine(Testing.Repository.Root, "docs", "trace-schema.md"));

        Assert.Contains($"version {TraceJson.SchemaVersion}", text, StringComparison.Ordinal);
        foreach (string name in FaultNames.List().Split(','))
            Assert.Contains($"`{name}`", text, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _format.Dispose();
        _machine.Dispose();
    }

    private string Line(in FaultEvent fault, VmArea? area)
    {
        ByteWriter name = new(), writer = new();
        if (area != null)
            AreaNames.Append(name, area);
        _format.AddFault(writer, fault, name.Written);
        return Encoding.UTF8.GetString(writer.Written);
    }
}
