using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/proc/locks. Linux: fs/locks.c (<c>lock_get_status</c>).</summary>
internal static class ProcLocks
{
    /// <summary>Writes a line for each lock that an open file of a process is concerned with.</summary>
    public static void Write(in PseudoContext context, ProcWriter writer)
    {
        HashSet<Inode> seen = [];
        long number = 0;
        foreach (Inode inode in OpenInodes(context.Kernel))
        {
            if (inode.Locks == null || !seen.Add(inode))
                continue;
            foreach ((FileLock held, bool isWhole) in inode.Locks.All())
                WriteLock(writer, ++number, inode, held, isWhole);
        }
    }

    private static IEnumerable<Inode> OpenInodes(Kernel kernel)
    {
        foreach (ThreadGroup process in kernel.Pids.Processes)
        {
            foreach (Task thread in process.Threads)
            {
                if (!thread.HasFiles)
                    continue;
                FileTable files = thread.Files;
                for (int fd = files.NextOpen(0); fd >= 0; fd = files.NextOpen(fd + 1))
                    yield return files.Peek(fd)!.Inode;
            }
        }
    }

    private static void WriteLock(ProcWriter writer, long number, Inode inode, in FileLock held, bool isWhole)
    {
        writer.Decimal(number).Append(": "u8);
        writer.Append(isWhole ? "FLOCK "u8 : held.ProcessId < 0 ? "OFDLCK"u8 : "POSIX "u8).Append(" ADVISORY  "u8);
        writer.Append(held.IsWrite ? "WRITE "u8 : "READ  "u8).Decimal((long)held.ProcessId).Append(" "u8);
        DeviceNumber device = inode.Device;
        writer.Hex(device.Major, 2).Append(":"u8).Hex(device.Minor, 2).Append(":"u8).Decimal(inode.Number).Append(" "u8).Decimal(held.Start).Append(" "u8);
        if (held.End >= long.MaxValue)
            writer.Append("EOF\n"u8);
        else
            writer.Decimal(held.End).Append("\n"u8);
    }
}
