using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of a control group that belong to no controller: one row each. Linux: <c>cgroup_base_files</c>.</summary>
internal static class CgroupFiles
{
    private const uint WriteOnly = 0x80;

    /// <summary>The rows of a group.</summary>
    public static IEnumerable<PseudoEntry> Entries(ControlGroup group)
    {
        bool isRoot = group.Parent == null;
        if (!isRoot)
            yield return PseudoEntry.File("cgroup.type", (in PseudoContext _, ProcWriter writer) => writer.Append("domain\n"u8), StoreType);
        yield return PseudoEntry.File("cgroup.procs", (in PseudoContext _, ProcWriter writer) => ShowProcesses(group, writer),
            (in PseudoContext context, ReadOnlySpan<byte> text) => StoreProcess(group, context, text));
        yield return PseudoEntry.File("cgroup.threads", (in PseudoContext _, ProcWriter writer) => ShowThreads(group, writer),
            static (in PseudoContext _, ReadOnlySpan<byte> _) => -Errno.EOPNOTSUPP);
        yield return PseudoEntry.File("cgroup.controllers", (in PseudoContext _, ProcWriter writer) => ShowControllers(group.Controllers, writer));
        yield return PseudoEntry.File("cgroup.subtree_control", (in PseudoContext _, ProcWriter writer) => ShowControllers(group.SubtreeControl, writer),
            (in PseudoContext _, ReadOnlySpan<byte> text) => StoreSubtreeControl(group, text));
        if (!isRoot)
            yield return PseudoEntry.File("cgroup.events", (in PseudoContext _, ProcWriter writer) => ShowEvents(group, writer));
        yield return Limit("cgroup.max.descendants", () => group.MaxDescendants, value => group.MaxDescendants = value);
        yield return Limit("cgroup.max.depth", () => group.MaxDepth, value => group.MaxDepth = value);
        yield return PseudoEntry.File("cgroup.stat", (in PseudoContext _, ProcWriter writer) => ShowStat(group, writer));
        if (!isRoot)
            yield return PseudoEntry.File("cgroup.kill", null, (in PseudoContext _, ReadOnlySpan<byte> text) => StoreKill(group, text), WriteOnly);
        foreach (PseudoEntry entry in CgroupMemoryFiles.Entries(group))
            yield return entry;
        foreach (PseudoEntry entry in CgroupPidsFiles.Entries(group))
            yield return entry;
    }

    /// <summary>Names of controllers, as the kernel orders them.</summary>
    private static readonly (CgroupControllers Controller, string Name)[] Names = [(CgroupControllers.Memory, "memory"), (CgroupControllers.Pids, "pids")];

    /// <summary>What was written, as text without blanks around it.</summary>
    public static string Text(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(PseudoText.Trim(text));

    // Linux: cgroup_procs_show
    private static void ShowProcesses(ControlGroup group, ProcWriter writer)
    {
        foreach (ThreadGroup process in group.Processes)
            writer.Decimal((long)process.ProcessId).Append("\n"u8);
    }

    private static void ShowThreads(ControlGroup group, ProcWriter writer)
    {
        foreach (ThreadGroup process in group.Processes)
        {
            foreach (Task thread in process.Threads.Where(static thread => !thread.IsExiting))
                writer.Decimal((long)thread.ThreadId).Append("\n"u8);
        }
    }

    // Linux: __cgroup_procs_write
    private static int StoreProcess(ControlGroup group, in PseudoContext context, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long number) || number is < 0 or > int.MaxValue)
            return -Errno.EINVAL;
        ThreadGroup? process = number == 0 ? context.Reader!.Group : context.Kernel.Pids.FindTask((int)number)?.Group;
        if (process == null || process.LiveThreads == 0)
            return -Errno.ESRCH;
        return ControlGroups.Move(process, group);
    }

    private static int StoreType(in PseudoContext context, ReadOnlySpan<byte> text) => Text(text) == "threaded" ? -Errno.EOPNOTSUPP : -Errno.EINVAL;

    private static void ShowControllers(CgroupControllers controllers, ProcWriter writer) =>
        writer.Append(string.Join(' ', Names.Where(row => (controllers & row.Controller) != 0).Select(static row => row.Name))).Append("\n"u8);

    // Linux: cgroup_subtree_control_write
    private static int StoreSubtreeControl(ControlGroup group, ReadOnlySpan<byte> text)
    {
        CgroupControllers enable = 0, disable = 0;
        foreach (string word in Text(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            CgroupControllers controller = Names.FirstOrDefault(row => word.AsSpan(1).SequenceEqual(row.Name)).Controller;
            if (controller == 0 || word[0] is not ('+' or '-'))
                return -Errno.EINVAL;
            bool on = word[0] == '+';
            enable = on ? enable | controller : enable & ~controller;
            disable = on ? disable & ~controller : disable | controller;
        }
        return group.SetSubtreeControl(enable, disable);
    }

    // Linux: cgroup_events_show
    private static void ShowEvents(ControlGroup group, ProcWriter writer) =>
        writer.Append("populated "u8).Decimal(group.IsPopulated ? 1L : 0).Append("\nfrozen 0\n"u8);

    // Linux: cgroup_stat_show
    private static void ShowStat(ControlGroup group, ProcWriter writer)
    {
        writer.Append("nr_descendants "u8).Decimal((long)group.Descendants).Append("\n"u8);
        writer.Append("nr_subsys_memory "u8).Decimal((long)Count(group, CgroupControllers.Memory)).Append("\n"u8);
        writer.Append("nr_subsys_pids "u8).Decimal((long)Count(group, CgroupControllers.Pids)).Append("\n"u8);
        writer.Append("nr_dying_descendants 0\nnr_dying_subsys_memory "u8).Decimal((long)Dying(group)).Append("\nnr_dying_subsys_pids 0\n"u8);
    }

    private static int Count(ControlGroup group, CgroupControllers controller) =>
        ((group.Controllers & controller) != 0 ? 1 : 0) + group.Children.Sum(child => Count(child, controller));

    private static int Dying(ControlGroup group) => group.Memory.Subtree().Count(static memory => !memory.IsOnline);

    // Linux: cgroup_kill_write
    private static int StoreKill(ControlGroup group, ReadOnlySpan<byte> text)
    {
        if (!PseudoText.TryParse(text, out long value))
            return -Errno.EINVAL;
        if (value != 1)
            return -Errno.ERANGE;
        Kill(group);
        return 0;
    }

    private static void Kill(ControlGroup group)
    {
        foreach (ThreadGroup process in group.Processes.ToList())
            SignalSender.SendToProcess(process, SigInfo.ForKernel(Signal.SIGKILL));
        foreach (ControlGroup child in group.Children)
            Kill(child);
    }

    private static PseudoEntry Limit(string name, Func<long> get, Action<long> set) => PseudoEntry.File(name,
        (in PseudoContext _, ProcWriter writer) =>
        {
            if (get() == long.MaxValue)
                writer.Append("max\n"u8);
            else
                writer.Decimal(get()).Append("\n"u8);
        },
        (in PseudoContext _, ReadOnlySpan<byte> text) =>
        {
            long value = long.MaxValue;
            if (Text(text) != "max" && (!PseudoText.TryParse(text, out value) || value > int.MaxValue))
                return -Errno.EINVAL;
            if (value < 0)
                return -Errno.ERANGE;
            set(value);
            return 0;
        });
}
