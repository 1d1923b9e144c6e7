using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/stat: fifty-two fields on one line. Linux: fs/proc/array.c (<c>do_task_stat</c>); proc_pid_stat(5).</summary>
internal static class ProcTaskStat
{
    private const uint ForkNoExec = 0x40, SuperPriv = 0x100, KernelThread = 0x200000, RandomizeBits = 0x400000;

    /// <summary>Writes the line of a process: what its threads have used is added up.</summary>
    public static void WriteProcess(in PseudoContext context, ProcWriter writer) => Write(context, writer, context.Task.Group.Usage());

    /// <summary>Writes the line of a thread.</summary>
    public static void WriteThread(in PseudoContext context, ProcWriter writer) => Write(context, writer, context.Task.Usage());

    private static void Write(in PseudoContext context, ProcWriter writer, in ResourceUsage used)
    {
        Task task = context.Task;
        ThreadGroup group = task.Group;
        bool permitted = context.Reader is { } reader && PtraceAccess.MayRead(reader, task);
        writer.Decimal((long)task.ThreadId).Append(" ("u8).Append(task.Name).Append(") "u8).Append([ProcTaskStatus.StateOf(task).Letter]);
        Tty? tty = task.Kernel.Vfs.TerminalOf(group);
        Field(writer, group.ParentId, group.ProcessGroup.Number, group.Session.Number, tty == null ? 0 : (long)tty.Device.Encoded);
        Field(writer, tty?.ForegroundGroup?.Number ?? -1, (long)FlagsOf(task), used.MinorFaults, group.ReapedChildren.MinorFaults);
        Field(writer, used.MajorFaults, group.ReapedChildren.MajorFaults, CpuTicks.From(used.UserTime), CpuTicks.From(used.SystemTime));
        Field(writer, CpuTicks.From(group.ReapedChildren.UserTime), CpuTicks.From(group.ReapedChildren.SystemTime));
        TaskScheduling scheduling = task.Scheduling;
        long priority = scheduling.IsRealTime ? -1 - scheduling.RtPriority : 20 + scheduling.Nice;
        Field(writer, priority, scheduling.Nice, group.Threads.Count, 0, CpuTicks.From(task.StartTime));
        WriteMemory(context, writer, permitted);
        WriteSignals(task, writer);
        Field(writer, 0, 0, 0, group.ExitSignal, task.Token?.Processor.Id ?? 0, scheduling.RtPriority, (long)scheduling.Policy, 0, 0, 0);
        WriteLayout(context, writer, permitted);
        Field(writer, permitted ? task.ExitCode : 0);
        writer.Append("\n"u8);
    }

    private static void WriteMemory(in PseudoContext context, ProcWriter writer, bool permitted)
    {
        MemoryDescriptor? mm = context.Mm;
        Field(writer, (long)((mm?.TotalVm ?? 0) << MmConstants.PageShift), mm?.ResidentPages ?? 0);
        writer.Append(" "u8).Decimal(context.Task.Group.Limits.Current(Resource.Rss));
        MmLayout? layout = permitted ? mm?.Layout : null;
        Field(writer, (long)(layout?.StartCode ?? (mm == null ? 0ul : 1)), (long)(layout?.EndCode ?? (mm == null ? 0ul : 1)), (long)(layout?.StartStack ?? 0));
        Field(writer, 0, 0); // where a task is that does not end is not told
    }

    private static void WriteSignals(Task task, ProcWriter writer)
    {
        (ulong ignored, ulong caught) = ProcTaskStatus.Dispositions(task.Group);
        const ulong First31 = 0x7FFFFFFF;
        Field(writer, (long)((task.Pending.Set | task.Group.SharedPending.Set) & First31), (long)(task.Blocked & First31));
        Field(writer, (long)(ignored & First31), (long)(caught & First31));
    }

    private static void WriteLayout(in PseudoContext context, ProcWriter writer, bool permitted)
    {
        MmLayout layout = (permitted ? context.Mm?.Layout : null) ?? new MmLayout();
        Field(writer, (long)layout.StartData, (long)layout.EndData, (long)layout.StartBrk, (long)layout.ArgStart, (long)layout.ArgEnd);
        Field(writer, (long)layout.EnvStart, (long)layout.EnvEnd);
    }

    // Linux: PF_*
    private static uint FlagsOf(Task task)
    {
        uint flags = task.IsKernelThread ? KernelThread : RandomizeBits;
        if (!task.Group.HasExecuted)
            flags |= ForkNoExec;
        return task.IsSecureExec ? flags | SuperPriv : flags;
    }

    private static void Field(ProcWriter writer, params ReadOnlySpan<long> values)
    {
        foreach (long value in values)
            writer.Append(" "u8).Decimal(value);
    }
}
