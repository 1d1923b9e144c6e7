using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A thread. Linux: <c>struct task_struct</c>.</summary>
public sealed partial class Task : IDisposable
{
    /// <summary>A thread in an address space.</summary>
    public Task(Kernel kernel, int threadId, MemoryDescriptor mm)
    {
        Kernel = kernel;
        ThreadId = threadId;
        ProcessId = threadId;
        Mm = mm;
        User = new UserAccess(mm);
        User.Context = new FaultContext { SystemCall = -1, ProcessId = ProcessId, ThreadId = threadId };
    }

    /// <summary>The machine.</summary>
    public Kernel Kernel { get; }

    /// <summary>Linux: <c>pid</c>.</summary>
    public int ThreadId { get; }

    /// <summary>Linux: <c>tgid</c>.</summary>
    public int ProcessId { get; }

    /// <summary>Address space.</summary>
    public MemoryDescriptor Mm { get; private set; }

    /// <summary>Registers.</summary>
    public CpuContext Cpu { get; } = new();

    /// <summary>The kernel's access to its memory.</summary>
    public UserAccess User { get; }

    /// <summary>How it ended, as wait reports it; null while it lives.</summary>
    public int? ExitStatus { get; set; }

    /// <summary>Notes who faults from now on.</summary>
    public void EnterSystemCall(int number)
    {
        ref FaultContext context = ref User.Context;
        context.SystemCall = number;
        context.Rip = Cpu.State.Rip;
        context.Time = Kernel.Clock.Monotonic;
    }

    /// <summary>The call is done.</summary>
    public void LeaveSystemCall() => User.Context.SystemCall = -1;

    /// <inheritdoc/>
    public void Dispose() => Cpu.Dispose();
}
