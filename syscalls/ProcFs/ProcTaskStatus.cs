using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/status. Linux: fs/proc/array.c (<c>proc_pid_status</c>).</summary>
internal static class ProcTaskStatus
{
    private const int MemoryNodeWords = 32, NodesPerWord = 32;

    /// <summary>Writes the file.</summary>
    public static void Write(in PseudoContext context, ProcWriter writer)
    {
        Task task = context.Task;
        writer.Append("Name:\t"u8).Escaped(task.Name, "\n\\"u8).Append("\n"u8);
        WriteState(context, writer);
        if (context.Mm is { } mm)
        {
            Status.Write(mm, writer);
            writer.Append("CoreDumping:\t0\nTHP_enabled:\t"u8).Decimal(mm.ThpDisabled ? 0ul : 1).Append("\nuntag_mask:\t0xffffffffffffffff\n"u8);
        }
        WriteSignals(task, writer);
        WriteCapabilities(task, writer);
        WriteCpus(task, writer);
        writer.Append("voluntary_ctxt_switches:\t"u8).Decimal(task.VoluntarySwitches);
        writer.Append("\nnonvoluntary_ctxt_switches:\t"u8).Decimal(task.InvoluntarySwitches).Append("\n"u8);
    }

    /// <summary>The letter of a state, and its name. Linux: <c>task_state_array</c>.</summary>
    public static (byte Letter, string Name) StateOf(Task task)
    {
        if (task.ExitState == ExitState.Zombie)
            return ((byte)'Z', "zombie");
        if (task.ExitState == ExitState.Dead)
            return ((byte)'X', "dead");
        if ((task.State & TaskState.Stopped) != 0)
            return ((byte)'T', "stopped");
        if ((task.State & TaskState.Uninterruptible) != 0)
            return ((byte)'D', "disk sleep");
        return (task.State & TaskState.Interruptible) != 0 ? ((byte)'S', "sleeping") : ((byte)'R', "running");
    }

    /// <summary>Appends the CPUs of a mask as a list of ranges. Linux: <c>%*pbl</c>.</summary>
    public static void WriteRanges(ProcWriter writer, int count, Func<int, bool> has)
    {
        bool any = false;
        for (int first = 0; first < count; first++)
        {
            if (!has(first))
                continue;
            int last = first;
            while (last + 1 < count && has(last + 1))
                last++;
            if (any)
                writer.Append(","u8);
            writer.Decimal((long)first);
            if (last > first)
                writer.Append("-"u8).Decimal((long)last);
            any = true;
            first = last;
        }
    }

    // Linux: task_state
    private static void WriteState(in PseudoContext context, ProcWriter writer)
    {
        Task task = context.Task;
        (byte letter, string state) = StateOf(task);
        if (task.HasFiles)
            writer.Append("Umask:\t"u8).Octal(task.Fs.Umask, 4).Append("\n"u8);
        writer.Append("State:\t"u8).Append([letter]).Append(" ("u8).Append(state).Append(")\nTgid:\t"u8).Decimal((long)task.ProcessId);
        writer.Append("\nNgid:\t0\nPid:\t"u8).Decimal((long)task.ThreadId).Append("\nPPid:\t"u8).Decimal((long)task.Group.ParentId);
        writer.Append("\nTracerPid:\t0\nUid:\t"u8);
        Credentials who = task.Credentials;
        WriteFour(writer, who.Uid, who.EffectiveUid, who.SavedUid, who.FileUid);
        writer.Append("Gid:\t"u8);
        WriteFour(writer, who.Gid, who.EffectiveGid, who.SavedGid, who.FileGid);
        writer.Append("FDSize:\t"u8).Decimal(task.HasFiles ? (ulong)task.Files.Capacity : 0).Append("\nGroups:\t"u8);
        foreach (uint group in who.Groups)
            writer.Decimal((ulong)group).Append(" "u8);
        writer.Append(who.Groups.Length == 0 ? " \n"u8 : "\n"u8);
        writer.Append("NStgid:\t"u8).Decimal((long)task.ProcessId).Append("\nNSpid:\t"u8).Decimal((long)task.ThreadId);
        writer.Append("\nNSpgid:\t"u8).Decimal((long)task.Group.ProcessGroup.Number).Append("\nNSsid:\t"u8).Decimal((long)task.Group.Session.Number);
        writer.Append("\nKthread:\t"u8).Decimal(task.IsKernelThread ? 1ul : 0).Append("\n"u8);
    }

    private static void WriteFour(ProcWriter writer, uint a, uint b, uint c, uint d) => writer.Decimal((ulong)a).Append("\t"u8).Decimal((ulong)b)
        .Append("\t"u8).Decimal((ulong)c).Append("\t"u8).Decimal((ulong)d).Append("\n"u8);

    // Linux: task_sig
    private static void WriteSignals(Task task, ProcWriter writer)
    {
        ThreadGroup group = task.Group;
        (ulong ignored, ulong caught) = Dispositions(group);
        writer.Append("Threads:\t"u8).Decimal((long)group.Threads.Count).Append("\nSigQ:\t"u8).Decimal((long)task.Account.PendingSignals);
        writer.Append("/"u8).Decimal(group.Limits.Current(Resource.SigPending)).Append("\n"u8);
        WriteSet(writer, "SigPnd:\t"u8, task.Pending.Set);
        WriteSet(writer, "ShdPnd:\t"u8, group.SharedPending.Set);
        WriteSet(writer, "SigBlk:\t"u8, task.Blocked);
        WriteSet(writer, "SigIgn:\t"u8, ignored);
        WriteSet(writer, "SigCgt:\t"u8, caught);
    }

    /// <summary>The signals that a process ignores and those that it handles. Linux: <c>collect_sigign_sigcatch</c>.</summary>
    public static (ulong Ignored, ulong Caught) Dispositions(ThreadGroup group)
    {
        ulong ignored = 0, caught = 0;
        for (int signal = 1; signal <= Signal.Last; signal++)
        {
            ulong handler = group.Actions[signal].Handler;
            if (handler == SignalAction.Ignore)
                ignored |= Signal.Bit(signal);
            else if (handler != SignalAction.Default)
                caught |= Signal.Bit(signal);
        }
        return (ignored, caught);
    }

    private static void WriteSet(ProcWriter writer, ReadOnlySpan<byte> name, ulong set) => writer.Append(name).Hex(set, 16).Append("\n"u8);

    // Linux: task_cap, task_seccomp
    private static void WriteCapabilities(Task task, ProcWriter writer)
    {
        Credentials who = task.Credentials;
        WriteSet(writer, "CapInh:\t"u8, who.Inheritable);
        WriteSet(writer, "CapPrm:\t"u8, who.Permitted);
        WriteSet(writer, "CapEff:\t"u8, who.Effective);
        WriteSet(writer, "CapBnd:\t"u8, who.Bounding);
        WriteSet(writer, "CapAmb:\t"u8, who.Ambient);
        writer.Append("NoNewPrivs:\t"u8).Decimal(task.NoNewPrivileges ? 1ul : 0);
        writer.Append("\nSeccomp:\t0\nSeccomp_filters:\t0\nSpeculation_Store_Bypass:\tnot vulnerable\nSpeculationIndirectBranch:\tnot affected\n"u8);
    }

    // Linux: task_cpus_allowed, cpuset_task_status_allowed
    private static void WriteCpus(Task task, ProcWriter writer)
    {
        int cpus = task.Kernel.Processors.Length, nodes = task.Kernel.Memory.Nodes.Count;
        bool MayRun(int cpu) => task.Affinity.Length <= cpu >> 6 || (task.Affinity[cpu >> 6] >> (cpu & 63) & 1) != 0;
        ulong mask = 0;
        for (int cpu = 0; cpu < Math.Min(cpus, 64); cpu++)
            mask |= MayRun(cpu) ? 1UL << cpu : 0;
        writer.Append("Cpus_allowed:\t"u8).Hex(mask, (cpus + 3) / 4).Append("\nCpus_allowed_list:\t"u8);
        WriteRanges(writer, cpus, MayRun);
        writer.Append("\nMems_allowed:\t"u8);
        for (int word = MemoryNodeWords - 1; word >= 0; word--)
        {
            int held = Math.Clamp(nodes - (word * NodesPerWord), 0, NodesPerWord);
            writer.Hex((1UL << held) - 1, 8).Append(word == 0 ? "\n"u8 : ","u8);
        }
        writer.Append("Mems_allowed_list:\t"u8);
        WriteRanges(writer, nodes, static _ => true);
        writer.Append("\n"u8);
    }
}
