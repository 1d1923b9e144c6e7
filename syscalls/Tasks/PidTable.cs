using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The process numbers of a machine, and the processes in the order of their making. Linux: kernel/pid.c.</summary>
/// <remarks>
/// Number 1 is init, which takes in orphans. The machine has no such process: it stands for the one of the system that the first
/// program was started on, which reaps at once what it is given.
/// </remarks>
public sealed class PidTable
{
    /// <summary>Number of the process that takes in orphans.</summary>
    public const int Init = 1;

    /// <summary>Linux: <c>PID_MAX_DEFAULT</c>.</summary>
    public const int DefaultMaximum = 32768;

    private const int First = Init + 1, FirstAfterWrap = 300;

    private readonly List<ThreadGroup> _processes = [];
    private Pid?[] _pids = new Pid?[512];
    private int _last = Init;

    /// <summary>One more than the highest number. Linux: <c>pid_max</c>.</summary>
    public int Maximum { get; init; } = DefaultMaximum;

    /// <summary>Threads that there may be.</summary>
    public int Limit { get; init; } = DefaultMaximum;

    /// <summary>Threads that there are. Linux: <c>nr_threads</c>.</summary>
    public int TaskCount { get; internal set; }

    /// <summary>Threads made since the start. Linux: <c>total_forks</c>.</summary>
    public long TotalForks { get; internal set; }

    /// <summary>Processes, oldest first. Linux: <c>for_each_process</c>.</summary>
    public IReadOnlyList<ThreadGroup> Processes => _processes;

    /// <summary>What goes by a number, or null. Linux: <c>find_vpid</c>.</summary>
    public Pid? Find(int number) => (uint)number < (uint)_pids.Length ? _pids[number] : null;

    /// <summary>The thread of a number, or null. Linux: <c>find_task_by_vpid</c>.</summary>
    public Task? FindTask(int number) => Find(number)?.Task;

    /// <summary>The process of a number, or null.</summary>
    public ThreadGroup? FindProcess(int number) => Find(number)?.Process;

    /// <summary>The next free number. Linux: <c>alloc_pid</c>.</summary>
    /// <returns>Null if there is none.</returns>
    internal Pid? Allocate()
    {
        int lowest = _last > FirstAfterWrap ? FirstAfterWrap : First;
        for (int number = _last + 1; number < Maximum; number++)
        {
            if (Find(number) == null)
                return Take(number);
        }
        for (int number = lowest; number <= _last; number++)
        {
            if (Find(number) == null)
                return Take(number);
        }
        return null;
    }

    /// <summary>Gives a number back if nobody goes by it any more. Linux: <c>free_pid</c>.</summary>
    internal void Release(Pid pid)
    {
        if (!pid.IsUnused || _pids[pid.Number] != pid)
            return;
        _pids[pid.Number] = null;
    }

    internal void Add(ThreadGroup process) => _processes.Add(process);

    internal void Remove(ThreadGroup process) => _processes.Remove(process);

    private Pid Take(int number)
    {
        Bug.On(number >= Maximum, "a process number beyond the highest");
        while (number >= _pids.Length)
            Array.Resize(ref _pids, _pids.Length * 2);
        _last = number;
        return _pids[number] = new Pid(number);
    }
}
