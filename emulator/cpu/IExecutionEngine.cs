namespace Emu.Cpu;

/// <summary>Executes guest code: the interpreter, and whatever else may come to do it faster.</summary>
public interface IExecutionEngine
{
    /// <summary>Runs a task on a CPU until there is a reason to leave.</summary>
    /// <param name="processor">The CPU, with address space and budget set.</param>
    /// <param name="context">The task's registers; exact on return.</param>
    /// <returns>Why it left; never <see cref="ExitReason.None"/>.</returns>
    ExitReason Run(Processor processor, CpuContext context);
}
