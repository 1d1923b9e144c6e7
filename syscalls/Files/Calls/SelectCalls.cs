using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>select and pselect6. Linux: fs/select.c (<c>core_sys_select</c>).</summary>
internal static class SelectCalls
{
    private const PollEvents ReadSet = PollEvents.ReadNormal | PollEvents.ReadBand | PollEvents.In | PollEvents.HangUp | PollEvents.Error | PollEvents.Invalid;
    private const PollEvents WriteSet = PollEvents.WriteBand | PollEvents.WriteNormal | PollEvents.Out | PollEvents.Error | PollEvents.Invalid;
    private const PollEvents ExceptSet = PollEvents.Priority | PollEvents.Invalid;
    private const int Sets = 3;

    private static readonly PollEvents[] Meanings = [ReadSet, WriteSet, ExceptSet];

    /// <summary>The sixth argument of pselect6. Linux: <c>struct sigset_argpack</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MaskArgument
    {
        public ulong Address, Size;
    }

    public static long Select(Task task, in SyscallArguments args)
    {
        int error = PollTimeout.TryGetTimeval(task, args.A4, out PollTimeout timeout);
        return error != 0 ? error : timeout.Finish(task, DoSelect(task, args, timeout.Deadline));
    }

    public static long PSelect6(Task task, in SyscallArguments args)
    {
        MaskArgument mask = default;
        if (args.A5 != 0 && !task.User.TryGet(args.A5, out mask))
            return -Errno.EFAULT;
        int error = PollTimeout.TryGetTimespec(task, args.A4, out PollTimeout timeout);
        if (error == 0)
            error = PollCalls.SetMask(task, mask.Address, mask.Size);
        return error != 0 ? error : timeout.Finish(task, DoSelect(task, args, timeout.Deadline));
    }

    private static long DoSelect(Task task, in SyscallArguments args, ulong deadline)
    {
        PollTable table = task.PollTable;
        table.Clear(); // what a run before this one has left
        int count = Math.Min(args.Int(0), task.Files.Capacity);
        if (count < 0)
            return -Errno.EINVAL;
        int words = (count + 63) / 64;
        ulong[] wanted = new ulong[words * Sets], found = new ulong[words * Sets];
        ulong[] addresses = [args.A1, args.A2, args.A3];
        for (int set = 0; set < Sets; set++)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(wanted.AsSpan(set * words, words));
            if (addresses[set] != 0 && task.User.CopyFrom(addresses[set], bytes) != 0)
                return -Errno.EFAULT;
        }
        long ready = Wait(task, count, words, wanted, found, deadline);
        if (ready < 0)
            return ready;
        for (int set = 0; set < Sets; set++)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(found.AsSpan(set * words, words));
            if (addresses[set] != 0 && task.User.CopyTo(addresses[set], bytes) != 0)
                return -Errno.EFAULT;
        }
        return ready;
    }

    // Linux: do_select
    private static long Wait(Task task, int count, int words, ulong[] wanted, ulong[] found, ulong deadline)
    {
        PollTable table = task.PollTable;
        if (!AreOpen(task, count, words, wanted))
            return -Errno.EBADF;
        long ready;
        while ((ready = Look(task, count, words, wanted, found)) == 0 && deadline != 0)
        {
            long result = table.Sleep(deadline);
            if (result == -KernelErrno.ERESTARTSYS)
                return -KernelErrno.ERESTARTNOHAND;
            if (result != 0 && result != -Errno.ETIME)
                return result;
            if (result == -Errno.ETIME)
                deadline = 0;
        }
        table.Clear();
        return ready;
    }

    // Linux: max_select_fd
    private static bool AreOpen(Task task, int count, int words, ulong[] wanted)
    {
        for (int fd = 0; fd < count; fd++)
        {
            if (MeaningOf(wanted, words, fd) != PollEvents.None && task.Files.Peek(fd) == null)
                return false;
        }
        return true;
    }

    private static long Look(Task task, int count, int words, ulong[] wanted, ulong[] found)
    {
        Array.Clear(found);
        PollTable table = task.PollTable;
        long ready = 0;
        for (int fd = 0; fd < count; fd++)
        {
            PollEvents meaning = MeaningOf(wanted, words, fd);
            if (meaning == PollEvents.None)
                continue;
            using FileReference reference = task.Files.Get(fd);
            table.Wanted = meaning | PollEvents.Always;
            PollEvents events = reference.File?.Poll(task, ready == 0 ? table : null) ?? PollEvents.Invalid;
            for (int set = 0; set < Sets; set++)
            {
                if (!Has(wanted, words, set, fd) || (events & Meanings[set]) == 0)
                    continue;
                found[(set * words) + (fd >> 6)] |= 1UL << (fd & 63);
                ready++;
            }
        }
        return ready;
    }

    private static PollEvents MeaningOf(ulong[] wanted, int words, int fd)
    {
        PollEvents meaning = PollEvents.None;
        for (int set = 0; set < Sets; set++)
        {
            if (Has(wanted, words, set, fd))
                meaning |= Meanings[set];
        }
        return meaning;
    }

    private static bool Has(ulong[] sets, int words, int set, int fd) => (sets[(set * words) + (fd >> 6)] >> (fd & 63) & 1) != 0;
}
