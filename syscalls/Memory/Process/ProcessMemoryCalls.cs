using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Advice on another process's memory, and the end of it. Linux: mm/madvise.c, mm/oom_kill.c.</summary>
internal static class ProcessMemoryCalls
{
    // Linux: PIDFD_SELF_THREAD, PIDFD_SELF_THREAD_GROUP
    private const int SelfThread = -10000, SelfProcess = -10001;

    public static long ProcessMadvise(Task task, in SyscallArguments args)
    {
        if (args.A4 != 0)
            return -Errno.EINVAL;
        long total = TransferCalls.GetVectors(task, args.A1, args.A2, out IoVector[] vectors);
        if (total < 0)
            return total;
        int error = Find(task, args.Int(0), out Task? other);
        if (error != 0)
            return error;
        if (other!.IsKernelThread || other.IsExiting)
            return -Errno.ESRCH;
        if (!PtraceAccess.MayRead(task, other))
            return -Errno.EACCES;
        Advice advice = (Advice)args.Int(3);
        bool foreign = other.Mm != task.Mm;
        if (!advice.IsKnown() || (foreign && !advice.IsForOthers()))
            return -Errno.EINVAL;
        if (foreign && !task.Credentials.Can(Capability.SysNice))
            return -Errno.EPERM;
        return Advise(task, other.Mm, vectors, advice);
    }

    public static long ProcessMrelease(Task task, in SyscallArguments args)
    {
        if (args.A1 != 0)
            return -Errno.EINVAL;
        int error = Find(task, args.Int(0), out Task? other);
        if (error != 0)
            return error;
        if (other!.IsKernelThread || other.Mm.IsGone)
            return -Errno.ESRCH;
        // Nobody who goes on may use it. Linux: task_will_free_mem
        if (task.Kernel.Pids.Processes.Any(process => !process.IsExiting && process.Threads.Any(thread => Uses(thread, other.Mm))))
            return -Errno.EINVAL;
        other.Mm.Reap();
        return 0;
    }

    private static bool Uses(Task thread, MemoryDescriptor mm) => !thread.IsKernelThread && !thread.IsExiting && thread.Mm == mm;

    // What was advised before an error counts. Linux: vector_madvise
    private static long Advise(Task task, MemoryDescriptor mm, IoVector[] vectors, Advice advice)
    {
        long done = 0;
        foreach (IoVector vector in vectors)
        {
            int error = mm.Advise(vector.Address, vector.Length, advice, task.User.Context);
            if (error < 0)
                return done != 0 ? done : error;
            done += (long)vector.Length;
        }
        return done;
    }

    // Linux: pidfd_get_task
    private static int Find(Task task, int fd, out Task? other)
    {
        other = fd switch
        {
            SelfThread => task,
            SelfProcess => task.Group.Leader,
            _ => null,
        };
        if (other != null)
            return 0;
        int error = task.TryGetPidFd(fd, out Pid? pid, out _);
        other = pid?.Task;
        return error != 0 ? error : other == null ? -Errno.ESRCH : 0;
    }
}
