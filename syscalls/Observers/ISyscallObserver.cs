namespace Emu.Syscalls;

/// <summary>Hears of every system call. Owned by syscalls; whoever prints them implements it.</summary>
/// <remarks>
/// Called on the thread of the task, under the kernel lock. An implementation may read the task's memory with <see cref="Mm.MemoryPeek"/>,
/// which changes nothing; it must not fault, sleep or call the kernel.
/// </remarks>
public interface ISyscallObserver
{
    /// <summary>A call begins; nothing of it has been done yet.</summary>
    /// <param name="task">Who calls.</param>
    /// <param name="row">What; a row without a handler for a number that is not in the table.</param>
    /// <param name="args">With what.</param>
    void Enter(Task task, SyscallRow row, in SyscallArguments args);

    /// <summary>The call is done. Not called for a call that does not return.</summary>
    /// <param name="task">Who called; after execve its memory is that of the new program.</param>
    /// <param name="row">What.</param>
    /// <param name="args">With what, as it was when the call began.</param>
    /// <param name="result">The result, or a negative errno.</param>
    void Leave(Task task, SyscallRow row, in SyscallArguments args, long result);
}
