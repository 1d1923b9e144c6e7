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
            worker.Cpu!.SwitchOut(next);
            next = null;
        }
    }

    /// <summary>The host threads that there are.</summary>
    internal int Workers => _workers.Count;

    // Leaves the CPU to another task, in the middle of the kernel, until this one is chosen again.
    private void SwitchAway(Task task)
    {
        CpuToken cpu = task.Token!;
        Worker worker = cpu.Worker!;
        cpu.SwitchOut(task);
        Task next = PickNext(cpu) ?? throw new MachineEndedException();
        if (next != task)
        {
            task.Worker = worker;
            HandOver(cpu, next);
            WaitForCpu(worker);
            task.Worker = null;
        }
        worker.Cpu!.SwitchIn(task);
    }

    private static void WaitForCpu(Worker worker)
    {
        worker.Baton.Wait();
        if (worker.Cpu == null)
            throw new MachineEndedException();
    }

    private void HandOver(CpuToken cpu, Task? next)
    {
        Worker? worker = next?.Worker;
        if (worker == null)
        {
            worker = _spares.TryPop(out Worker? spare) ? spare : AddWorker();
            worker.First = next;
        }
        Grant(cpu, worker);
    }

    private Worker AddWorker()
    {
        Worker worker = new(this, _workers.Count);
        _workers.Add(worker);
        return worker;
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
            if (_kernel.Stop.IsRequested)
                break;
            if (PickReady() is { } next)
                return next;
            if (_kernel.Pids.TaskCount == 0)
                break;
            WaitForWork(cpu);
        }
        End();
        return null;
    }

    private Task? PickReady()
    {
        TakeArrivals();
        _kernel.Timers.Run(_kernel.Clock.Monotonic);
        _kernel.Threads.Run();
        return _queue.Dequeue();
    }

    // Nothing can run: time passes, or the host brings something, or nothing ever will. Linux: do_idle
    private void WaitForWork(CpuToken cpu)
    {
        ulong next = _kernel.Timers.NextAwaited;
        bool alone = IsCutOffFromHost;
        if (alone && next == Never && IsForsaken)
            ReportDeadlock();
        else if (alone && next == Never)
            WaitForSignal(cpu);
        else if (alone && _kernel.Clock.IsVirtual)
            _kernel.Clock.SkipTo(_kernel.Timers.Next); // what is before it is the kernel's threads'
        else
            WaitForHost(cpu, next);
    }

    // Nobody runs any more: the workers go. Those in a call of the host do when it returns.
    private void End()
    {
        Worker[] workers;
        lock (_gate)
        {
            _hasEnded = true;
            workers = [.. _workers];
        }
        foreach (Worker worker in workers)
        {
            worker.InterruptHostCall();
            worker.Cpu = null;
            worker.Baton.Pass();
        }
        _ended.Pass();
    }
}
