using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Passes on to several what becomes of tasks.</summary>
internal sealed class TaskFanOut(ITaskObserver[] listeners) : ITaskObserver
{
    /// <inheritdoc/>
    public void Signalled(Task task, in SigInfo signal)
    {
        foreach (ITaskObserver listener in listeners)
            listener.Signalled(task, signal);
    }

    /// <inheritdoc/>
    public void Dying(Task task, in SigInfo signal)
    {
        foreach (ITaskObserver listener in listeners)
            listener.Dying(task, signal);
    }

    /// <inheritdoc/>
    public void Ended(Task task, int status)
    {
        foreach (ITaskObserver listener in listeners)
            listener.Ended(task, status);
    }
}
