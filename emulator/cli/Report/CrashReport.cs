using Emu.Cpu;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Prints a line where a signal ends a program that the program itself brought about.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">How a line is written there.</param>
/// <param name="symbols">Names of code.</param>
/// <param name="reportsAll">Whether to report every signal (-v), not only those that tell of a defect.</param>
internal sealed class CrashReport(ToolOutput output, ITraceFormat format, Symbolizer symbols, bool reportsAll) : ITaskObserver
{
    private readonly ByteWriter _line = new();

    /// <inheritdoc/>
    public void Dying(Task task, in SigInfo signal)
    {
        if (!reportsAll && !IsDefect(signal.Signo))
            return;
        TrapInfo trap = new((ExceptionVector)task.TrapNumber, (PageFaultError)task.TrapError, task.TrapAddress);
        _line.Clear();
        _line.Add("emu: "u8).Add(task.ProcessId).Add((byte)'/').Add(task.ThreadId).Add(" killed by "u8);
        CrashText.AddCause(_line, signal, trap, task.Mm, task.ProcessId);
        CrashText.AddRegisters(_line, task.Cpu.State, task.Mm, symbols);
        output.Line(format, "crash"u8, _line.Written);
    }

    // Those by which Linux writes a core file, less the one that a terminal sends.
    private static bool IsDefect(int signal) => signal != Signal.SIGQUIT && Signal.Has(Signal.CoreMask, signal);
}
