using System.Text;
using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class HostProcessTests : TestBase
{
    private static byte[] Number(int value) => Encoding.ASCII.GetBytes($"{value}");

    /// <summary>What a child wrote to a pipe that it was given: strings in hexadecimal.</summary>
    private List<byte[]> Strings(Func<byte[], Child> start)
    {
        Assert.Equal(0, HostFile.Pipe2(out int read, out int write, 0));
        Keep(read);
        Child child = start(Number(write));
        HostFile.Close(write);
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        for (long n; (n = HostFile.Read(read, buffer)) > 0;)
            text.Append(Encoding.ASCII.GetString(buffer, 0, (int)n));
        ChildStatus status = child.Wait();
        Assert.Equal((true, 0), (status.Exited, status.ExitStatus));
        return [.. text.ToString().Split('\n')[..^1].Select(Convert.FromHexString)];
    }

    [Fact]
    public void GetArguments_KeepsRawBytes()
    {
        byte[] odd = OddName.ToArray();
        byte[] large = new byte[10000];
        large.AsSpan().Fill((byte)'l');
        List<byte[]> arguments = Strings(fd => Child.Start("arguments", fd, odd, [], large, []));
        Assert.Equal([odd, [], large, []], arguments);
    }

    [Fact]
    public void GetEnvironment_KeepsRawBytes()
    {
        byte[] variable = [.. "ODD="u8, .. OddName];
        List<byte[]> variables = Strings(fd => Child.StartWith([variable], "environment", fd));
        Assert.Contains(variables, v => v.AsSpan().SequenceEqual(variable));
        Assert.Contains(variables, v => v.AsSpan().StartsWith("PATH="u8));
    }

    [Fact]
    public void SplitStrings_KeepsEmptyOnes_AndLastWithoutNul()
    {
        Assert.Empty(HostProcess.SplitStrings(default));
        Assert.Equal([[]], HostProcess.SplitStrings("\0"u8));
        Assert.Equal(["a"u8.ToArray(), [], "b"u8.ToArray()], HostProcess.SplitStrings("a\0\0b\0"u8));
        Assert.Equal(["a"u8.ToArray(), "b"u8.ToArray()], HostProcess.SplitStrings("a\0b"u8));
    }

    [Fact]
    public void Ids_AgreeWithProc()
    {
        string status = File.ReadAllText("/proc/self/status");
        Assert.Equal(Environment.ProcessId, HostProcess.GetPid());
        Assert.Contains($"PPid:\t{HostProcess.GetParentPid()}\n", status);
        Assert.Equal(0, HostProcess.GetUserIds(out uint real, out uint effective, out uint saved));
        Assert.Contains($"Uid:\t{real}\t{effective}\t{saved}\t", status);
        Assert.Equal(0, HostProcess.GetGroupIds(out real, out effective, out saved));
        Assert.Contains($"Gid:\t{real}\t{effective}\t{saved}\t", status);
        Assert.True(Directory.Exists($"/proc/self/task/{HostProcess.GetThreadId()}"));
        Assert.True(HostProcess.GetProcessGroup() > 0);
    }

    [Fact]
    public void GetGroups_CountsAndLists()
    {
        int count = HostProcess.GetGroups(default);
        Assert.True(count >= 0);
        uint[] groups = new uint[count + 4];
        Assert.Equal(count, HostProcess.GetGroups(groups));
        string expected = string.Concat(groups[..count].Select(g => $"{g} "));
        Assert.Contains($"Groups:\t{expected}\n", File.ReadAllText("/proc/self/status").Replace("Groups:\t \n", "Groups:\t\n"));
    }

    [Fact]
    public void SetUmask_GivesMaskBefore()
    {
        int before = HostProcess.SetUmask(0x3F);
        Assert.Equal(0x3F, HostProcess.SetUmask((uint)before));
        Assert.Equal(before, HostProcess.SetUmask((uint)before));
    }

    [Fact]
    public void Limits_AreReadAndSet()
    {
        const int Files = 7;
        Assert.Equal(0, HostProcess.GetLimit(Files, out ulong soft, out ulong hard));
        Assert.True(soft > 0 && soft <= hard);
        Assert.Equal(0, HostProcess.SetLimit(Files, soft - 1, hard));
        HostProcess.GetLimit(Files, out ulong lowered, out _);
        Assert.Equal(soft - 1, lowered);
        Assert.Equal(0, HostProcess.SetLimit(Files, soft, hard));
        Assert.Equal(-HostErrno.EINVAL, HostProcess.SetLimit(Files, hard, hard - 1));
        Assert.Equal(-HostErrno.EINVAL, HostProcess.GetLimit(99, out _, out _));
    }

    [Fact]
    public void Affinity_CountsProcessors()
    {
        Assert.InRange(HostProcess.GetAffinityCount(), 1, 8192);
        Assert.True(HostProcess.GetAffinity(new byte[1024]) > 0);
        Assert.Equal(-HostErrno.EINVAL, HostProcess.GetAffinity(new byte[1]));
    }

    [Fact]
    public void Utsname_HasItsFields()
    {
        byte[] utsname = new byte[HostProcess.UtsnameSize];
        Assert.Equal(0, HostProcess.GetUtsname(utsname));
        Assert.Equal("Linux"u8.ToArray(), HostProcess.GetField(utsname, HostUtsnameField.System).ToArray());
        string release = Encoding.ASCII.GetString(HostProcess.GetField(utsname, HostUtsnameField.Release));
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), release);
        Assert.Contains(
            Encoding.ASCII.GetString(HostProcess.GetField(utsname, HostUtsnameField.Machine)), new[] { "x86_64", "aarch64" });
        Assert.Equal(-HostErrno.EINVAL, HostProcess.GetUtsname(utsname.AsSpan(1)));
    }

    [Fact]
    public void GetRandom_Fills()
    {
        byte[] bytes = new byte[256];
        Assert.Equal(256, HostProcess.GetRandom(bytes));
        Assert.True(bytes.Distinct().Count() > 32);
        Assert.Equal(0, HostProcess.GetRandom(default));
        Assert.Equal(-HostErrno.EINVAL, HostProcess.GetRandom(bytes, 0x80));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(255)]
    public void ExitNow_EndsWithStatus(int expected)
    {
        ChildStatus status = Child.Start("exit", Number(expected)).Wait();
        Assert.Equal((true, expected), (status.Exited, status.ExitStatus));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(40)]
    public void DieBySignal_EndsWithSignal(int signal) =>
        Assert.Equal(signal, Child.Start("die", Number(signal)).Wait().Signal);

    [Fact]
    public void DieBySignal_ExitsAsShellsSay_WhenSignalDoesNotKill()
    {
        ChildStatus status = Child.Start("die", Number(HostSignalNumber.WindowChange)).Wait();
        Assert.Equal((true, 128 + HostSignalNumber.WindowChange), (status.Exited, status.ExitStatus));
    }

    [Theory]
    [InlineData(HostSignalNumber.Stop)]
    [InlineData(HostSignalNumber.TerminalStop)]
    public void StopBySignal_StopsUntilContinued(int signal)
    {
        Child child = Child.Start("stop", Number(signal));
        ChildStatus stopped = child.WaitStop();
        if (stopped.Stopped)
        {
            Assert.Equal(signal, stopped.StopSignal);
            child.Kill(HostSignalNumber.Continue);
            stopped = child.Wait();
        }
        else
        {
            Assert.NotEqual(HostSignalNumber.Stop, signal); // discarded where the test runs in an orphaned group
        }
        Assert.Equal((true, 0), (stopped.Exited, stopped.ExitStatus));
    }

    [Fact]
    public void StopBySignal_IsEinval_ForOtherSignals()
    {
        Assert.Equal(-HostErrno.EINVAL, HostProcess.StopBySignal(HostSignalNumber.Terminate));
        Assert.Equal(-HostErrno.EINVAL, HostProcess.StopBySignal(0));
    }
}
