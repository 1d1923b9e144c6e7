using System.Runtime.InteropServices;
using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What the system tells of itself. Linux: kernel/sys.c, drivers/char/random.c, kernel/sched/membarrier.c.</summary>
internal static class SystemCalls
{
    private const int NameSize = 65, NameCount = 6;
    private const uint PersonalityQuery = 0xFFFFFFFF;
    private const uint RandomNonBlock = 1, RandomDevice = 2, RandomInsecure = 4;
    private const int RandomChunk = 256;

    // Linux: struct sysinfo
    [StructLayout(LayoutKind.Sequential, Size = 112)]
    private struct Info
    {
        public long Uptime;
        public ulong Load1, Load5, Load15, TotalRam, FreeRam, SharedRam, BufferRam, TotalSwap, FreeSwap;
        public ushort Processes;
        public ulong TotalHigh, FreeHigh;
        public uint MemoryUnit;
    }

    public static long Uname(Task task, in SyscallArguments args)
    {
        Span<byte> names = stackalloc byte[NameSize * NameCount];
        names.Clear();
        KernelOptions options = task.Kernel.Options;
        ReadOnlySpan<string> parts = ["Linux", task.Kernel.HostName, options.Release, options.Version, "x86_64", task.Kernel.DomainName];
        for (int i = 0; i < NameCount; i++)
            Encoding.Latin1.GetBytes(parts[i], names.Slice(i * NameSize, NameSize - 1));
        return task.User.CopyTo(args.A0, names) == 0 ? 0 : -Errno.EFAULT;
    }

    public static long SetHostName(Task task, in SyscallArguments args)
    {
        int error = GetName(task, args, out string name);
        if (error == 0)
            task.Kernel.HostName = name;
        return error;
    }

    public static long SetDomainName(Task task, in SyscallArguments args)
    {
        int error = GetName(task, args, out string name);
        if (error == 0)
            task.Kernel.DomainName = name;
        return error;
    }

    public static long SysInfo(Task task, in SyscallArguments args)
    {
        MemoryManager memory = task.Kernel.Memory;
        Info info = new()
        {
            Uptime = (long)(task.Kernel.Clock.Monotonic / Clock.Second),
            TotalRam = memory.TotalRamPages << MmConstants.PageShift,
            FreeRam = (ulong)memory.FreePages << MmConstants.PageShift,
            SharedRam = (ulong)memory.Stat(NodeStat.Shmem) << MmConstants.PageShift,
            TotalSwap = memory.Swap.TotalPages << MmConstants.PageShift,
            FreeSwap = memory.Swap.FreePages << MmConstants.PageShift,
            Processes = (ushort)task.Kernel.Pids.TaskCount,
            MemoryUnit = 1,
        };
        return task.User.TryPut(args.A0, info) ? 0 : -Errno.EFAULT;
    }

    public static long GetRandom(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A2;
        if ((flags & ~(RandomNonBlock | RandomDevice | RandomInsecure)) != 0 || (flags & (RandomDevice | RandomInsecure)) == (RandomDevice | RandomInsecure))
            return -Errno.EINVAL;
        ulong length = Math.Min(args.A1, int.MaxValue & MmConstants.PageMask), done = 0;
        Span<byte> chunk = stackalloc byte[RandomChunk];
        while (done < length)
        {
            Span<byte> part = chunk[..(int)Math.Min(RandomChunk, length - done)];
            task.Kernel.Random.Fill(part);
            int left = task.User.CopyTo(args.A0 + done, part);
            done += (ulong)(part.Length - left);
            if (left != 0)
                return done != 0 ? (long)done : -Errno.EFAULT;
        }
        return (long)done;
    }

    public static long Personality(Task task, in SyscallArguments args)
    {
        uint old = task.Personality;
        if ((uint)args.A0 != PersonalityQuery)
            task.Personality = (uint)args.A0;
        return old;
    }

    public static long GetCpu(Task task, in SyscallArguments args)
    {
        bool done = args.A0 == 0 || task.User.TryPut(args.A0, task.Token!.Processor.Id);
        return done && (args.A1 == 0 || task.User.TryPut(args.A1, 0)) ? 0 : -Errno.EFAULT;
    }

    /// <summary>The log of the kernel, which is empty: messages go to the log of emu. Linux: kernel/printk/printk.c (<c>do_syslog</c>).</summary>
    public static long SysLog(Task task, in SyscallArguments args)
    {
        const int Close = 0, Open = 1, Read = 2, ReadAll = 3, ReadClear = 4, Clear = 5, ConsoleOff = 6, ConsoleOn = 7, ConsoleLevel = 8,
            SizeUnread = 9, SizeBuffer = 10;
        const int BufferBytes = 1 << 18, MostLevel = 8;
        if (!task.Credentials.Can(Capability.SysLog) && !task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        int length = args.Int(2);
        switch (args.Int(0))
        {
            case Read:
                if (args.A1 == 0 || length < 0)
                    return -Errno.EINVAL;
                return length == 0 ? 0 : task.Kernel.LogReaders.Wait(task, 0, static _ => false);
            case ReadAll or ReadClear:
                return args.A1 == 0 || length < 0 ? -Errno.EINVAL : 0;
            case ConsoleLevel:
                return length is < 1 or > MostLevel ? -Errno.EINVAL : 0;
            case Close or Open or Clear or ConsoleOff or ConsoleOn or SizeUnread:
                return 0;
            case SizeBuffer:
                return BufferBytes;
            default:
                return -Errno.EINVAL;
        }
    }

    // Linux: sethostname, setdomainname
    private static int GetName(Task task, in SyscallArguments args, out string name)
    {
        name = "";
        if (!task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        int length = args.Int(1);
        if (length is < 0 or >= NameSize)
            return -Errno.EINVAL;
        Span<byte> bytes = stackalloc byte[NameSize];
        if (task.User.CopyFrom(args.A0, bytes[..length]) != 0)
            return -Errno.EFAULT;
        name = Encoding.Latin1.GetString(bytes[..length]);
        return 0;
    }
}
