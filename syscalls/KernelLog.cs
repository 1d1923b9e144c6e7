using Microsoft.Extensions.Logging;

namespace Emu.Syscalls;

/// <summary>The messages of a machine.</summary>
internal static partial class KernelLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "unknown instruction at {Rip:x}: {Bytes}; the program gets SIGILL")]
    public static partial void UndefinedInstruction(ILogger log, ulong rip, string bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Line}")]
    public static partial void Memory(ILogger log, string line);

    [LoggerMessage(Level = LogLevel.Error, Message = "deadlock: every task waits, and nothing can wake one:\n{Waiters}")]
    public static partial void Deadlock(ILogger log, string waiters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "every task waits, and only a signal from outside can wake one:\n{Waiters}")]
    public static partial void WaitsForSignal(ILogger log, string waiters);

    [LoggerMessage(Level = LogLevel.Debug, Message = "the first process has ended; what is left waits for nothing:\n{Waiters}")]
    public static partial void Abandoned(ILogger log, string waiters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "system call {Number} ({Name}) is not supported: ENOSYS")]
    public static partial void UnknownSystemCall(ILogger log, int number, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "task {Task} waits in {Name} for what nothing can bring about: EDEADLK")]
    public static partial void Deadlock(ILogger log, int task, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Program} could not be loaded, and the program that called it is gone: {Reason}")]
    public static partial void ExecFailed(ILogger log, string program, string reason);
}
