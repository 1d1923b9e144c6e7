using Emu.Cpu;

namespace Emu.Syscalls;

/// <summary>Hears how tasks end. Owned by syscalls; whoever prints it implements it.</summary>
/// <remarks>Called on the thread of the task, under the kernel lock, under the rules of <see cref="ISyscallObserver"/>.</remarks>
public interface ITaskObserver
{
    /// <summary>A signal gets to a task: it is about to run a handler, to be stopped or to die.</summary>
    void Signalled(Task task, in SignalReport signal);

    /// <summary>A signal is about to end the process. Its registers and its memory still stand.</summary>
    void Dying(Task task, in SignalReport signal);

    /// <summary>A task has ended.</summary>
    /// <param name="task">Which.</param>
    /// <param name="status">How, as wait reports it.</param>
    void Ended(Task task, int status);
}

/// <summary>A signal and where it came from.</summary>
/// <param name="Number">Signal number.</param>
/// <param name="Code">Its si_code.</param>
public readonly record struct SignalReport(int Number, int Code)
{
    /// <summary>The page fault that raised it, or null.</summary>
    public PageFaultInfo? Fault { get; init; }

    /// <summary>The exception that raised it, or null.</summary>
    public ExceptionInfo? Exception { get; init; }

    /// <summary>si_addr: what was accessed, or the instruction.</summary>
    public ulong Address { get; init; }

    /// <summary>si_pid: who sent it, where somebody did.</summary>
    public int SenderId { get; init; }

    /// <summary>si_uid: whose process sent it.</summary>
    public uint SenderUser { get; init; }
}
