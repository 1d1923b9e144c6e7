namespace Emu.Syscalls;

/// <summary>Hears what signals do to tasks, and how tasks end. Owned by syscalls; whoever prints it implements what it wants to hear.</summary>
/// <remarks>Called on the thread of the task, under the kernel lock, under the rules of <see cref="ISyscallObserver"/>.</remarks>
public interface ITaskObserver
{
    /// <summary>A signal gets to a task: it is about to run a handler, to be stopped or to die.</summary>
    void Signalled(Task task, in SigInfo signal)
    {
    }

    /// <summary>A signal is about to end the process. Its registers and its memory still stand.</summary>
    void Dying(Task task, in SigInfo signal)
    {
    }

    /// <summary>A task has ended.</summary>
    /// <param name="task">Which.</param>
    /// <param name="status">How, as wait reports it.</param>
    void Ended(Task task, int status)
    {
    }
}
