using Emu.Mm;

namespace Emu.Syscalls.Tests;

public sealed class KernelThreadTests
{
    [Fact]
    public void Wake_RunsAStepBeforeTheTaskGoesOn_WhenATaskWakesIt()
    {
        using ScriptedMachine machine = new();
        Counter thread = new(machine.Kernel, Scheduler.Never);
        machine.Run(_ => Script());
        Assert.Equal(1, thread.Steps);
        Assert.Equal(0, machine.Kernel.Pids.TaskCount);

        IEnumerable<Call> Script()
        {
            thread.Wake();
            thread.Wake();
            yield return new Call(Calls.GetPid);
            machine.Notes.Add($"{thread.Steps}");
            Assert.Equal(1, thread.Steps);
        }
    }

    [Fact]
    public void Step_IsCalledAgainAtItsTime_WhileATaskSleeps()
    {
        using ScriptedMachine machine = new();
        Counter thread = new(machine.Kernel, 1_000_000_000);
        thread.Wake();
        machine.Run(self =>
        {
            self.Task.User.TryPut(self.Page, new Timespec(5, 500_000_000));
            return [new Call(Calls.NanoSleep, self.Page)];
        });
        Assert.Equal(6, thread.Steps);
    }

    [Fact]
    public void Step_KeepsNoMachineGoing_WhenEveryTaskWaitsForEver()
    {
        using ScriptedMachine machine = new();
        Counter thread = new(machine.Kernel, 1_000_000_000);
        thread.Wake();
        Assert.Null(machine.Run(static self => [new Call(Calls.Futex, self.Page, 0, 0)]));
        Assert.Equal(StopReason.Deadlock, machine.Kernel.Stop.Reason);
        Assert.Equal(1, thread.Steps);
    }

    private sealed class Counter : KernelThread
    {
        private readonly ulong _pause;

        public Counter(Kernel kernel, ulong pause)
            : base(kernel.Threads)
        {
            _pause = pause;
            kernel.Threads.Add(this);
        }

        public override string Name => "counter";

        public int Steps { get; private set; }

        protected override ulong Step(ulong now)
        {
            Assert.Null(TaskMemory.Running);
            Steps++;
            return _pause == Scheduler.Never ? Scheduler.Never : now + _pause;
        }
    }
}
