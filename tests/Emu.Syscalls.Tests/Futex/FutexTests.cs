using Emu.Mm;

namespace Emu.Syscalls.Tests;

public sealed class FutexTests
{
    private const ulong ThreadFlags = 0x10F00;
    private const ulong Wait = 128, Wake = 129, CmpRequeue = 132, WaitBitset = 137, WakeBitset = 138;

    [Fact]
    public void Wake_WakesInTheOrderOfComing_WhenSomeWait()
    {
        using ScriptedMachine machine = new();
        ulong waiter = machine.Add(self => Waiting(machine, self, Wait, 0));
        machine.Run(self => ScriptedMachine.Then(
            [.. Start(waiter, 3), new Call(Calls.Futex, self.Page, Wake, 2), new Call(Calls.SchedYield), new Call(Calls.SchedYield)],
            Report(machine, self)));
        Assert.Equal(["3:0", "4:0", "left 1"], machine.Notes);
    }

    [Fact]
    public void Wake_PassesOverOthers_WhenBitsDiffer()
    {
        using ScriptedMachine machine = new();
        ulong odd = machine.Add(self => Waiting(machine, self, WaitBitset, 1));
        ulong even = machine.Add(self => Waiting(machine, self, WaitBitset, 2));
        machine.Run(self => ScriptedMachine.Then(
            [
                .. Start(odd, 1), .. Start(even, 1), .. Start(odd, 1), new Call(Calls.Futex, self.Page, WakeBitset, 9, 0, 0, 2),
                new Call(Calls.SchedYield),
            ],
            Report(machine, self)));
        Assert.Equal(["4:0", "left 2"], machine.Notes);
    }

    [Fact]
    public void Requeue_MovesTheRest_WhenOneIsWoken()
    {
        using ScriptedMachine machine = new();
        ulong waiter = machine.Add(self => Waiting(machine, self, Wait, 0));
        machine.Run(self => ScriptedMachine.Then(
            [
                .. Start(waiter, 3), new Call(Calls.Futex, self.Page, CmpRequeue, 1, 9, self.Page + 4, 0), new Call(Calls.SchedYield),
                new Call(Calls.Futex, self.Page, Wake, 9), new Call(Calls.Futex, self.Page + 4, Wake, 9), new Call(Calls.SchedYield),
            ],
            Report(machine, self)));
        Assert.Equal(["3:0", "4:0", "5:0", "left 0"], machine.Notes);
    }

    [Fact]
    public void Wait_GivesEtimedout_WhenItsTimeIsUp()
    {
        using ScriptedMachine machine = new();
        machine.Run(self => TimedOut(machine, self));
        Assert.Equal([(-Errno.ETIMEDOUT).ToString(), "left 0"], machine.Notes);
    }

    [Fact]
    public void TryGet_TellsSharedFromPrivate_WhenMemoryIsPrivate()
    {
        using ScriptedMachine machine = new();
        machine.Run(self =>
        {
            Assert.Equal(0, FutexKey.TryGet(self.Task, self.Page, isShared: false, out FutexKey own));
            Assert.Equal(0, FutexKey.TryGet(self.Task, self.Page, isShared: true, out FutexKey shared));
            Assert.NotEqual(own, shared);
            Assert.Equal(-Errno.EINVAL, FutexKey.TryGet(self.Task, self.Page + 1, isShared: false, out _));
            Assert.Equal(-Errno.EFAULT, FutexKey.TryGet(self.Task, 8, isShared: true, out _));
            return [];
        });
    }

    private static IEnumerable<Call> TimedOut(ScriptedMachine machine, ScriptedTask self)
    {
        self.Task.User.TryPut(self.Page + 64, new Timespec(0, 1000));
        yield return new Call(Calls.Futex, self.Page, Wait, 0, self.Page + 64);
        machine.Notes.Add(self.Result.ToString());
        machine.Notes.Add($"left {machine.Kernel.Futexes.Count}");
    }

    private static IEnumerable<Call> Start(ulong script, int count) =>
        Enumerable.Repeat(new[] { new Call(Calls.Clone, ThreadFlags, script), new Call(Calls.SchedYield) }, count).SelectMany(static calls => calls);

    private static IEnumerable<Call> Waiting(ScriptedMachine machine, ScriptedTask self, ulong operation, ulong bits)
    {
        yield return new Call(Calls.Futex, self.Page, operation, 0, 0, 0, bits);
        machine.Notes.Add($"{self.Task.ThreadId}:{self.Result}");
        yield return new Call(Calls.Exit);
    }

    private static IEnumerable<Call> Report(ScriptedMachine machine, ScriptedTask self)
    {
        int left = 0;
        for (FutexWaiter? at = machine.Kernel.Futexes.FirstOf(new FutexKey(self.Task.Mm, self.Page)); at != null; at = at.Next)
            left++;
        machine.Notes.Add($"left {left}");
        yield return new Call(Calls.ExitGroup);
    }
}
