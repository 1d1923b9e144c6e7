using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A thread. Linux: <c>struct task_struct</c>.</summary>
/// <remarks>What it is and has stands here; how it is scheduled, its signals and its files in the other parts. Lock: the kernel lock.</remarks>
public sealed partial class Task : IDisposable
{
    /// <summary>Bytes of a name, the last of them zero. Linux: <c>TASK_COMM_LEN</c>.</summary>
    internal const int NameLength = 16;

    internal Task(Kernel kernel, Pid pid, ThreadGroup group, MemoryDescriptor mm)
    {
        Kernel = kernel;
        Pid = pid;
        Group = group;
        Mm = mm;
        User = new UserAccess(mm);
        Memory = new KernelTaskMemory(this);
        SleepTimer = new TaskSleepTimer(this);
        SuspendEntry = new TaskWaitEntry(this);
        SetFaultContext();
    }

    /// <summary>The machine.</summary>
    public Kernel Kernel { get; }

    /// <summary>Its number; another after exec by a thread that was not the leader.</summary>
    public Pid Pid { get; internal set; }

    /// <summary>Linux: <c>pid</c>.</summary>
    public int ThreadId => Pid.Number;

    /// <summary>Linux: <c>tgid</c>.</summary>
    public int ProcessId => Group.ProcessId;

    /// <summary>Its process. Linux: <c>signal</c>.</summary>
    public ThreadGroup Group { get; }

    /// <summary>Address space.</summary>
    public MemoryDescriptor Mm { get; private set; }

    /// <summary>What mm keeps of it.</summary>
    internal TaskMemory Memory { get; }

    /// <summary>Registers.</summary>
    public CpuContext Cpu { get; } = new();

    /// <summary>The kernel's access to its memory.</summary>
    public UserAccess User { get; }

    /// <summary>Name, at most 15 bytes. Linux: <c>comm</c>.</summary>
    internal byte[] Name { get; set; } = [];

    /// <summary>On whose behalf it acts. Linux: <c>cred</c>.</summary>
    internal Credentials Credentials { get; private set; } = Credentials.Root;

    /// <summary>Whom its process counts for. Linux: <c>cred->ucounts</c>.</summary>
    internal UserAccount Account { get; private set; } = new();

    /// <summary>Linux: <c>personality</c>.</summary>
    internal uint Personality { get; set; }

    /// <summary>Exec gives no privileges. Linux: <c>PR_SET_NO_NEW_PRIVS</c>.</summary>
    internal bool NoNewPrivileges { get; set; }

    /// <summary>Whether its program was given privileges that its caller has not. Linux: AT_SECURE.</summary>
    internal bool IsSecureExec { get; set; }

    /// <summary>Signal when the thread that made it ends; 0 for none. Linux: <c>pdeath_signal</c>.</summary>
    internal int ParentDeathSignal { get; set; }

    /// <summary>Nanoseconds that a sleep may take longer. Linux: <c>timer_slack_ns</c>.</summary>
    internal ulong TimerSlack { get; set; } = DefaultTimerSlack;

    /// <summary>What <see cref="TimerSlack"/> goes back to. Linux: <c>default_timer_slack_ns</c>.</summary>
    internal ulong StandardTimerSlack { get; set; } = DefaultTimerSlack;

    /// <summary>Where zero is written when it ends, and who waits there is woken; 0 for nowhere. Linux: <c>clear_child_tid</c>.</summary>
    internal ulong ClearChildTid { get; set; }

    /// <summary>Head of its list of locks in user memory; 0 for none. Linux: <c>robust_list</c>.</summary>
    internal ulong RobustList { get; set; }

    /// <summary>Its place in the queue of a futex.</summary>
    internal FutexWaiter FutexWaiter => field ??= new FutexWaiter(this);

    /// <summary>Locks that it has and others wait for. Linux: <c>pi_state_list</c>.</summary>
    internal List<FutexLock> HeldLocks => field ??= [];

    /// <summary>User mode's copy of the CPU number.</summary>
    internal RseqRegistration Rseq;

    /// <summary>The parent that waits in vfork until this task is done with its memory. Linux: <c>vfork_done</c>.</summary>
    internal Task? VforkParent { get; set; }

    /// <summary>How it ended, in the form of wait. Linux: <c>exit_code</c>.</summary>
    internal int ExitCode { get; set; }

    /// <summary>How far its end has come.</summary>
    internal ExitState ExitState { get; set; }

    /// <summary>Whether its end has begun. Linux: <c>PF_EXITING</c>.</summary>
    internal bool IsExiting { get; set; }

    /// <summary>Whether it belongs to the kernel and has no user mode. Linux: <c>PF_KTHREAD</c>.</summary>
    internal bool IsKernelThread => KernelFunction != null;

    /// <summary>What a thread of the kernel does.</summary>
    internal Action<Task>? KernelFunction { get; init; }

    private const ulong DefaultTimerSlack = 50_000;

    /// <summary>Whether it goes by the process's number. Linux: <c>thread_group_leader</c>.</summary>
    internal bool IsLeader => Group.Leader == this;

    /// <summary>Makes it act on another's behalf. Linux: <c>commit_creds</c>.</summary>
    internal void SetCredentials(Credentials credentials)
    {
        UserAccount account = Kernel.AccountOf(credentials.Uid);
        if (account != Account)
        {
            Account.Tasks--;
            account.Tasks++;
            Account = account;
        }
        Credentials = credentials;
        Group.Limits.Apply(credentials);
    }

    /// <summary>Whether it may look into another. Linux: <c>ptrace_may_access(PTRACE_MODE_READ_REALCREDS)</c>.</summary>
    internal bool MayInspect(Task other)
    {
        if (other.Group == Group || Credentials.Can(Capability.SysPtrace))
            return true;
        Credentials theirs = other.Credentials;
        bool isSame = Credentials.Uid == theirs.Uid && Credentials.Uid == theirs.EffectiveUid && Credentials.Uid == theirs.SavedUid &&
            Credentials.Gid == theirs.Gid && Credentials.Gid == theirs.EffectiveGid && Credentials.Gid == theirs.SavedGid;
        return isSame && other.Group.IsDumpable && (theirs.Permitted & ~Credentials.Permitted) == 0;
    }

    /// <summary>Other credentials for the length of a system call. Linux: <c>override_creds</c>.</summary>
    internal void OverrideCredentials(Credentials credentials) => Credentials = credentials;

    /// <summary>Counts a new task for its user.</summary>
    internal void AdoptCredentials(Credentials credentials)
    {
        Account = Kernel.AccountOf(credentials.Uid);
        Account.Tasks++;
        Credentials = credentials;
    }

    /// <summary>It comes to be: it can be found by its number. Linux: the end of <c>copy_process</c>.</summary>
    internal void Attach()
    {
        Pid.Task = this;
        Group.AddThread(this);
        Kernel.Pids.TaskCount++;
        Kernel.Pids.TotalForks++;
    }

    /// <summary>Nothing of it is left but the object. Linux: <c>__unhash_process</c>.</summary>
    internal void Detach()
    {
        Pid.Task = null;
        Kernel.Pids.TaskCount--;
        Kernel.Pids.Release(Pid);
        Dispose();
    }

    /// <summary>Gives the task that runs another address space. The caller drops the old one. Linux: <c>exec_mmap</c>.</summary>
    internal void ReplaceMm(MemoryDescriptor mm)
    {
        Mm = mm;
        User.Mm = mm;
        Token?.SwitchMm(this);
    }

    /// <summary>Notes who faults from now on: the number has changed.</summary>
    internal void SetFaultContext() => User.Context = new FaultContext
    {
        SystemCall = -1,
        ProcessId = ProcessId,
        ThreadId = ThreadId,
        Time = Kernel.Clock.Monotonic,
    };

    /// <summary>Notes who faults from now on.</summary>
    public void EnterSystemCall(int number)
    {
        ref FaultContext context = ref User.Context;
        context.SystemCall = number;
        context.Rip = Cpu.State.Rip;
        if (Kernel.Memory.Trace != null)
            context.Time = Kernel.Clock.Monotonic; // the host's clock costs as much as the rest of the entry
    }

    /// <summary>The call is done.</summary>
    public void LeaveSystemCall() => User.Context.SystemCall = -1;

    /// <summary>A new task gets its files. Linux: <c>copy_files</c>, <c>copy_fs</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal int InheritFiles(Task parent, in CloneRequest request)
    {
        int error = 0;
        CopyFiles(parent, request, ref error);
        return error;
    }

    /// <summary>It ends and lets go of its files. Linux: <c>exit_files</c>, <c>exit_fs</c>, <c>disassociate_ctty</c>.</summary>
    /// <param name="isLast">Whether it is the last of its process.</param>
    internal void ReleaseFiles(bool isLast) => DropFiles(isLast);

    /// <summary>Its session has no controlling terminal any more. Linux: <c>proc_clear_tty</c>.</summary>
    internal void LeaveTerminal() => DropTerminal();

    /// <summary>The process or thread that a descriptor stands for. Linux: <c>pidfd_get_pid</c>.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="pid">Its number.</param>
    /// <param name="neverWaits">Whether the descriptor was opened with PIDFD_NONBLOCK.</param>
    /// <returns>0 or -EBADF.</returns>
    internal int TryGetPidFd(int fd, out Pid? pid, out bool neverWaits)
    {
        pid = null;
        neverWaits = false;
        FindPidFd(fd, ref pid, ref neverWaits);
        return pid == null ? -Errno.EBADF : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Cpu.Dispose();

    // Implemented where files are.
    partial void CopyFiles(Task parent, in CloneRequest request, ref int error);

    partial void DropFiles(bool isLast);

    partial void DropTerminal();

    partial void FindPidFd(int fd, ref Pid? pid, ref bool neverWaits);
}
