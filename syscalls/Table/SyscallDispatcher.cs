using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>From a SYSCALL instruction to the function that serves it. Linux: arch/x86/entry/syscall_64.c (<c>do_syscall_64</c>).</summary>
public sealed class SyscallDispatcher(Kernel kernel)
{
    private readonly HashSet<int> _reported = [];

    /// <summary>Serves the system call that the task's registers ask for.</summary>
    /// <returns>Whether the task goes on: not if the call is suspended, or the task has ended.</returns>
    internal bool Dispatch(Task task)
    {
        ref CpuState state = ref task.Cpu.State;
        int number = (int)state.Gpr[Registers.Rax];
        SyscallArguments args = new(state.Gpr[Registers.Rdi], state.Gpr[Registers.Rsi], state.Gpr[Registers.Rdx], state.Gpr[Registers.R10],
            state.Gpr[Registers.R8], state.Gpr[Registers.R9]);
        task.EnterSystemCall(number);
        SyscallRow? row = SyscallTable.Find(number);
        long result = kernel.SyscallObserver == null ? Serve(task, row, number, args) : ServeObserved(task, row, number, args);
        if (task.IsExiting || result == Task.Suspended)
            return false;
        task.LeaveSystemCall();
        task.Cpu.State.Gpr[Registers.Rax] = (ulong)result;
        return true;
    }

    private long Serve(Task task, SyscallRow? row, int number, in SyscallArguments args)
    {
        task.OriginalRax = number;
        return row?.Handler is { } handler ? handler(task, args) : Unknown(number);
    }

    private long ServeObserved(Task task, SyscallRow? row, int number, in SyscallArguments args)
    {
        ISyscallObserver observer = kernel.SyscallObserver!;
        SyscallRow shown = row ?? new SyscallRow(number, $"syscall_0x{number:x}", "hex,hex,hex,hex,hex,hex", null);
        if (!task.IsResuming)
            observer.Enter(task, shown, args);
        long result = Serve(task, row, number, args);
        if (!task.IsExiting && result != Task.Suspended)
            observer.Leave(task, shown, args, result);
        return result;
    }

    private long Unknown(int number)
    {
        if (_reported.Add(number))
            KernelLog.UnknownSystemCall(kernel.Log, number, SyscallTable.Find(number)?.Name ?? "?");
        return -Errno.ENOSYS;
    }
}

/// <summary>Numbers of the general-purpose registers. Intel SDM vol. 2A, table 2-4.</summary>
public static class Registers
{
#pragma warning disable CS1591 // the names are the documentation
    public const int Rax = 0, Rcx = 1, Rdx = 2, Rbx = 3, Rsp = 4, Rbp = 5, Rsi = 6, Rdi = 7, R8 = 8, R9 = 9, R10 = 10, R11 = 11, R12 = 12,
        R13 = 13, R14 = 14, R15 = 15;
#pragma warning restore CS1591
}
