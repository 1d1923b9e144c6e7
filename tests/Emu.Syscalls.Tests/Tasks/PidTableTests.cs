namespace Emu.Syscalls.Tests;

public sealed class PidTableTests
{
    [Fact]
    public void Allocate_CountsUp_WhenNumbersWereGivenBack()
    {
        PidTable pids = new();
        Pid first = pids.Allocate()!;
        pids.Release(first);
        Assert.Equal(first.Number + 1, pids.Allocate()!.Number);
        Assert.Null(pids.Find(first.Number));
    }

    [Fact]
    public void Allocate_StartsAgainAbove300_WhenTheHighestIsReached()
    {
        PidTable pids = new() { Maximum = 400 };
        Pid? last = null;
        for (int number = PidTable.Init + 1; number < 400; number++)
        {
            last = pids.Allocate();
            if (number >= 310)
                pids.Release(last!);
        }
        Assert.Equal(399, last!.Number);
        Assert.Equal(310, pids.Allocate()!.Number);
    }

    [Fact]
    public void Allocate_GivesNone_WhenAllAreTaken()
    {
        PidTable pids = new() { Maximum = 10 };
        for (int number = PidTable.Init + 1; number < 10; number++)
            Assert.NotNull(pids.Allocate());
        Assert.Null(pids.Allocate());
    }
}
