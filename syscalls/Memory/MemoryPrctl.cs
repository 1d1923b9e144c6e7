using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The parts of prctl that touch the address space. Linux: kernel/sys.c; prctl(2).</summary>
internal static class MemoryPrctl
{
    private const int SetMm = 35, SetThpDisable = 41, GetThpDisable = 42, SetMemoryMerge = 67, GetMemoryMerge = 68, SetVma = 0x53564D41;

    private const ulong ThpExceptAdvised = 2;

    // Linux: ANON_VMA_NAME_MAX_LEN, the NUL included
    private const int MaxName = 80;

    /// <summary>Serves what is for the address space.</summary>
    /// <returns>The result; -EINVAL for what nobody knows.</returns>
    public static long Serve(Task task, in SyscallArguments args) => args.Int(0) switch
    {
        SetMm => MmPrctl.Set(task, args),
        SetThpDisable => DisableThp(task.Mm, args),
        GetThpDisable => ThpState(task.Mm, args),
        SetMemoryMerge => Merge(task.Mm, args),
        GetMemoryMerge => HasNoMore(args, 1) ? task.Mm.MergesAnyMemory ? 1 : 0 : -Errno.EINVAL,
        SetVma => SetName(task, args),
        _ => -Errno.EINVAL,
    };

    private static int DisableThp(MemoryDescriptor mm, in SyscallArguments args)
    {
        bool disable = args.A1 != 0;
        if (!HasNoMore(args, 3) || (!disable && args.A2 != 0) || (args.A2 & ~ThpExceptAdvised) != 0)
            return -Errno.EINVAL;
        mm.ThpDisabled = disable && args.A2 == 0;
        mm.ThpAdvisedOnly = disable && args.A2 != 0;
        return 0;
    }

    private static long ThpState(MemoryDescriptor mm, in SyscallArguments args)
    {
        if (!HasNoMore(args, 1))
            return -Errno.EINVAL;
        return mm.ThpDisabled ? 1 : mm.ThpAdvisedOnly ? 1 | (long)ThpExceptAdvised : 0;
    }

    private static int Merge(MemoryDescriptor mm, in SyscallArguments args) =>
        HasNoMore(args, 2) ? mm.SetMergesAnyMemory(args.A1 != 0) : -Errno.EINVAL;

    // Linux: prctl_set_vma
    private static long SetName(Task task, in SyscallArguments args)
    {
        if (args.A1 != 0)
            return -Errno.EINVAL;
        if (args.A4 == 0)
            return task.Mm.SetAnonName(args.A2, args.A3, null);
        Span<byte> name = stackalloc byte[MaxName];
        int length = task.User.CopyStringFrom(args.A4, name);
        if (length < 0)
            return length;
        if (length == MaxName || name[..length].ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) || name[..length].ContainsAny("\\`$[]"u8))
            return -Errno.EINVAL;
        return task.Mm.SetAnonName(args.A2, args.A3, System.Text.Encoding.ASCII.GetString(name[..length]));
    }

    private static bool HasNoMore(in SyscallArguments args, int first)
    {
        for (int i = first; i < 5; i++)
        {
            if (args[i] != 0)
                return false;
        }
        return true;
    }
}
