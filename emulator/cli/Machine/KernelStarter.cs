using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Starts programs from the machine's own files.</summary>
internal sealed class KernelStarter : IProgramStarter
{
    /// <inheritdoc/>
    public int TryStart(Kernel kernel, ProgramRequest request, out Task? task, out string reason) =>
        kernel.StartProgram(request.Path, request.Arguments, request.Environment, out task, out reason);
}
