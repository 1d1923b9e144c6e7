namespace Emu.Syscalls;

/// <summary>Serves a system call.</summary>
/// <param name="task">Who calls.</param>
/// <param name="args">With what.</param>
/// <returns>The result, or a negative errno.</returns>
public delegate long SyscallHandler(Task task, in SyscallArguments args);

/// <summary>How far a system call is supported.</summary>
public enum SyscallSupport
{
    /// <summary>As in the kernel.</summary>
    Full,

    /// <summary>In part; the note says what is missing.</summary>
    Partial,

    /// <summary>Not: it gives ENOSYS.</summary>
    Absent,
}

/// <summary>One row of the system call table.</summary>
/// <param name="Number">Number on x86-64.</param>
/// <param name="Name">Name.</param>
/// <param name="Kinds">Kinds of the arguments, for the printer of system calls.</param>
/// <param name="Handler">What serves it, or null.</param>
/// <param name="Note">What is missing, or why it is absent.</param>
public sealed record SyscallRow(int Number, string Name, string Kinds, SyscallHandler? Handler, string Note = "")
{
    /// <summary>How far it is supported.</summary>
    public SyscallSupport Support =>
        Handler == null ? SyscallSupport.Absent : Note.Length == 0 ? SyscallSupport.Full : SyscallSupport.Partial;
}
