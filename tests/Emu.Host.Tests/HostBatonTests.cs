namespace Emu.Host.Tests;

public class HostBatonTests
{
    [Fact]
    public void Wait_ReturnsAtOnce_WhenPassedBefore()
    {
        using HostBaton baton = new();
        baton.Pass();
        baton.Pass();
        Assert.True(baton.Wait(0));
        Assert.False(baton.Wait(0));
    }

    [Fact]
    public void Wait_TimesOut_WhenNobodyPasses()
    {
        using HostBaton baton = new();
        long before = HostClock.Monotonic();
        Assert.False(baton.Wait(20_000_000));
        Assert.True(HostClock.Monotonic() - before >= 20_000_000);
    }

    [Fact]
    public void Batons_CarryEveryHandover_BetweenTwoThreads()
    {
        const int Rounds = 20_000;
        using HostBaton there = new(), back = new();
        int shared = 0;
        Thread thread = new(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                there.Wait();
                shared++;
                back.Pass();
            }
        });
        thread.Start();
        for (int i = 0; i < Rounds; i++)
        {
            Assert.Equal(i, shared);
            there.Pass();
            back.Wait();
        }
        thread.Join();
        Assert.Equal(Rounds, shared);
    }
}
