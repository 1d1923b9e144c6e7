using Microsoft.Extensions.Logging;

namespace Emu.Syscalls.Tests;

public sealed class SchedulerTests
{
    private const ulong ThreadFlags = 0x10F00; // CLONE_VM, FS, FILES, SIGHAND, THREAD
    private const ulong ProcessFlags = Signal.SIGCHLD;

    [Fact]
    public void Run_GivesTheStatus_WhenTheFirstProcessExits()
    {
        using ScriptedMachine machine = new();
        Assert.Equal(7 << 8, machine.Run(static _ => [new Call(Calls.ExitGroup, 7)]));
        Assert.Equal(0, machine.Kernel.Pids.TaskCount);
    }

    [Fact]
    public void Run_ReportsADeadlock_WhenEveryTaskWaits()
    {
        RecordingLogger log = new();
        using ScriptedMachine machine = new(log);
        ulong thread = machine.Add(static self => [new Call(Calls.Futex, self.Page, 0, 0)]);
        Assert.Null(machine.Run(_ => [new Call(Calls.Clone, ThreadFlags, thread), new Call(Calls.Pause)]));
        Assert.Equal(StopReason.Deadlock, machine.Kernel.Stop.Reason);
        string report = Assert.Single(log.Lines, static line => line.Contains("deadlock"));
        Assert.Contains("2/2 (script) waits in pause", report);
        Assert.Contains("2/3 (script) waits in futex(0x10000", report);
    }

    [Fact]
    public void Run_ReportsADeadlock_WhenTheHostMaySendSignalsThatNobodyCountsOn()
    {
        using ScriptedMachine machine = new();
        machine.Kernel.ListenToHost(true);
        Assert.Null(machine.Run(static self => [new Call(Calls.Futex, self.Page, 0, 0)]));
        Assert.Equal(StopReason.Deadlock, machine.Kernel.Stop.Reason);
    }

    [Fact]
    public void Run_Ends_WhenTheFirstProcessHasEndedAndTheRestWaitForEver()
    {
        using ScriptedMachine machine = new();
        ulong child = machine.Add(static _ => [new Call(Calls.Pause)]);
        Assert.Equal(0, machine.Run(_ => [new Call(Calls.Clone, ProcessFlags, child)]));
        Assert.Equal(StopReason.Abandoned, machine.Kernel.Stop.Reason);
    }

    [Fact]
    public void Sleep_MovesVirtualTimeOn_WhenNothingElseCanRun()
    {
        using ScriptedMachine machine = new();
        ulong start = machine.Kernel.Clock.Monotonic;
        machine.Run(self =>
        {
            self.Task.User.TryPut(self.Page, new Timespec(5, 1));
            return [new Call(Calls.NanoSleep, self.Page)];
        });
        Assert.Equal(start + 5_000_000_001, machine.Kernel.Clock.Monotonic);
    }

    [Fact]
    public void Yield_LetsTheOthersRunInTurn_WhenAllAreAlike()
    {
        using ScriptedMachine machine = new();
        ulong other = machine.Add(self => Noted(machine, self));
        Call start = new(Calls.Clone, ThreadFlags, other);
        machine.Run(self => ScriptedMachine.Then([start, start], Noted(machine, self)));
        Assert.Equal(["2", "3", "4", "2", "3", "4", "2", "3", "4"], machine.Notes);
    }

    [Fact]
    public void Wake_RunsARealTimeTaskFirst_WhenOthersWaitForTheCpu()
    {
        using ScriptedMachine machine = new();
        ulong urgent = machine.Add(self => Urgent(machine, self));
        ulong ordinary = machine.Add(self => Noted(machine, self));
        machine.Run(self => ScriptedMachine.Then(
            [
                new Call(Calls.Clone, ThreadFlags, urgent), new Call(Calls.SchedYield), new Call(Calls.Clone, ThreadFlags, ordinary),
                new Call(Calls.Futex, self.Page, 1, 1),
            ],
            Noted(machine, self)));
        Assert.Equal("urgent", machine.Notes[0]);
    }

    [Fact]
    public void Kill_EndsATaskThatSleeps_WhenTheSignalIsFatal()
    {
        using ScriptedMachine machine = new();
        ulong child = machine.Add(static _ => [new Call(Calls.Pause)]);
        machine.Run(self => KillChild(machine, self, child));
        Assert.Equal(["3", "9"], machine.Notes);
        Assert.Equal(StopReason.None, machine.Kernel.Stop.Reason);
    }

    [Fact]
    public void Run_IsTheSameEachTime_WhenManyTasksContend()
    {
        List<string> first = Contend(), second = Contend();
        Assert.Equal(first, second);
        Assert.Equal(30, first.Count);
    }

    private static List<string> Contend()
    {
        using ScriptedMachine machine = new();
        ulong other = machine.Add(self => Noted(machine, self));
        machine.Run(self => ScriptedMachine.Then(Enumerable.Repeat(new Call(Calls.Clone, ThreadFlags, other), 9), Noted(machine, self)));
        return machine.Notes;
    }

    private static IEnumerable<Call> Noted(ScriptedMachine machine, ScriptedTask self)
    {
        for (int i = 0; i < 3; i++)
        {
            machine.Notes.Add(self.Task.ThreadId.ToString());
            yield return new Call(Calls.SchedYield);
        }
        yield return new Call(Calls.Exit);
    }

    private static IEnumerable<Call> Urgent(ScriptedMachine machine, ScriptedTask self)
    {
        self.Task.User.TryPut(self.Page + 8, 10);
        yield return new Call(Calls.SetScheduler, 0, 1, self.Page + 8);
        yield return new Call(Calls.Futex, self.Page, 0, 0);
        machine.Notes.Add("urgent");
        yield return new Call(Calls.Exit);
    }

    private static IEnumerable<Call> KillChild(ScriptedMachine machine, ScriptedTask self, ulong child)
    {
        yield return new Call(Calls.Clone, ProcessFlags, child);
        ulong pid = (ulong)self.Result;
        yield return new Call(Calls.SchedYield);
        yield return new Call(Calls.Kill, pid, Signal.SIGKILL);
        yield return new Call(Calls.Wait4, pid, self.Page, 0, 0);
        machine.Notes.Add(self.Result.ToString());
        machine.Notes.Add(self.Task.User.TryGet(self.Page, out int status) ? status.ToString() : "?");
    }

    private sealed class RecordingLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
