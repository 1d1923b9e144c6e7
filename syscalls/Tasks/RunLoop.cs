using Emu.Cpu;

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
        while (task.ExitStatus == null)
        {
            if (processor.Budget <= 0)
                processor.Grant(kernel.Options.SliceInstructions);
            ExitReason reason = kernel.Engine.Run(processor, task.Cpu);
            kernel.Clock.Retired = processor.Retired;
            switch (reason)
            {
                case ExitReason.SystemCall:
                    kernel.Dispatcher.Dispatch(task);
                    break;
                case ExitReason.PageFault:
                    task.ExitStatus = processor.Fault.Outcome.Signal;
                    break;
                case ExitReason.Exception:
                    task.ExitStatus = 4;
                    break;
            }
        }
    }
}
