using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class TerminalStateTests : TestBase
{
    private static byte[] Attributes(int fd)
    {
        byte[] bytes = new byte[HostTerminal.Attributes2Size];
        Assert.Equal(0, HostTerminal.GetAttributes2(fd, bytes));
        return bytes;
    }

    [Fact]
    public void Dispose_RestoresWhatWasSaved()
    {
        (_, int terminal) = OpenTerminal();
        byte[] before = Attributes(terminal);
        Assert.Equal(0, TerminalState.Save(terminal, out TerminalState? state));
        using (state)
        {
            Assert.Equal(before, state!.Saved.ToArray());
            Assert.Equal(0, state.SetRaw());
            Assert.NotEqual(before, Attributes(terminal));
        }
        Assert.Equal(before, Attributes(terminal));
    }

    [Fact]
    public void Restore_MayBeRepeated_AndRawSetAgain()
    {
        (_, int terminal) = OpenTerminal();
        byte[] before = Attributes(terminal);
        TerminalState.Save(terminal, out TerminalState? state);
        state!.SetRaw();
        byte[] raw = Attributes(terminal);
        Assert.Equal(0, state.Restore());
        Assert.Equal(0, state.Restore());
        Assert.Equal(before, Attributes(terminal));
        state.SetRaw();
        Assert.Equal(raw, Attributes(terminal));
        Thread other = new(() => state.Restore());
        other.Start();
        other.Join();
        Assert.Equal(before, Attributes(terminal));
    }

    [Fact]
    public void Restore_ReportsErrno_WhenTerminalIsGone()
    {
        (int master, int terminal) = OpenTerminal();
        TerminalState.Save(terminal, out TerminalState? state);
        HostFile.Dup3(OpenTemp("file"u8), master, 0);
        Assert.Equal(-HostErrno.EIO, state!.Restore());
    }

    [Fact]
    public void Save_IsEnotty_OnFile()
    {
        Assert.Equal(-HostErrno.ENOTTY, TerminalState.Save(OpenTemp("file"u8), out TerminalState? state));
        Assert.Null(state);
    }
}
