using System.Runtime.ExceptionServices;
using System.Text;
using Emu.Cpu;
using Emu.Host;

namespace Emu.Syscalls;

/// <content>The machine as a whole: how it begins, how it ends, and how it comes to a standstill.</content>
internal sealed partial class Scheduler
{
    private readonly HostBaton _ended = new();
    private ExceptionDispatchInfo? _failure;

    /// <summary>Lets the tasks run until all have ended or the machine is stopped.</summary>
    /// <exception cref="Exception">A defect of emu that showed itself in a task.</exception>
    public void Run()
    {
        lock (_gate)
        {
            _isRunning = true;
            HandOver(_cpu, null);
        }
        _ended.Wait();
        _failure?.Throw();
    }

    /// <summary>A worker cannot go on: emu is defective. The machine ends.</summary>
    public void Fail(Exception defect)
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            _failure = ExceptionDispatchInfo.Capture(defect);
        }
        End();
    }

    // Every task waits, and nothing will ever wake one.
    private void ReportDeadlock()
    {
        string waiters = DescribeWaiters();
        if (_kernel.Status == null)
            KernelLog.Deadlock(_kernel.Log, waiters);
        else
            KernelLog.Abandoned(_kernel.Log, waiters);
        _kernel.Stop.Request(_kernel.Status == null ? StopReason.Deadlock : StopReason.Abandoned);
    }

    private string DescribeWaiters()
    {
        StringBuilder text = new();
        foreach (ThreadGroup process in _kernel.Pids.Processes)
        {
            foreach (Task task in process.Threads)
                Describe(text, task);
        }
        return text.ToString().TrimEnd();
    }

    private static void Describe(StringBuilder text, Task task)
    {
        text.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"  {task.ProcessId}/{task.ThreadId} ({Encoding.Latin1.GetString(task.Name)}) ");
        if (task.ExitState != ExitState.None)
        {
            text.AppendLine("has ended and was not waited for");
            return;
        }
        if ((task.State & TaskState.Stopped) != 0)
        {
            text.AppendLine("is stopped");
            return;
        }
        ref CpuState state = ref task.Cpu.State;
        string name = SyscallTable.Find(task.User.Context.SystemCall)?.Name ?? "?";
        text.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"waits in {name}(0x{state.Gpr[Registers.Rdi]:x}, 0x{state.Gpr[Registers.Rsi]:x}, 0x{state.Gpr[Registers.Rdx]:x}) at 0x{state.Rip:x}");
        if (task.WaitsFor is { } what)
            text.Append(" for ").Append(what);
        text.AppendLine();
    }
}

/// <summary>The machine has ended while a task slept in the kernel: unwinds the stack it slept on.</summary>
internal sealed class MachineEndedException : Exception;
