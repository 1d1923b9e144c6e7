namespace Emu.Host.Tests;

public class HostClockTests
{
    [Fact]
    public void Realtime_AgreesWithLibrary()
    {
        long before = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        long time = HostClock.Realtime();
        long after = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        Assert.InRange(time, before - 100, after + 100);
    }

    [Fact]
    public void Clocks_NeverGoBack()
    {
        foreach (Func<long> clock in new Func<long>[]
                 {
                     HostClock.Monotonic, HostClock.BootTime, HostClock.ProcessCpuTime, HostClock.ThreadCpuTime,
                 })
        {
            long last = clock();
            for (int i = 0; i < 1000; i++)
            {
                long now = clock();
                Assert.True(now >= last && last > 0);
                last = now;
            }
        }
        Assert.True(HostClock.ThreadCpuTime() <= HostClock.ProcessCpuTime());
    }

    [Fact]
    public void GetTime_IsEinval_ForUnknownClock()
    {
        Assert.Equal(-HostErrno.EINVAL, HostClock.GetTime(99));
        Assert.Equal(-HostErrno.EINVAL, HostClock.GetResolution(99));
    }

    [Fact]
    public void GetTime_KnowsEveryListedClock()
    {
        foreach (int clock in new[]
                 {
                     HostClockId.Realtime, HostClockId.Monotonic, HostClockId.ProcessCpuTime, HostClockId.ThreadCpuTime,
                     HostClockId.MonotonicRaw, HostClockId.RealtimeCoarse, HostClockId.MonotonicCoarse,
                     HostClockId.BootTime, HostClockId.Tai,
                 })
        {
            Assert.True(HostClock.GetTime(clock) > 0, $"{clock}");
            Assert.True(HostClock.GetResolution(clock) > 0, $"{clock}");
        }
    }

    [Fact]
    public void SleepUntil_ReachesTime()
    {
        long goal = HostClock.Monotonic() + 2_000_000;
        Assert.Equal(0, HostClock.SleepUntil(HostClockId.Monotonic, goal));
        Assert.True(HostClock.Monotonic() >= goal);
        Assert.Equal(0, HostClock.SleepUntilInterruptible(HostClockId.Monotonic, 1));
        Assert.Equal(-HostErrno.EINVAL, HostClock.SleepUntil(HostClockId.Monotonic, -1));
        Assert.Equal(-HostErrno.EINVAL, HostClock.SleepUntil(99, 0));
    }
}
