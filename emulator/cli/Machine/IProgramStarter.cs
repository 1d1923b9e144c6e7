using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>What to start.</summary>
internal sealed record ProgramRequest
{
    /// <summary>Path in the machine.</summary>
    public required byte[] Path { get; init; }

    /// <summary>argv.</summary>
    public required byte[][] Arguments { get; init; }

    /// <summary>envp.</summary>
    public required byte[][] Environment { get; init; }
}

/// <summary>Makes the first task of a machine from a program.</summary>
internal interface IProgramStarter
{
    /// <summary>Opens and loads a program, so that it runs when the machine does.</summary>
    /// <param name="kernel">The machine; nothing runs on it.</param>
    /// <param name="request">What to start.</param>
    /// <param name="task">The task.</param>
    /// <param name="reason">Why not, in words; empty where the errno says it all.</param>
    /// <returns>0 or a negative errno.</returns>
    int TryStart(Kernel kernel, ProgramRequest request, out Task? task, out string reason);
}
