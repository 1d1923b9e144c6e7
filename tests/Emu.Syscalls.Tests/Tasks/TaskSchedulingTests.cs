namespace Emu.Syscalls.Tests;

public sealed class TaskSchedulingTests
{
    [Theory]
    [InlineData((int)SchedulingPolicy.Fifo, 99, 0)]
    [InlineData((int)SchedulingPolicy.RoundRobin, 1, 98)]
    [InlineData((int)SchedulingPolicy.Other, 0, 100)]
    [InlineData((int)SchedulingPolicy.Batch, 0, 100)]
    [InlineData((int)SchedulingPolicy.Idle, 0, 101)]
    public void Level_OrdersPolicies_WhenPriorityIsGiven(int policy, int priority, int level)
    {
        TaskScheduling scheduling = new() { Policy = (SchedulingPolicy)policy, RtPriority = priority };
        Assert.Equal(level, scheduling.Level);
    }

    [Fact]
    public void SliceOf_GrowsByAQuarterANiceStep_WhenNiceFalls()
    {
        TaskScheduling normal = default;
        Assert.Equal(1_000_000, normal.SliceOf(1_000_000));
        double ratio = (double)(normal with { Nice = -1 }).SliceOf(1_000_000) / normal.SliceOf(1_000_000);
        Assert.InRange(ratio, 1.2, 1.3);
        Assert.True((normal with { Nice = 19 }).SliceOf(1_000_000) < 20_000);
    }

    [Fact]
    public void ForChild_DropsPrivilege_WhenItResetsOnFork()
    {
        TaskScheduling fifo = new() { Policy = SchedulingPolicy.Fifo, RtPriority = 9, ResetOnFork = true };
        Assert.Equal(SchedulingPolicy.Other, fifo.ForChild().Policy);
        TaskScheduling raised = new() { Nice = -5, ResetOnFork = true };
        Assert.Equal(0, raised.ForChild().Nice);
        Assert.False(raised.ForChild().ResetOnFork);
        Assert.Equal(-5, (raised with { ResetOnFork = false }).ForChild().Nice);
    }
}
