using Emu.Cpu;

namespace Emu.Syscalls;

/// <summary>Why a machine was stopped from outside.</summary>
public enum StopReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>It has executed as many instructions as it may.</summary>
    InstructionLimit,

    /// <summary>It has run for as long as it may.</summary>
    Timeout,

    /// <summary>The host sent a signal that ends emu.</summary>
    HostSignal,

    /// <summary>Every task waits, and nothing can ever wake one.</summary>
    Deadlock,

    /// <summary>The first process has ended, and what is left waits for what can never come.</summary>
    Abandoned,

    /// <summary>The kernel gave up: memory ran out, and nothing could be killed.</summary>
    Panic,
}

/// <summary>Stops a machine from outside: no task of it runs on, none is told.</summary>
public sealed class MachineStop(Processor[] processors)
{
    private int _reason;

    /// <summary>Why it was stopped.</summary>
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Whether it was stopped.</summary>
    public bool IsRequested => Reason != StopReason.None;

    /// <summary>Called after a request, from the thread that makes it: whoever waits is to look.</summary>
    internal Action? Requested { get; set; }

    /// <summary>Stops the machine at the end of the current block or system call. From any thread; the first reason stands.</summary>
    public void Request(StopReason reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None);
        foreach (Processor processor in processors)
            processor.Interrupt();
        Requested?.Invoke();
    }
}
