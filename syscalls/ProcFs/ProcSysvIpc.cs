using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/sysvipc, and the limits of System V objects in /proc/sys/kernel. Linux: ipc/shm.c (<c>sysvipc_shm_proc_show</c>), ipc/ipc_sysctl.c.</summary>
internal static class ProcSysvIpc
{
    /// <summary>Rows of /proc/sysvipc.</summary>
    public static PseudoEntry[] Entries { get; } = [PseudoEntry.File("shm", Segments)];

    /// <summary>Rows of /proc/sys/kernel.</summary>
    public static PseudoEntry[] SysKernelEntries { get; } =
    [
        Limit("shmmax", static memory => memory.MostBytes, static (memory, value) => memory.MostBytes = value),
        Limit("shmall", static memory => memory.MostPages, static (memory, value) => memory.MostPages = value),
        PseudoEntry.Number("shmmni", static kernel => kernel.Ipc.SharedMemory.MostSegments,
            static (kernel, value) => kernel.Ipc.SharedMemory.MostSegments = (int)value, 0, 1 << IpcKey.SequenceShift),
        PseudoEntry.Number("shm_rmid_forced", static kernel => kernel.Ipc.SharedMemory.RemovesOrphans ? 1 : 0,
            static (kernel, value) => kernel.Ipc.SharedMemory.RemovesOrphans = value != 0, 0, 1),
    ];

    private static PseudoEntry Limit(string name, Func<SharedMemory, ulong> get, Action<SharedMemory, ulong> set)
    {
        void Show(in PseudoContext context, ProcWriter writer) => writer.Decimal(get(context.Kernel.Ipc.SharedMemory)).Append("\n"u8);
        int Store(in PseudoContext context, ReadOnlySpan<byte> text)
        {
            int error = PseudoText.ParseUnsigned(PseudoText.Trim(text), ulong.MaxValue, out ulong value);
            if (error == 0)
                set(context.Kernel.Ipc.SharedMemory, value);
            return error;
        }
        return PseudoEntry.File(name, Show, Store);
    }

    private static void Segments(in PseudoContext context, ProcWriter writer)
    {
        writer.Append("       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime"u8)
            .Append("                   rss                  swap\n"u8);
        foreach (SharedSegment segment in context.Kernel.Ipc.SharedMemory.Segments.Objects)
            WriteSegment(segment, writer);
    }

    private static void WriteSegment(SharedSegment segment, ProcWriter writer)
    {
        string mode = Convert.ToString(segment.Mode, 8).PadLeft(4);
        long swapped = segment.File.Mapping?.SwappedPages ?? 0;
        writer.Decimal(segment.Key, 10).Append(" "u8).Decimal(segment.Id, 10).Append("  "u8).Append(mode).Append(" "u8).Decimal(segment.Size, 21)
            .Append(" "u8).Decimal(segment.CreatorProcess, 5).Append(" "u8).Decimal(segment.LastProcess, 5).Append("  "u8).Decimal(segment.Attached, 5);
        foreach (uint id in (ReadOnlySpan<uint>)[segment.Uid, segment.Gid, segment.CreatorUid, segment.CreatorGid])
            writer.Append(" "u8).Decimal((long)id, 5);
        foreach (long time in (ReadOnlySpan<long>)[segment.AttachTime, segment.DetachTime, segment.ChangeTime])
            writer.Append(" "u8).Decimal(time, 10);
        foreach (long count in (ReadOnlySpan<long>)[(long)segment.ResidentPages, swapped])
            writer.Append(" "u8).Decimal(count << MmConstants.PageShift, 21);
        writer.Append("\n"u8);
    }
}
