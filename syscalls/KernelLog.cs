using Microsoft.Extensions.Logging;

namespace Emu.Syscalls;

/// <summary>The messages of a machine.</summary>
internal static partial class KernelLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "unknown instruction at {Rip:x}: {Bytes}; the program gets SIGILL")]
    public static partial void UndefinedInstruction(ILogger log, ulong rip, string bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "system call {Number} ({Name}) is not supported: ENOSYS")]
    public static partial void UnknownSystemCall(ILogger log, int number, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "task {Task} waits in {Name} for what nothing can bring about: EDEADLK")]
    public static partial void Deadlock(ILogger log, int task, string name);
}
