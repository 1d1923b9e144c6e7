using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>poll and ppoll. Linux: fs/select.c (<c>do_sys_poll</c>).</summary>
internal static class PollCalls
{
    private const int PollFdSize = 8, REventsPlace = 6, SetBytes = 8;

    /// <summary>Linux: <c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public ushort Events, REvents;
    }

    public static long Poll(Task task, in SyscallArguments args)
    {
        ulong deadline = PollTimeout.FromMilliseconds(task, args.Int(2));
        long result = DoPoll(task, args.A0, (uint)args.A1, deadline);
        return result == -KernelErrno.ERESTARTNOHAND ? Restart(task, args.A0, (uint)args.A1, deadline) : result;
    }

    public static long PPoll(Task task, in SyscallArguments args)
    {
        int error = PollTimeout.TryGetTimespec(task, args.A2, out PollTimeout timeout);
        if (error == 0)
            error = SetMask(task, args.A3, args.A4);
        return error != 0 ? error : timeout.Finish(task, DoPoll(task, args.A0, (uint)args.A1, timeout.Deadline));
    }

    /// <summary>Replaces the signal mask for the call, if one is given. Linux: <c>set_user_sigmask</c>.</summary>
    /// <returns>0, -EINVAL or -EFAULT.</returns>
    public static int SetMask(Task task, ulong address, ulong size)
    {
        if (address == 0)
            return 0;
        if (size != SetBytes)
            return -Errno.EINVAL;
        if (!task.User.TryGet(address, out ulong mask))
            return -Errno.EFAULT;
        task.SetTemporaryMask(mask);
        return 0;
    }

    private static long Restart(Task task, ulong address, uint count, ulong deadline)
    {
        task.Restart = new PollRestart(address, count, deadline);
        return -KernelErrno.ERESTART_RESTARTBLOCK;
    }

    private static long DoPoll(Task task, ulong address, uint count, ulong deadline)
    {
        PollTable table = task.PollTable;
        table.Clear(); // what a run before this one has left
        if (count > task.OpenFilesLimit)
            return -Errno.EINVAL;
        PollFd[] files = new PollFd[count];
        if (task.User.CopyFrom(address, MemoryMarshal.AsBytes(files.AsSpan())) != 0)
            return -Errno.EFAULT;
        int ready;
        while ((ready = Look(task, files, table)) == 0 && deadline != 0)
        {
            long result = table.Sleep(deadline);
            if (result == Task.Suspended)
                return result;
            if (result == -KernelErrno.ERESTARTSYS)
                return -KernelErrno.ERESTARTNOHAND;
            if (result != 0 && result != -Errno.ETIME)
                return result;
            if (result == -Errno.ETIME)
                deadline = 0;
        }
        table.Clear();
        return Tell(task, address, files) ? ready : -Errno.EFAULT;
    }

    // Linux: do_poll
    private static int Look(Task task, PollFd[] files, PollTable table)
    {
        int ready = 0;
        for (int i = 0; i < files.Length; i++)
        {
            ref PollFd entry = ref files[i];
            entry.REvents = (ushort)LookAt(task, entry, ready == 0 ? table : null);
            if (entry.REvents != 0)
                ready++;
        }
        return ready;
    }

    private static PollEvents LookAt(Task task, in PollFd entry, PollTable? table)
    {
        if (entry.Fd < 0)
            return PollEvents.None;
        using FileReference reference = task.Files.Get(entry.Fd);
        if (reference.File is not { } file)
            return PollEvents.Invalid;
        PollEvents wanted = (PollEvents)entry.Events | PollEvents.Always;
        if (table != null)
            table.Wanted = wanted;
        return file.Poll(task, table) & wanted;
    }

    private static bool Tell(Task task, ulong address, PollFd[] files)
    {
        for (int i = 0; i < files.Length; i++)
        {
            if (!task.User.TryPut(address + ((ulong)i * PollFdSize) + REventsPlace, files[i].REvents))
                return false;
        }
        return true;
    }

    /// <summary>Goes on with a poll that a stop has interrupted. Linux: <c>do_restart_poll</c>.</summary>
    private sealed class PollRestart(ulong address, uint count, ulong deadline) : RestartBlock
    {
        public override long Run(Task task)
        {
            long result = DoPoll(task, address, count, deadline);
            return result == -KernelErrno.ERESTARTNOHAND ? Restart(task, address, count, deadline) : result;
        }
    }
}
