using Emu.Mm;

namespace Emu.Syscalls;

/// <content>Passing the CPU on, and what happens while nothing can run. Linux: <c>__schedule</c>, kernel/sched/idle.c.</content>
internal sealed partial class Scheduler
{
    /// <summary>Runs tasks for as long as the worker has the CPU. Linux: the loop of <c>__schedule</c> calls that a CPU is.</summary>
    internal void RunCpu(Worker worker)
    {
        Task? next = worker.First;
        worker.First = null;
        while (true)
        {
            next ??= PickNext(worker.Cpu!);
            if (next == null)
                return;
            if (next.Worker is { } parked)
            {
                CpuToken cpu = worker.Cpu!;
                _spares.Push(worker);
                Grant(cpu, parked);
                return;
            }
            worker.Cpu!.SwitchIn(next);
            RunLoop.Run(next);
            // The task may have slept meanwhile and gone on with another CPU.
            if (worker.Cpu!.Current is { } current)
                worker.Cpu.SwitchOut(current);
            next = null;
        }
    }

    /// <summary>The host threads that there are.</summary>
    internal int Workers => _workers;

    // Leaves the CPU to another task, in the middle of the kernel, until this one is chosen again.
    private void SwitchAway(Task task)
    {
        CpuToken cpu = task.Token!;
        Worker worker = cpu.Worker!;
        cpu.SwitchOut(task);
        Task? next = PickNext(cpu);
        Bug.On(next == null, "the machine has ended while a task sleeps");
        if (next != task)
        {
            task.Worker = worker;
            HandOver(cpu, next);
            worker.Baton.Wait();
            task.Worker = null;
        }
        worker.Cpu!.SwitchIn(task);
    }

    private void HandOver(CpuToken cpu, Task? next)
    {
        Worker? worker = next?.Worker;
        if (worker == null)
        {
            worker = _spares.TryPop(out Worker? spare) ? spare : new Worker(this, _workers++);
            worker.First = next;
        }
        Grant(cpu, worker);
    }

    private static void Grant(CpuToken cpu, Worker worker)
    {
        cpu.Worker = worker;
        worker.Cpu = cpu;
        worker.Baton.Pass();
    }

    // The task to run now, waited for if there is none; null when the machine has ended.
    private Task? PickNext(CpuToken cpu)
    {
        while (true)
        {
            if (PickReady() is { } next)
                return next;
            if (_kernel.Pids.TaskCount == 0)
            {
                End();
                return null;
            }
            WaitForWork(cpu);
        }
    }

    private Task? PickReady()
    {
        TakeArrivals();
        _kernel.Timers.Run(_kernel.Clock.Monotonic);
        return _queue.Dequeue();
    }

    // Nothing can run: time passes, or the host brings something, or nothing ever will. Linux: do_idle
    private void WaitForWork(CpuToken cpu)
    {
        ulong next = _kernel.Timers.Next;
        bool alone = IsCutOffFromHost;
        if (alone && next == Never)
        {
            ReportDeadlock();
            return;
        }
        if (alone && _kernel.Clock.IsVirtual)
        {
            _kernel.Clock.SkipTo(next);
            return;
        }
        WaitForHost(cpu, next);
    }

    // The last task is gone: the workers go too.
    private void End()
    {
        while (_spares.TryPop(out Worker? spare))
        {
            spare.Cpu = null;
            spare.Baton.Pass();
        }
        Worker last = _cpu.Worker!;
        last.Cpu = null;
        last.Baton.Pass();
        _kernel.OnEnded();
    }
}
