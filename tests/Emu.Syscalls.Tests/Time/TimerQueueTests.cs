namespace Emu.Syscalls.Tests;

public sealed class TimerQueueTests
{
    [Fact]
    public void Run_ExpiresInOrder_WhenTimersAreStartedInAnyOrder()
    {
        TimerQueue queue = new();
        List<int> expired = [];
        Random random = new(1);
        int[] times = [.. Enumerable.Range(0, 200).Select(_ => random.Next(50))];
        for (int i = 0; i < times.Length; i++)
            queue.Start(new Noted(expired, (times[i] * 1000) + i), (ulong)times[i]);
        queue.Run(24);
        Assert.Equal(times.Count(static time => time <= 24), expired.Count);
        queue.Run(100);
        Assert.Equal(expired.Order(), expired);
        Assert.Equal(200, expired.Count);
        Assert.Equal(Scheduler.Never, queue.Next);
    }

    [Fact]
    public void Cancel_KeepsTheOthersInOrder_WhenTimersLeaveTheMiddle()
    {
        TimerQueue queue = new();
        List<int> expired = [];
        Noted[] timers = [.. Enumerable.Range(0, 100).Select(i => new Noted(expired, i))];
        foreach (Noted timer in timers.OrderBy(static timer => timer.Name * 37 % 100))
            queue.Start(timer, (ulong)timer.Name);
        foreach (Noted timer in timers.Where(static timer => timer.Name % 3 == 0))
            Assert.True(queue.Cancel(timer));
        Assert.False(queue.Cancel(timers[0]));
        queue.Run(ulong.MaxValue - 1);
        Assert.Equal(Enumerable.Range(0, 100).Where(static i => i % 3 != 0), expired);
    }

    [Fact]
    public void Start_MovesATimer_WhenItRunsAlready()
    {
        TimerQueue queue = new();
        List<int> expired = [];
        Noted timer = new(expired, 1);
        queue.Start(timer, 10);
        queue.Start(timer, 20);
        queue.Run(15);
        Assert.Empty(expired);
        queue.Run(20);
        Assert.Single(expired);
        Assert.False(timer.IsActive);
    }

    private sealed class Noted(List<int> expired, int name) : KernelTimer
    {
        public int Name => name;

        public override void Expire() => expired.Add(name);
    }
}
