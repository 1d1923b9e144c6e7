using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of /proc/PID and /proc/PID/task/TID: one row each. Linux: fs/proc/base.c (<c>tgid_base_stuff</c>, <c>tid_base_stuff</c>).</summary>
internal static class ProcTaskTable
{
    private const uint OwnerRead = 0x100;

    private static readonly PseudoEntry[] Common =
    [
        PseudoEntry.Directory("fd", static (PseudoFileSystem fs, in PseudoContext context) => new ProcFdDirectory(fs, context, isInfo: false), 0x140),
        PseudoEntry.Directory("fdinfo", static (PseudoFileSystem fs, in PseudoContext context) => new ProcFdDirectory(fs, context, isInfo: true)),
        PseudoEntry.File("environ", ProcTaskText.Environ, OwnerRead) with { NeedsTrace = true },
        PseudoEntry.File("auxv", static (in PseudoContext context, ProcWriter writer) => writer.Append(context.Mm?.Layout.AuxiliaryVector), OwnerRead)
            with { NeedsTrace = true },
        PseudoEntry.File("status", ProcTaskStatus.Write),
        PseudoEntry.File("personality", static (in PseudoContext context, ProcWriter writer) => writer.Hex(context.Task.Personality, 8).Append("\n"u8), OwnerRead),
        PseudoEntry.File("limits", ProcTaskText.Limits),
        PseudoEntry.File("comm", static (in PseudoContext context, ProcWriter writer) => writer.Append(context.Task.Name).Append("\n"u8), ProcTaskText.SetComm),
        PseudoEntry.File("syscall", ProcTaskText.Syscall, OwnerRead),
        PseudoEntry.File("cmdline", ProcTaskText.Cmdline),
        .. ProcMmTable.TaskEntries,
        PseudoEntry.File("numa_maps", static (in PseudoContext context, ProcWriter writer) =>
        {
            if (context.Mm is { } mm)
                NumaMaps.Write(mm, context.Task.Memory.Policy, writer);
        }),
        .. ProcOom.Entries,
        PseudoEntry.File("cgroup", static (in PseudoContext context, ProcWriter writer) => ShowCgroup(context.Task.Group.ControlGroup, writer)),
        PseudoEntry.Magic("cwd", static (in PseudoContext context, out VfsPath path) => Place(context.Task.HasFiles ? context.Task.Fs.Current : default, out path)),
        PseudoEntry.Magic("root", static (in PseudoContext context, out VfsPath path) => Place(context.Task.HasFiles ? context.Task.Fs.Root : default, out path)),
        PseudoEntry.Magic("exe", static (in PseudoContext context, out VfsPath path) => Place(context.Mm?.ExeFile is OpenFile file ? file.Path : default, out path)),
        PseudoEntry.File("mounts", ProcMounts.WriteMounts),
        PseudoEntry.File("mountinfo", ProcMounts.WriteInfo),
        PseudoEntry.File("cgroup", static (in PseudoContext _, ProcWriter writer) => writer.Append("0::/\n"u8)),
        PseudoEntry.File("io", ProcTaskText.Io, OwnerRead) with { NeedsTrace = true },
        PseudoEntry.File("uid_map", IdentityMap, 0x1A4),
        PseudoEntry.File("gid_map", IdentityMap, 0x1A4),
        PseudoEntry.File("setgroups", static (in PseudoContext _, ProcWriter writer) => writer.Append("allow\n"u8), 0x1A4),
        PseudoEntry.File("loginuid", static (in PseudoContext _, ProcWriter writer) => writer.Append("4294967295"u8), 0x1A4),
        PseudoEntry.File("sessionid", static (in PseudoContext _, ProcWriter writer) => writer.Append("4294967295"u8)),
    ];

    /// <summary>The rows of /proc/PID.</summary>
    public static PseudoEntry[] ProcessEntries { get; } =
    [
        PseudoEntry.Directory("task", static (PseudoFileSystem fs, in PseudoContext context) => new ProcThreadsDirectory(fs, context)),
        PseudoEntry.Directory("map_files", static (PseudoFileSystem fs, in PseudoContext context) => new ProcMapFiles(fs, context), 0x140),
        PseudoEntry.File("stat", ProcTaskStat.WriteProcess),
        .. Common,
    ];

    /// <summary>The rows of /proc/PID/task/TID.</summary>
    public static PseudoEntry[] ThreadEntries { get; } =
    [
        PseudoEntry.File("stat", ProcTaskStat.WriteThread),
        PseudoEntry.File("children", Children),
        .. Common,
    ];

    // There is one name space of ids: each is itself.
    private static void IdentityMap(in PseudoContext context, ProcWriter writer) => writer.Append("         0          0 4294967295\n"u8);

    // Linux: children_seq_show
    private static void Children(in PseudoContext context, ProcWriter writer)
    {
        foreach (ThreadGroup child in context.Task.Group.Children)
        {
            if (child.ParentThread == context.Task)
                writer.Decimal((long)child.ProcessId).Append(" "u8);
        }
    }

    // Linux: proc_cgroup_show
    private static void ShowCgroup(ControlGroup group, ProcWriter writer) =>
        writer.Append("0::"u8).Append(group.Path).Append(group.IsDead ? " (deleted)\n"u8 : "\n"u8);

    private static int Place(VfsPath place, out VfsPath path)
    {
        path = place;
        return place.IsNone ? -Errno.ENOENT : 0;
    }
}
