using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The processes as the OOM killer sees them.</summary>
internal sealed class OomPort(Kernel kernel) : IOomPort
{
    /// <inheritdoc/>
    public OomProcess? Current => kernel.Scheduler.Current is { IsKernelThread: false, IsExiting: false } task ? Describe(task.Group, task) : null;

    /// <inheritdoc/>
    public IEnumerable<OomProcess> Processes()
    {
        foreach (ThreadGroup group in kernel.Pids.Processes)
        {
            // A leader that has ended may leave threads behind that still have the memory. Linux: find_lock_task_mm
            if (group.Threads.FirstOrDefault(static thread => thread is { IsExiting: false, IsKernelThread: false }) is { } thread)
                yield return Describe(group, thread);
        }
    }

    /// <inheritdoc/>
    public void Kill(OomProcess process)
    {
        if (kernel.Pids.FindProcess(process.ProcessId) is { } group)
            SignalSender.SendToProcess(group, SigInfo.ForKernel(Signal.SIGKILL));
    }

    /// <inheritdoc/>
    public void Panic(string message)
    {
        kernel.Memory.Log?.Invoke($"Kernel panic - not syncing: {message}");
        kernel.Stop.Request(StopReason.Panic);
    }

    /// <summary>A process for the OOM killer.</summary>
    public static OomProcess Describe(ThreadGroup group, Task thread) => new()
    {
        ProcessId = group.ProcessId,
        Uid = thread.Credentials.Uid,
        Name = System.Text.Encoding.Latin1.GetString(group.Leader.Name),
        Mm = thread.Mm,
        ScoreAdjust = group.OomScoreAdjust,
        IsExiting = group.IsExiting || thread.IsKillPending,
        IsOrigin = thread.Memory.IsOomOrigin,
        IsInVfork = thread.VforkParent != null && thread.VforkParent.Mm == thread.Mm,
    };
}
