using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Stops a machine after some time of the host (--timeout).</summary>
internal static class Deadline
{
    // A machine that has not stopped then never will.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Starts to wait.</summary>
    /// <param name="kernel">The machine.</param>
    /// <param name="time">How long it may run.</param>
    /// <param name="endNow">Ends emu with a status, from the thread that waits.</param>
    public static void Start(Kernel kernel, TimeSpan time, Action<int> endNow)
    {
        Thread thread = new(Wait) { IsBackground = true, Name = "timeout" };
        thread.Start();

        void Wait()
        {
            Sleep(time);
            kernel.Stop.Request(StopReason.Timeout);
            Thread.Sleep(Patience);
            endNow(ExitStatus.LimitReached);
        }
    }

    // A sleep takes 24 days at most.
    private static void Sleep(TimeSpan time)
    {
        TimeSpan longest = TimeSpan.FromDays(1);
        for (; time > longest; time -= longest)
            Thread.Sleep(longest);
        Thread.Sleep(time);
    }
}
