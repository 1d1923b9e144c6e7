using Emu.Mm;

namespace Emu.Cli.Tests;

public sealed class TraceFilterTests : IDisposable
{
    private readonly TestMachine _machine = new();

    [Fact]
    public void Shows_EveryFault_WithoutOptions() => Assert.True(Shows(new RunOptions(), 0x10, FaultClass.Sigsegv, ""));

    [Fact]
    public void Shows_OnlyTheClasses()
    {
        RunOptions options = new();
        OptionValues.Classes(options, "anon,stack-grow");

        Assert.True(Shows(options, 0x10, FaultClass.StackGrow, ""));
        Assert.False(Shows(options, 0x10, FaultClass.Cow, ""));
    }

    [Theory]
    [InlineData(0xFFFUL, false)]
    [InlineData(0x1000UL, true)]
    [InlineData(0x1FFFUL, true)]
    [InlineData(0x2000UL, false)]
    public void Shows_OnlyTheRange(ulong address, bool expected)
    {
        RunOptions options = new();
        OptionValues.Range(options, "0x1000-0x2000");

        Assert.Equal(expected, Shows(options, address, FaultClass.Anon, ""));
    }

    [Theory]
    [InlineData("[heap]", true)]
    [InlineData("[heap", false)]
    [InlineData("", false)]
    public void Shows_OnlyTheArea(string area, bool expected)
    {
        RunOptions options = new();
        OptionValues.AreaName(options, "[heap]");

        Assert.Equal(expected, Shows(options, 0x10, FaultClass.Anon, area));
    }

    public void Dispose() => _machine.Dispose();

    private bool Shows(RunOptions options, ulong address, FaultClass kind, string area)
    {
        FaultContext context = default;
        return new TraceFilter(options).Shows(_machine.Fault(context, address, kind, PageFaultError.User), RawText.ToBytes(area));
    }
}
