using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Tells of a defect of emu itself: what, where in the guest, and how to see it again.</summary>
internal static class DefectReport
{
    /// <summary>Prints it.</summary>
    /// <returns>The status to end with.</returns>
    public static int Print(ToolOutput output, ITraceFormat format, Kernel kernel, Exception defect)
    {
        Line($"emu: this is a defect of emu, not of the program: {defect.Message}");
        foreach (ThreadGroup process in kernel.Pids.Processes)
        {
            foreach (Task task in process.Threads)
            {
                string call = task.User.Context.SystemCall is >= 0 and int number ? $", in {CallNames.Of(number)}" : "";
                Line($"emu: task {task.ProcessId}/{task.ThreadId} at rip {task.Cpu.State.Rip:x}{call}");
            }
        }
        Line($"emu: the same command with --seed {kernel.Options.Seed} and the same files shows it again; please report it with what follows");
        foreach (string line in defect.ToString().Split('\n'))
            Line(line);
        return ExitStatus.Failure;

        void Line(string text) => output.Line(format, "defect"u8, RawText.ToBytes(text));
    }
}
