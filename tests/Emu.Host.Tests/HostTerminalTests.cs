using System.Text;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostTerminalTests : TestBase
{
    private const uint Echo = 0x8;
    private const int LocalFlags = 12;

    private static byte[] Attributes(int fd)
    {
        byte[] bytes = new byte[HostTerminal.AttributesSize];
        Assert.Equal(0, HostTerminal.GetAttributes(fd, bytes));
        return bytes;
    }

    [Fact]
    public void IsATty_KnowsTerminals()
    {
        (int master, int terminal) = OpenTerminal();
        Assert.True(HostTerminal.IsATty(terminal));
        Assert.True(HostTerminal.IsATty(master));
        Assert.False(HostTerminal.IsATty(OpenTemp("file"u8)));
        Assert.False(HostTerminal.IsATty(NoFd));
    }

    [Theory]
    [InlineData(HostTerminalWhen.Now)]
    [InlineData(HostTerminalWhen.Drain)]
    [InlineData(HostTerminalWhen.Flush)]
    public void SetAttributes_ChangesThem(HostTerminalWhen when)
    {
        (_, int terminal) = OpenTerminal();
        byte[] attributes = Attributes(terminal);
        Assert.NotEqual(0u, attributes[LocalFlags] & Echo);
        attributes[LocalFlags] &= unchecked((byte)~Echo);
        Assert.Equal(0, HostTerminal.SetAttributes(terminal, when, attributes));
        Assert.Equal(attributes, Attributes(terminal));
    }

    [Fact]
    public void SetAttributes2_ChangesSpeed()
    {
        (_, int terminal) = OpenTerminal();
        byte[] attributes = new byte[HostTerminal.Attributes2Size];
        Assert.Equal(0, HostTerminal.GetAttributes2(terminal, attributes));
        Assert.Equal(38400, BitConverter.ToInt32(attributes, 36));
        attributes[LocalFlags] &= unchecked((byte)~Echo);
        Assert.Equal(0, HostTerminal.SetAttributes2(terminal, HostTerminalWhen.Now, attributes));
        Assert.Equal(attributes[..HostTerminal.AttributesSize], Attributes(terminal));
    }

    [Fact]
    public void Attributes_ReportErrno_WhenTheyFail()
    {
        (_, int terminal) = OpenTerminal();
        byte[] full = new byte[HostTerminal.Attributes2Size];
        int file = OpenTemp("file"u8);
        Assert.Equal(-HostErrno.EINVAL, HostTerminal.GetAttributes(terminal, full.AsSpan(0, 35)));
        Assert.Equal(-HostErrno.EINVAL, HostTerminal.GetAttributes2(terminal, full.AsSpan(0, 43)));
        Assert.Equal(-HostErrno.EINVAL, HostTerminal.SetAttributes(terminal, HostTerminalWhen.Now, full.AsSpan(0, 35)));
        Assert.Equal(-HostErrno.EINVAL, HostTerminal.SetAttributes2(terminal, HostTerminalWhen.Now, full.AsSpan(0, 43)));
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.GetAttributes(file, full));
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.GetAttributes2(file, full));
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.SetAttributes(file, HostTerminalWhen.Flush, full));
        Assert.Equal(-HostErrno.EBADF, HostTerminal.SetAttributes2(NoFd, HostTerminalWhen.Flush, full));
    }

    [Fact]
    public void WindowSize_IsSetAndRead()
    {
        (int master, int terminal) = OpenTerminal();
        HostWindowSize size = new(24, 80, 640, 480);
        Assert.Equal(0, HostTerminal.SetWindowSize(master, size));
        Assert.Equal(0, HostTerminal.GetWindowSize(terminal, out HostWindowSize read));
        Assert.Equal(size, read);
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.GetWindowSize(OpenTemp("file"u8), out _));
        Assert.Equal(-HostErrno.EBADF, HostTerminal.SetWindowSize(NoFd, size));
    }

    /// <summary>Types a line of three bytes and waits until the terminal has it: the host takes its time.</summary>
    private static void TypeLine(int master, int terminal)
    {
        HostFile.Write(master, "ab\n"u8);
        Assert.Equal(HostPollEvents.In, HostPoll.Poll(terminal, HostPollEvents.In, HostPoll.Forever));
    }

    [Fact]
    public void GetReadable_CountsWholeLines_OrRawBytes()
    {
        (int master, int terminal) = OpenTerminal();
        TypeLine(master, terminal);
        Assert.Equal(3, HostTerminal.GetReadable(terminal));
        (int read, int write) = OpenPipe();
        HostFile.Write(write, "12345"u8);
        Assert.Equal(5, HostTerminal.GetReadable(read));
        Assert.Equal(-HostErrno.EBADF, HostTerminal.GetReadable(NoFd));
    }

    [Fact]
    public void Flush_DropsInput()
    {
        (int master, int terminal) = OpenTerminal();
        TypeLine(master, terminal);
        Assert.Equal(0, HostTerminal.Flush(terminal, 0));
        Assert.Equal(0, HostTerminal.GetReadable(terminal));
        Assert.Equal(-HostErrno.EINVAL, HostTerminal.Flush(terminal, 9));
    }

    [Fact]
    public void Flow_And_Drain_Succeed()
    {
        (_, int terminal) = OpenTerminal();
        Assert.Equal(0, HostTerminal.Flow(terminal, 0));
        Assert.Equal(0, HostTerminal.Flow(terminal, 1));
        Assert.Equal(0, HostTerminal.BreakOrDrainInterruptible(terminal, 1));
        Assert.Equal(-HostErrno.EINVAL, HostTerminal.Flow(terminal, 9));
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.BreakOrDrainInterruptible(OpenTemp("file"u8), 1));
    }

    [Fact]
    public void MakeRaw_PassesBytesUnchangedAndSilently()
    {
        (int master, int terminal) = OpenTerminal();
        byte[] attributes = Attributes(terminal);
        HostTerminal.MakeRaw(attributes);
        Assert.Equal(0, HostTerminal.SetAttributes(terminal, HostTerminalWhen.Now, attributes));
        ReadOnlySpan<byte> bytes = [3, (byte)'\r', 0x1A, 0xFF];
        HostFile.Write(master, bytes);
        byte[] buffer = new byte[16];
        int length = 0;
        while (length < bytes.Length)
            length += (int)HostFile.Read(terminal, buffer.AsSpan(length));
        Assert.Equal(bytes.ToArray(), buffer[..length]);
        Assert.Equal(0, HostTerminal.GetReadable(master));
        HostFile.Write(terminal, "\n"u8);
        Assert.Equal(1, HostFile.Read(master, buffer));
    }

    [Fact]
    public void MakeRaw_LeavesShortBufferAlone()
    {
        byte[] attributes = [.. Enumerable.Repeat((byte)0xFF, 35)];
        HostTerminal.MakeRaw(attributes);
        Assert.All(attributes, b => Assert.Equal(0xFF, b));
    }

    [Fact]
    public void ForegroundGroup_IsEnotty_WhenTerminalIsNotOurs()
    {
        (_, int terminal) = OpenTerminal();
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.GetForegroundGroup(terminal));
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.SetForegroundGroupInterruptible(terminal, HostProcess.GetProcessGroup()));
        Assert.Equal(-HostErrno.ENOTTY, HostTerminal.GetForegroundGroup(OpenTemp("file"u8)));
    }

    [Fact]
    public void ForegroundGroup_IsReadAndSet_AndRestoreLeavesOtherJobAlone()
    {
        (int master, _) = OpenTerminal();
        byte[] path = Encoding.ASCII.GetBytes($"/dev/pts/{HostPseudoTerminal.GetNumber(master)}");
        ChildStatus status = Child.StartSession("terminal", path).Wait();
        Assert.Equal((true, 0), (status.Exited, status.ExitStatus));
    }

    [Fact]
    public void PseudoTerminal_IsLockedAtFirst()
    {
        const int Flags = HostOpenFlags.ReadWrite | HostOpenFlags.NoControllingTerminal;
        int master = Keep(HostPseudoTerminal.OpenMaster(Flags));
        Assert.True(HostPseudoTerminal.GetNumber(master) >= 0);
        Assert.Equal(-HostErrno.EIO, HostPseudoTerminal.OpenPeer(master, Flags));
        Assert.Equal(0, HostPseudoTerminal.Unlock(master));
        int terminal = Keep(HostPseudoTerminal.OpenPeer(master, Flags));
        HostFile.Write(terminal, "x"u8);
        Assert.Equal(1, HostFile.Read(master, new byte[4]));
        int file = OpenTemp("file"u8);
        Assert.Equal(-HostErrno.ENOTTY, HostPseudoTerminal.GetNumber(file));
        Assert.Equal(-HostErrno.ENOTTY, HostPseudoTerminal.Unlock(file));
        Assert.Equal(-HostErrno.ENOTTY, HostPseudoTerminal.OpenPeer(file, Flags));
    }
}
