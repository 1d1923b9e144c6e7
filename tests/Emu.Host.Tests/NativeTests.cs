using Emu.Host.Tests.Support;

namespace Emu.Host.Tests;

public class NativeTests : TestBase
{
    /// <summary>errno must reach us through all that the runtime does between a call and the question for its error.</summary>
    [Fact]
    public void Errno_IsThatOfTheCall_WhileTheRuntimeCollectsAndOtherThreadsFail()
    {
        (Func<long> Call, int Error)[] cases =
        [
            (() => HostFile.Close(-1), HostErrno.EBADF),
            (() => HostFile.OpenAt(HostAtFlags.CurrentDirectory, "/no/such"u8, 0), HostErrno.ENOENT),
            (() => HostFile.Pipe2(out _, out _, -1), HostErrno.EINVAL),
            (() => HostTerminal.Flush(Temp.Fd, 0), HostErrno.ENOTTY),
        ];
        using CancellationTokenSource stop = new();
        Thread collector = new(() =>
        {
            while (!stop.IsCancellationRequested)
                GC.Collect();
        });
        _ = Temp.Fd;
        collector.Start();
        List<string> wrong = [];
        Thread[] threads = [.. cases.Select(c => new Thread(() => CheckOften(c.Call, c.Error, wrong)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        stop.Cancel();
        collector.Join();
        Assert.Empty(wrong);
    }

    private static void CheckOften(Func<long> call, int error, List<string> wrong)
    {
        for (int i = 0; i < 20000; i++)
        {
            _ = new byte[100];
            long result = call();
            if (result == -error)
                continue;
            lock (wrong)
                wrong.Add($"{result} for {-error}");
        }
    }

    [Fact]
    public void Syscall_ReportsEnosys_ForUnknownNumber() => Assert.Equal(-HostErrno.ENOSYS, Native.Syscall(100000));
}
