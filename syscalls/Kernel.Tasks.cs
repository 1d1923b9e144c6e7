using Emu.Mm;

namespace Emu.Syscalls;

/// <content>The tasks of the machine.</content>
public sealed partial class Kernel
{
    private readonly Dictionary<uint, UserAccount> _accounts = [];
    private readonly SeededRandom _slices;

    /// <summary>Numbers of processes, and the processes.</summary>
    public PidTable Pids { get; }

    /// <summary>The first process, which was started from outside; null before.</summary>
    public ThreadGroup? FirstProcess { get; private set; }

    /// <summary>How the first process ended, as wait reports it; null while it lives.</summary>
    public int? Status { get; private set; }

    /// <summary>Timers that run.</summary>
    internal TimerQueue Timers { get; } = new();

    /// <summary>Who waits on which futex.</summary>
    internal FutexTable Futexes { get; } = new();

    /// <summary>Threads of the kernel.</summary>
    internal KernelThreads Threads { get; }

    /// <summary>Who runs.</summary>
    internal Scheduler Scheduler { get; }

    /// <summary>Makes the first task of the machine, or another that is started from outside: of a session and process group of its own.</summary>
    /// <param name="mm">Its address space, which it takes over.</param>
    /// <param name="credentials">On whose behalf it acts.</param>
    /// <param name="name">Its name, at most 15 bytes.</param>
    /// <returns>The task; <see cref="StartTask"/> lets it run. Null if there are too many.</returns>
    internal Task? CreateTask(MemoryDescriptor mm, Credentials credentials, byte[] name)
    {
        Pid? pid = Pids.Allocate();
        if (pid == null)
            return null;
        ThreadGroup group = new(this, pid, new ResourceLimits(Pids.Limit), new SignalActions())
        {
            IsSessionLeader = true,
            ControlGroup = ControlGroups.Initial,
            StartTime = Clock.Monotonic,
        };
        Task task = new(this, pid, group, mm) { Name = name, StartTime = Clock.Monotonic };
        task.AdoptCredentials(credentials);
        group.Limits.Apply(credentials);
        mm.Limits = group.Limits.Mm;
        mm.MemoryCgroup = group.ControlGroup.Memory;
        pid.Process = group;
        Pids.Add(group);
        group.JoinProcessGroup(pid);
        group.JoinSession(pid);
        task.Attach();
        FirstProcess ??= group;
        return task;
    }

    /// <summary>Lets a task run that was made from outside.</summary>
    internal void StartTask(Task task) => Scheduler.Start(task);

    /// <summary>Runs the machine until every task has ended or <see cref="Stop"/> is requested.</summary>
    /// <exception cref="Exception">A defect of emu that showed itself in a task.</exception>
    public void Run() => Scheduler.Run();

    /// <summary>Who waits for a message of the kernel. Linux: <c>log_wait</c>.</summary>
    internal WaitQueue LogReaders { get; } = new("a message of the kernel");

    /// <summary>Name of the machine. Linux: <c>utsname.nodename</c>.</summary>
    internal string HostName { get; set; } = "emu";

    /// <summary>Name of its NIS domain. Linux: <c>utsname.domainname</c>.</summary>
    internal string DomainName { get; set; } = "(none)";

    /// <summary>Minutes west of Greenwich and the kind of summer time, as settimeofday left them. Linux: <c>sys_tz</c>.</summary>
    internal ulong Timezone { get; set; }

    /// <summary>Realtime was set: what waits for a time of it is started anew. Linux: <c>clock_was_set</c>.</summary>
    internal void OnClockSet()
    {
        foreach (KernelTimer timer in Timers.Timers.ToArray())
            timer.Realign();
    }

    /// <summary>Has a function called in the kernel, soon, with a CPU held. From any host thread; not after the machine has ended.</summary>
    public void Post(Action action) => Scheduler.Post(action);

    /// <summary>
    /// Instructions of the next slice of a task with a nice value of 0. With a seed of 0 all are alike. With another they are of any order of
    /// magnitude, short ones as often as long ones: each seed is a schedule of its own, and what a program gets wrong in some of them is found.
    /// </summary>
    internal long NextSlice()
    {
        const int Halvings = 11;
        long standard = Options.SliceInstructions;
        if (Options.Seed == 0)
            return standard;
        ulong drawn = _slices.Next();
        long most = Math.Max(standard >> (int)(drawn % Halvings), 2);
        return (most / 2) + (long)((drawn >> 8) % (ulong)(most / 2));
    }

    /// <summary>What the processes of a user have together.</summary>
    internal UserAccount AccountOf(uint uid)
    {
        if (!_accounts.TryGetValue(uid, out UserAccount? account))
            _accounts.Add(uid, account = new UserAccount());
        return account;
    }

    /// <summary>A process without a parent has ended.</summary>
    internal void OnProcessEnded(ThreadGroup process)
    {
        if (process == FirstProcess)
            Status = process.WaitStatus;
    }
}
