using Emu.Mm;

namespace Emu.Syscalls;

/// <content>The parts of a machine that files need.</content>
public sealed partial class Kernel
{
    private readonly List<Task> _tasks = [];

    /// <summary>The files.</summary>
    internal Vfs Vfs => field ??= new Vfs(this);

    /// <summary>Who lets tasks wait.</summary>
    internal Scheduler Scheduler
    {
        get => field ??= new SoloScheduler(this);
        set;
    }

    /// <summary>Called when a task waits for what nothing can bring about; null to only say so.</summary>
    public Action<Task>? Deadlock { get; set; }

    /// <summary>The tasks that live.</summary>
    internal IReadOnlyList<Task> Tasks => _tasks;

    /// <summary>The task of a number, or null. Linux: <c>find_task_by_vpid</c>.</summary>
    internal Task? FindTask(int threadId)
    {
        foreach (Task task in _tasks)
        {
            if (task.ThreadId == threadId)
                return task;
        }
        return null;
    }

    /// <summary>A task has come to be.</summary>
    internal void AddTask(Task task) => _tasks.Add(task);

    /// <summary>A task is gone.</summary>
    internal void RemoveTask(Task task) => _tasks.Remove(task);

    /// <summary>A task waits, and nothing could ever wake it.</summary>
    /// <returns>-EDEADLK, with which its wait ends.</returns>
    internal int ReportDeadlock(Task task)
    {
        if (Deadlock is { } report)
            report(task);
        else
            KernelLog.Deadlock(Log, task.ThreadId, SyscallTable.Find(task.User.Context.SystemCall)?.Name ?? "?");
        return -Errno.EDEADLK;
    }
}
