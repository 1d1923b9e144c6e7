using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Names of system calls by number.</summary>
internal static class CallNames
{
    /// <summary>The name of a call; <c>syscall_N</c> for a number that has none.</summary>
    public static string Of(int number) => SyscallTable.Find(number)?.Name ?? $"syscall_{number}";
}
