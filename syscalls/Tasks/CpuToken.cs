using Emu.Cpu;
using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The right to run on a CPU: a task holds it in user mode and in the kernel, until it sleeps or its slice is over.</summary>
internal sealed class CpuToken(Kernel kernel, Processor processor)
{
    private ulong _sliceEnd;

    /// <summary>The CPU.</summary>
    public Processor Processor => processor;

    /// <summary>The host thread that holds it, or null while every task waits for the host.</summary>
    public Worker? Worker { get; set; }

    /// <summary>The task that runs. Linux: <c>rq->curr</c>.</summary>
    public Task? Current { get; private set; }

    /// <summary>Where its holder waits when nothing can run.</summary>
    public HostBaton Idle { get; } = new();

    /// <summary>Whether the slice of the task that runs is used up.</summary>
    public bool IsSliceOver => processor.Retired >= _sliceEnd;

    /// <summary>How often a task began to run or went on. Linux: <c>nr_switches</c>.</summary>
    public long Switches { get; private set; }

    /// <summary>A task begins to run or goes on. Linux: <c>context_switch</c>.</summary>
    public void SwitchIn(Task task)
    {
        Current = task;
        Switches++;
        task.Token = this;
        Smp.ProcessorId = processor.Id;
        TaskMemory.Running = task.Memory;
        if (!task.IsKernelThread)
            SwitchMm(task);
        task.BeginExecution();
        BeginSlice(task);
    }

    /// <summary>Makes the address space of the task that runs the CPU's. Linux: <c>switch_mm</c>.</summary>
    public void SwitchMm(Task task)
    {
        task.Memory.Mm = task.Mm;
        task.Mm.Limits = task.Group.Limits.Mm;
        processor.SwitchMm(task.Mm);
        processor.FaultContext = task.User.Context;
    }

    /// <summary>The task stops running.</summary>
    public void SwitchOut(Task task)
    {
        task.EndExecution();
        TaskMemory.Running = null;
        task.Token = null;
        Current = null;
    }

    /// <summary>Gives the task that runs a new slice, the longer the lower its nice value.</summary>
    public void BeginSlice(Task task)
    {
        _sliceEnd = processor.Retired + (ulong)task.Scheduling.SliceOf(kernel.NextSlice());
        Grant(task);
    }

    /// <summary>Lets the CPU run up to the end of the slice or to where the next timer expires, whichever comes first.</summary>
    public void Grant(Task task)
    {
        kernel.Timers.HasChanged = false;
        ulong retired = processor.Retired;
        ulong limit = Math.Min(_sliceEnd > retired ? _sliceEnd - retired : 1, kernel.Clock.InstructionsUntil(kernel.Timers.Next));
        limit = Math.Min(limit, kernel.Clock.InstructionsIn(task.Group.CpuTimers.NanosecondsLeft(task)));
        limit = Math.Min(limit, kernel.Options.MaxInstructions - Math.Min(retired, kernel.Options.MaxInstructions));
        processor.Grant((long)Math.Max(limit, 1));
    }
}
