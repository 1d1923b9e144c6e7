using System.Text;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostSignalTests
{
    [Theory]
    [InlineData(HostSignalNumber.HangUp)]
    [InlineData(HostSignalNumber.Interrupt)]
    [InlineData(HostSignalNumber.Quit)]
    [InlineData(HostSignalNumber.Terminate)]
    [InlineData(HostSignalNumber.WindowChange)]
    [InlineData(HostSignalNumber.TerminalStop)]
    [InlineData(HostSignalNumber.Continue)]
    [InlineData(HostSignalNumber.User1)]
    [InlineData(HostSignalNumber.Alarm)]
    public void Register_CallsHandler_WithNumber(int signal)
    {
        using SemaphoreSlim called = new(0);
        int seen = 0;
        int result = HostSignal.Register(
            signal,
            number =>
            {
                seen = number;
                called.Release();
                return true;
            },
            out IDisposable? registration);
        Assert.Equal(0, result);
        using (registration)
        {
            NativeTest.kill(HostProcess.GetPid(), signal);
            called.Wait();
            Assert.Equal(signal, seen);
            Assert.False(HostSignal.IsIgnored(signal));
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(19)]
    [InlineData(11)]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(34)]
    [InlineData(60)]
    [InlineData(65)]
    public void Register_IsEinval_ForSignalsThatAreNotToBeCaught(int signal)
    {
        Assert.Equal(-HostErrno.EINVAL, HostSignal.Register(signal, _ => true, out IDisposable? registration));
        Assert.Null(registration);
    }

    [Theory]
    [InlineData(HostSignalNumber.User1)]
    [InlineData(HostSignalNumber.HangUp)]
    public void Register_LetsDefaultActionFollow_WhenHandlerDeclines(int signal)
    {
        ChildStatus status = Child.Start("default", Encoding.ASCII.GetBytes($"{signal}")).Wait();
        Assert.True(status.Signal == signal || status.ExitStatus == 128 + signal, $"{status.Word:x}");
    }

    [Fact]
    public void IsIgnored_TellsWhatRuntimeIgnores()
    {
        const int Pipe = 13;
        Assert.True(HostSignal.IsIgnored(Pipe));
        Assert.False(HostSignal.IsIgnored(HostSignalNumber.User2));
        Assert.False(HostSignal.IsIgnored(-1));
    }
}
