using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/PID/mounts and /proc/PID/mountinfo. Linux: fs/proc_namespace.c.</summary>
internal static class ProcMounts
{
    private static ReadOnlySpan<byte> Blanks => " \t\n\\#"u8;

    /// <summary>mounts. Linux: <c>show_vfsmnt</c>.</summary>
    public static void WriteMounts(in PseudoContext context, ProcWriter writer)
    {
        if (!context.Task.HasFiles)
            return;
        foreach (Mount mount in context.Task.Namespace.Mounts)
        {
            byte[] place = PlaceOf(context, mount, out bool isReachable);
            if (!isReachable)
                continue;
            writer.Escaped(SourceOf(mount), Blanks).Append(" "u8).Escaped(place, Blanks).Append(" "u8).Append(mount.FileSystem.TypeName);
            writer.Append(mount.IsReadOnly ? " ro"u8 : " rw"u8);
            WriteFlags(mount, writer);
            writer.Append(mount.FileSystem.Options).Append(" 0 0\n"u8);
        }
    }

    /// <summary>mountinfo. Linux: <c>show_mountinfo</c>.</summary>
    public static void WriteInfo(in PseudoContext context, ProcWriter writer)
    {
        if (!context.Task.HasFiles)
            return;
        foreach (Mount mount in context.Task.Namespace.Mounts)
        {
            byte[] place = PlaceOf(context, mount, out bool isReachable);
            if (!isReachable)
                continue;
            DeviceNumber device = mount.Root.Inode!.Device;
            writer.Decimal((long)mount.Id).Append(" "u8).Decimal((long)(mount.Parent?.Id ?? 1)).Append(" "u8);
            writer.Decimal((ulong)device.Major).Append(":"u8).Decimal((ulong)device.Minor).Append(" "u8);
            WriteRoot(mount, writer);
            writer.Append(" "u8).Escaped(place, Blanks).Append(mount.IsReadOnly ? " ro"u8 : " rw"u8);
            WriteFlags(mount, writer);
            writer.Append(" - "u8).Append(mount.FileSystem.TypeName).Append(" "u8).Escaped(SourceOf(mount), Blanks);
            writer.Append(mount.FileSystem.IsReadOnly ? " ro"u8 : " rw"u8).Append(mount.FileSystem.Options).Append("\n"u8);
        }
    }

    private static byte[] PlaceOf(in PseudoContext context, Mount mount, out bool isReachable) =>
        Vfs.NameOf(new VfsPath(mount, mount.Root), context.Task.Fs.Root, out isReachable);

    private static ReadOnlySpan<byte> SourceOf(Mount mount) => mount.Source.Length == 0 ? "none"u8 : mount.Source;

    // The part of the file system that is mounted.
    private static void WriteRoot(Mount mount, ProcWriter writer)
    {
        if (mount.Root.IsRoot)
        {
            writer.Append("/"u8);
            return;
        }
        List<byte[]> names = [];
        for (Dentry at = mount.Root; !at.IsRoot; at = at.Parent)
            names.Add(at.Name);
        for (int i = names.Count - 1; i >= 0; i--)
            writer.Append("/"u8).Escaped(names[i], Blanks);
    }

    // Linux: show_mnt_opts
    private static void WriteFlags(Mount mount, ProcWriter writer)
    {
        MountFlags flags = mount.Flags;
        if ((flags & MountFlags.NoSetUid) != 0)
            writer.Append(",nosuid"u8);
        if ((flags & MountFlags.NoDevices) != 0)
            writer.Append(",nodev"u8);
        if ((flags & MountFlags.NoExec) != 0)
            writer.Append(",noexec"u8);
        if ((flags & MountFlags.NoAccessTime) != 0)
            writer.Append(",noatime"u8);
        if ((flags & MountFlags.NoDirectoryAccessTime) != 0)
            writer.Append(",nodiratime"u8);
        if ((flags & MountFlags.RelativeAccessTime) != 0)
            writer.Append(",relatime"u8);
    }
}
