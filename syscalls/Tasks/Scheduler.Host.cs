using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <content>Waiting for the host, with the CPU given up, and what comes from the host's side.</content>
/// <remarks>
/// Host threads outside a CPU meet the scheduler only here, under the gate: they bring in a task whose host call has returned, or a
/// function to be called in the kernel. Whoever has the CPU takes that in.
/// </remarks>
internal sealed partial class Scheduler
{
    private readonly Lock _gate = new();
    private readonly List<Task> _returned = [];
    private readonly List<Action> _posted = [];
    private volatile bool _hasArrivals;
    private int _hostCalls;
    private long _freeSince;
    private bool _listens, _isRunning, _hasEnded, _hasReportedWait;

    /// <summary>Says whether functions may be posted although no task waits for the host: then a machine where nothing runs is no deadlock.</summary>
    public void Listen(bool listens)
    {
        lock (_gate)
            _listens = listens;
    }

    /// <summary>Has a function called in the kernel, soon, with the CPU held. From any host thread.</summary>
    public void Post(Action action)
    {
        lock (_gate)
        {
            _posted.Add(action);
            _hasArrivals = true;
            _cpu.Idle.Pass();
            _cpu.Processor.Interrupt();
            if (_cpu.Worker == null && _isRunning && !_hasEnded)
                HandOver(_cpu, null);
        }
    }

    /// <summary>Has whoever has the CPU look for what has changed. From any host thread.</summary>
    public void Attend() => Post(static () => { });

    /// <summary>Waits until the task is woken, one of the host's descriptors is ready, or time is up.</summary>
    /// <remarks>A wake that came since the task's last sleep is not lost: the wait returns at once.</remarks>
    /// <param name="task">Who waits.</param>
    /// <param name="deadline">Monotonic time in nanoseconds, or <see cref="Never"/>.</param>
    /// <param name="hosts">Descriptors of the host; their events are filled in.</param>
    /// <returns>0; -ETIME after the deadline; -ERESTARTSYS if a signal is pending; a negative errno of the host's poll.</returns>
    public int Block(Task task, ulong deadline, Span<HostPollEntry> hosts = default)
    {
        if (task.IsWokenEarly)
        {
            task.IsWokenEarly = false;
            return 0;
        }
        if (hosts.IsEmpty)
            return Sleep(task, TaskState.Interruptible, deadline);
        if (!MaySleep(task, TaskState.Interruptible, deadline, out int result))
            return result;
        HostWaker? waker = task.Token!.Worker!.Waker;
        if (waker == null)
            return -Errno.ENOMEM;
        HostPollEntry[] entries = new HostPollEntry[hosts.Length + 1];
        hosts.CopyTo(entries);
        entries[^1] = waker.Entry;
        if (deadline != Never)
            _kernel.Timers.Start(task.SleepTimer, deadline);
        task.Cause = WakeCause.Event;
        BeginHostCall(task);
        int polled = HostPoll.Poll(entries, HostPoll.Forever);
        waker.Drain();
        EndHostCall(task);
        _kernel.Timers.Cancel(task.SleepTimer);
        entries.AsSpan(0, hosts.Length).CopyTo(hosts);
        return polled < 0 ? polled : ResultOf(task.Cause);
    }

    /// <summary>Makes a host call that may wait and can be interrupted, with the CPU given up.</summary>
    /// <param name="task">Who calls.</param>
    /// <param name="state">Passed to the call.</param>
    /// <param name="call">A function whose name ends in Interruptible; it may touch nothing of the kernel.</param>
    /// <returns>Its result; -ERESTARTSYS if a signal is pending.</returns>
    public long CallHost<TState>(Task task, TState state, Func<TState, long> call)
    {
        HostInterruptTarget target = task.Token!.Worker!.Interrupts;
        while (true)
        {
            if (!MaySleep(task, TaskState.Interruptible, Never, out int result))
                return result;
            target.Clear();
            task.Cause = WakeCause.Event;
            BeginHostCall(task);
            long value = -HostErrno.EINTR;
            if (target.TryEnter())
            {
                value = call(state);
                target.Leave();
            }
            EndHostCall(task);
            if (value != -HostErrno.EINTR)
                return value;
        }
    }

    // No task waits for the host.
    private bool IsCutOffFromHost
    {
        get
        {
            lock (_gate)
                return _hostCalls == 0 && !_hasArrivals;
        }
    }

    // Nobody will post anything; nor would anybody wait for what is left when the first process has ended.
    private bool IsForsaken
    {
        get
        {
            lock (_gate)
            {
                if (!_listens || _kernel.Status != null)
                    return true;
            }
            return _kernel.Clock.IsVirtual && !ExpectsSignals();
        }
    }

    // Whether somebody counts on a signal from outside: it has a handler for what a user sends, is stopped, or sleeps in a call that only
    // signals end.
    private bool ExpectsSignals()
    {
        const int Pause = 34, RtSigTimedWait = 128, RtSigSuspend = 130, ClockNanoSleep = 230, NanoSleep = 35;
        foreach (ThreadGroup process in _kernel.Pids.Processes)
        {
            if (HandlesUsersSignals(process.Actions))
                return true;
            foreach (Task task in process.Threads)
            {
                if ((task.State & TaskState.Stopped) != 0)
                    return true;
                if (task.User.Context.SystemCall is Pause or RtSigTimedWait or RtSigSuspend or ClockNanoSleep or NanoSleep)
                    return true;
            }
        }
        return false;
    }

    private static bool HandlesUsersSignals(SignalActions actions)
    {
        ReadOnlySpan<int> signals = [Signal.SIGHUP, Signal.SIGINT, Signal.SIGQUIT, Signal.SIGTERM, Signal.SIGUSR1, Signal.SIGUSR2, Signal.SIGWINCH];
        foreach (int signal in signals)
        {
            if (actions[signal].Handler is not (SignalAction.Default or SignalAction.Ignore))
                return true;
        }
        return false;
    }

    // Every task waits, and only a signal of the host can wake one: if it takes long, that is worth a word.
    private void WaitForSignal(CpuToken cpu)
    {
        const long Patience = 2_000_000_000;
        long start = HostClock.Monotonic();
        bool woken = cpu.Idle.Wait(_hasReportedWait ? -1 : Patience);
        _kernel.Clock.Pass(HostClock.Monotonic() - start);
        if (woken)
            return;
        _hasReportedWait = true;
        KernelLog.WaitsForSignal(_kernel.Log, DescribeWaiters());
    }

    private void BeginHostCall(Task task)
    {
        CpuToken cpu = task.Token!;
        Worker worker = cpu.Worker!;
        task.State = TaskState.Interruptible;
        task.VoluntarySwitches++;
        task.Worker = worker;
        task.IsInHostCall = true;
        cpu.SwitchOut(task);
        Task? next = PickReady();
        lock (_gate)
        {
            _hostCalls++;
            if (next != null || _kernel.Timers.NextAwaited != Never || _hasArrivals)
                HandOver(cpu, next);
            else
                Free(cpu);
        }
    }

    // The CPU belongs to nobody until the first host call returns.
    private void Free(CpuToken cpu)
    {
        cpu.Worker = null;
        _freeSince = HostClock.Monotonic();
    }

    private void EndHostCall(Task task)
    {
        Worker worker = task.Worker!;
        bool taken;
        lock (_gate)
        {
            _hostCalls--;
            if (_hasEnded)
                throw new MachineEndedException();
            taken = _cpu.Worker == null;
            if (taken)
            {
                _cpu.Worker = worker;
                worker.Cpu = _cpu;
            }
            else
            {
                _returned.Add(task);
                _hasArrivals = true;
                _cpu.Idle.Pass();
            }
        }
        if (taken)
            _kernel.Clock.Pass(HostClock.Monotonic() - _freeSince);
        else
            WaitForCpu(worker);
        task.IsInHostCall = false;
        task.State = TaskState.Running;
        task.Worker = null;
        worker.Cpu!.SwitchIn(task);
    }

    // Takes in what came from the host's side.
    private void TakeArrivals()
    {
        if (!_hasArrivals)
            return;
        Task[] returned;
        Action[] posted;
        lock (_gate)
        {
            returned = [.. _returned];
            posted = [.. _posted];
            _returned.Clear();
            _posted.Clear();
            _hasArrivals = false;
            _cpu.Processor.ClearInterrupt();
        }
        foreach (Task task in returned)
        {
            task.IsInHostCall = false;
            task.State = TaskState.Running;
            Enqueue(task);
        }
        foreach (Action action in posted)
            action();
    }

    // Time follows the host's while somebody waits for the host.
    private void WaitForHost(CpuToken cpu, ulong next)
    {
        ulong now = _kernel.Clock.Monotonic;
        long start = HostClock.Monotonic();
        bool woken = cpu.Idle.Wait(next == Never ? -1 : (long)(next - now));
        if (!_kernel.Clock.IsVirtual)
            return;
        ulong end = now + (ulong)(HostClock.Monotonic() - start);
        _kernel.Clock.SkipTo(woken ? Math.Min(end, next) : next);
    }
}
