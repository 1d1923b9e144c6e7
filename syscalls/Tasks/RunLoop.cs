using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The one place where processor, mm and kernel meet.</summary>
public static class RunLoop
{
    /// <summary>Runs a task until it ends.</summary>
    public static void Run(Task task, Processor processor)
    {
        Kernel kernel = task.Kernel;
        processor.SwitchMm(task.Mm);
        processor.FaultContext = task.User.Context;
        while (task.ExitStatus == null && !kernel.Stop.IsRequested)
        {
            if (processor.Budget <= 0 && !TryGrant(kernel, processor))
                break;
            ExitReason reason = kernel.Engine.Run(processor, task.Cpu);
            kernel.Clock.Retired = processor.Retired;
            switch (reason)
            {
                case ExitReason.SystemCall:
                    kernel.Dispatcher.Dispatch(task);
                    break;
                case ExitReason.PageFault:
                    FaultOutcome outcome = processor.Fault.Outcome;
                    Die(task, new SignalReport(outcome.Signal, outcome.Code) { Fault = processor.Fault, Address = processor.Fault.Address });
                    break;
                case ExitReason.Exception:
                    Die(task, new SignalReport(4, 1) { Exception = processor.Exception, Address = task.Cpu.State.Rip });
                    break;
            }
        }
        if (task.ExitStatus is { } status)
            kernel.TaskObserver?.Ended(task, status);
    }

    // The next slice, or what is left of the instructions that the machine may execute.
    private static bool TryGrant(Kernel kernel, Processor processor)
    {
        ulong left = kernel.Options.MaxInstructions - Math.Min(processor.Retired, kernel.Options.MaxInstructions);
        if (left != 0)
            processor.Grant((long)Math.Min(left, (ulong)kernel.Options.SliceInstructions));
        else
            kernel.Stop.Request(StopReason.InstructionLimit);
        return left != 0;
    }

    private static void Die(Task task, in SignalReport signal)
    {
        task.Kernel.TaskObserver?.Signalled(task, signal);
        task.Kernel.TaskObserver?.Dying(task, signal);
        task.ExitStatus = signal.Number;
    }
}
