using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of /proc/PID and /proc/PID/task/TID: one row each. Linux: fs/proc/base.c (<c>tgid_base_stuff</c>, <c>tid_base_stuff</c>).</summary>
internal static class ProcTaskTable
{
    private static readonly PseudoEntry[] Common =
    [
        PseudoEntry.Directory("fd", static (PseudoFileSystem fs, in PseudoContext context) => new ProcFdDirectory(fs, context, isInfo: false), 0x140),
        PseudoEntry.Directory("fdinfo", static (PseudoFileSystem fs, in PseudoContext context) => new ProcFdDirectory(fs, context, isInfo: true)),
        PseudoEntry.File("auxv", static (in PseudoContext context, ProcWriter writer) => writer.Append(context.Mm?.Layout.AuxiliaryVector), 0x100),
        PseudoEntry.File("comm", static (in PseudoContext context, ProcWriter writer) => writer.Append(context.Task.Name).Append("\n"u8)),
        PseudoEntry.File("maps", Maps),
        PseudoEntry.File("numa_maps", static (in PseudoContext context, ProcWriter writer) =>
        {
            if (context.Mm is { } mm)
                NumaMaps.Write(mm, context.Task.Memory.Policy, writer);
        }),
        PseudoEntry.File("statm", Statm),
        .. ProcOom.Entries,
        PseudoEntry.File("cgroup", static (in PseudoContext context, ProcWriter writer) => ShowCgroup(context.Task.Group.ControlGroup, writer)),
        PseudoEntry.Magic("cwd", static (in PseudoContext context, out VfsPath path) => Place(context.Task.HasFiles ? context.Task.Fs.Current : default, out path)),
        PseudoEntry.Magic("root", static (in PseudoContext context, out VfsPath path) => Place(context.Task.HasFiles ? context.Task.Fs.Root : default, out path)),
        PseudoEntry.Magic("exe", static (in PseudoContext context, out VfsPath path) => Place(context.Mm?.ExeFile is OpenFile file ? file.Path : default, out path)),
    ];

    /// <summary>The rows of /proc/PID.</summary>
    public static PseudoEntry[] ProcessEntries { get; } =
    [
        PseudoEntry.Directory("task", static (PseudoFileSystem fs, in PseudoContext context) => new ProcThreadsDirectory(fs, context)),
        .. Common,
    ];

    /// <summary>The rows of /proc/PID/task/TID.</summary>
    public static PseudoEntry[] ThreadEntries { get; } = Common;

    private static void Maps(in PseudoContext context, ProcWriter writer)
    {
        if (context.Mm is { } mm)
            Mm.Maps.Write(mm, writer);
    }

    private static void Statm(in PseudoContext context, ProcWriter writer)
    {
        if (context.Mm is { } mm)
            Status.WriteStatm(mm, writer);
        else
            writer.Append("0 0 0 0 0 0 0\n"u8);
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
