using Emu.Host;

namespace Emu.Syscalls;

/// <summary>A host thread that lends its stack to the kernel: of a task that sleeps in the middle of a system call, or of a CPU's loop.</summary>
/// <remarks>
/// A task needs one only while it is in the kernel. In user mode, or between two runs of a system call that is suspended, whichever
/// worker has the CPU can go on with it. So most switches between tasks change no host thread.
/// </remarks>
internal sealed class Worker
{
    private const int StackBytes = 1 << 20;

    private readonly Scheduler _scheduler;
    private HostInterruptTarget? _interrupts;
    private HostWaker? _waker;

    /// <summary>Starts a thread; it waits for a CPU.</summary>
    public Worker(Scheduler scheduler, int number)
    {
        _scheduler = scheduler;
        new Thread(Main, StackBytes) { IsBackground = true, Name = $"emu-{number}" }.Start();
    }

    /// <summary>Where it waits for a CPU.</summary>
    public HostBaton Baton { get; } = new();

    /// <summary>The CPU that it was given; null ends the thread.</summary>
    public CpuToken? Cpu { get; set; }

    /// <summary>The task to begin with, if it was chosen already.</summary>
    public Task? First { get; set; }

    /// <summary>Ends a host call of this worker that cannot be polled for. Made on first use, by the worker.</summary>
    public HostInterruptTarget Interrupts => _interrupts ??= new HostInterruptTarget();

    /// <summary>Ends a poll of the host by this worker; null if the host refuses one. Made on first use, by the worker.</summary>
    public HostWaker? Waker
    {
        get
        {
            if (_waker == null && HostWaker.Create(out HostWaker? waker) == 0)
                Volatile.Write(ref _waker, waker);
            return _waker;
        }
    }

    /// <summary>Ends whatever wait for the host the worker is in. From any thread.</summary>
    public void InterruptHostCall()
    {
        _ = Volatile.Read(ref _waker)?.Signal(); // a poll that cannot be woken goes on until the host ends it
        if (Volatile.Read(ref _interrupts) is { } target)
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Interrupt(), target, preferLocal: false);
    }

    private void Main()
    {
        try
        {
            Serve();
        }
        catch (MachineEndedException)
        {
            // The kernel's stack of a task that will never run again has been unwound.
        }
        catch (Exception defect)
        {
            _scheduler.Fail(defect);
        }
        _interrupts?.Dispose();
        _waker?.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            Baton.Wait();
            if (Cpu == null)
                return;
            _scheduler.RunCpu(this);
        }
    }
}
