using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Which CPUs a task may run on. Linux: kernel/sched/syscalls.c (<c>sched_setaffinity</c>).</summary>
internal static class AffinityCalls
{
    private const int BitsPerWord = 64, MostBytes = 1024;

    public static long SchedSetAffinity(Task task, in SyscallArguments args)
    {
        Task? target = Find(task, args.Int(0));
        int length = (int)Math.Min((uint)args.A1, MostBytes);
        ulong[] mask = new ulong[MostBytes / sizeof(ulong)];
        if (task.User.CopyFrom(args.A2, MemoryMarshal.AsBytes(mask.AsSpan())[..length]) != 0)
            return -Errno.EFAULT;
        if (target == null)
            return -Errno.ESRCH;
        Credentials own = task.Credentials, theirs = target.Credentials;
        if (own.EffectiveUid != theirs.EffectiveUid && own.EffectiveUid != theirs.Uid && !own.Can(Capability.SysNice))
            return -Errno.EPERM;
        ulong[] online = Online(task.Kernel);
        bool isEmpty = true;
        for (int i = 0; i < online.Length; i++)
        {
            online[i] &= mask[i];
            isEmpty &= online[i] == 0;
        }
        if (isEmpty)
            return -Errno.EINVAL;
        target.Affinity = online;
        return 0;
    }

    public static long SchedGetAffinity(Task task, in SyscallArguments args)
    {
        uint length = (uint)args.A1;
        if ((ulong)length * 8 < (ulong)task.Kernel.Processors.Length || length % sizeof(ulong) != 0)
            return -Errno.EINVAL;
        Task? target = Find(task, args.Int(0));
        if (target == null)
            return -Errno.ESRCH;
        ulong[] mask = target.Affinity.Length != 0 ? target.Affinity : Online(task.Kernel);
        Span<byte> bytes = MemoryMarshal.AsBytes(mask.AsSpan());
        int size = (int)Math.Min(length, (uint)bytes.Length);
        return task.User.CopyTo(args.A2, bytes[..size]) == 0 ? size : -Errno.EFAULT;
    }

    private static ulong[] Online(Kernel kernel)
    {
        int count = kernel.Processors.Length;
        ulong[] mask = new ulong[(count + BitsPerWord - 1) / BitsPerWord];
        for (int cpu = 0; cpu < count; cpu++)
            mask[cpu / BitsPerWord] |= 1UL << (cpu % BitsPerWord);
        return mask;
    }

    private static Task? Find(Task task, int pid) => pid == 0 ? task : task.Kernel.Pids.FindTask(pid);
}
