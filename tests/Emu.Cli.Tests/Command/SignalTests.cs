using Emu.Host;
using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>Signals that the host sends emu.</summary>
public class SignalTests
{
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public void Signal_EndsTheProgram_AndTheOutputIsWhole(string signal, int status)
    {
        using ScratchFolder folder = new();
        string file = Path.Combine(folder.Root, "out");
        using RunningEmu emu = RunningEmu.Start(null, "--strace", "--stats", "-o", file, Programs.Pause);

        emu.Send(signal);

        Assert.Equal(status, emu.Wait(out string words));
        Assert.Equal("", words);
        string text = File.ReadAllText(file);
        Assert.Contains($"2     --- SIG{signal} {{si_signo=SIG{signal}, si_code=SI_KERNEL}} ---\n2     +++ killed by SIG{signal} +++\n", text, StringComparison.Ordinal);
        Assert.Contains("emu: host time:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Signal_EndsAProgramThatRuns()
    {
        using ScratchFolder folder = new();
        using RunningEmu emu = RunningEmu.Start(null, "--strace", "-o", Path.Combine(folder.Root, "out"), Programs.Busy);

        emu.Send("INT");

        Assert.Equal(130, emu.Wait(out _));
    }

    [Fact]
    public void Signal_ReachesTheProgramsHandler()
    {
        using RunningEmu emu = RunningEmu.Start(null, Programs.Handler);

        emu.Send("TERM");

        Assert.Equal(9, emu.Wait(out string words));
        Assert.Equal("", words);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Signal_RestoresTheTerminal(string signal)
    {
        Assert.Equal(0, HostPseudoTerminal.OpenPair(out int master, out int terminal));
        string path = $"/dev/pts/{HostPseudoTerminal.GetNumber(master)}";
        byte[] before = AttributesOf(terminal);
        using RunningEmu emu = RunningEmu.Start(path, Programs.Raw);
        byte[] raw = AttributesOf(terminal);

        emu.Send(signal);

        Assert.Equal(signal == "INT" ? 130 : 143, emu.Wait(out _));
        Assert.NotEqual(before, raw);
        Assert.Equal(before, AttributesOf(terminal));
        HostFile.Close(terminal);
        HostFile.Close(master);
    }

    [Fact]
    public void Limit_RestoresTheTerminal()
    {
        Assert.Equal(0, HostPseudoTerminal.OpenPair(out int master, out int terminal));
        string path = $"/dev/pts/{HostPseudoTerminal.GetNumber(master)}";
        byte[] before = AttributesOf(terminal);
        using RunningEmu emu = RunningEmu.Start(path, "--timeout", "1", Programs.Raw);

        Assert.Equal(124, emu.Wait(out _));
        Assert.Equal(before, AttributesOf(terminal));
        HostFile.Close(terminal);
        HostFile.Close(master);
    }

    private static byte[] AttributesOf(int terminal)
    {
        byte[] attributes = new byte[HostTerminal.Attributes2Size];
        Assert.Equal(0, HostTerminal.GetAttributes2(terminal, attributes));
        return attributes;
    }
}
