using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>prctl. Linux: kernel/sys.c, security/commoncap.c (<c>cap_task_prctl</c>), prctl(2).</summary>
internal static class PrctlCalls
{
    private const int SetDeathSignal = 1, GetDeathSignal = 2, GetDumpable = 3, SetDumpable = 4, GetKeepCaps = 7, SetKeepCaps = 8, GetTiming = 13,
        SetTiming = 14, SetName = 15, GetName = 16, GetSeccomp = 21, CapBsetRead = 23, CapBsetDrop = 24, GetTsc = 25, SetTsc = 26,
        GetSecureBits = 27, SetSecureBits = 28, SetTimerSlack = 29, GetTimerSlack = 30, SetSubreaper = 36, GetSubreaper = 37,
        SetNoNewPrivs = 38, GetNoNewPrivs = 39, GetTidAddress = 40, CapAmbient = 47,
        GetAuxiliaryVector = 0x41555856;

    private const uint TscEnable = 1;

    public static long Prctl(Task task, in SyscallArguments args)
    {
        switch (args.Int(0))
        {
            case SetDeathSignal:
                if (args.A1 > Signal.Last)
                    return -Errno.EINVAL;
                task.ParentDeathSignal = (int)args.A1;
                return 0;
            case GetDeathSignal:
                return Put(task, args.A1, task.ParentDeathSignal);
            case GetDumpable:
                return task.Group.IsDumpable ? 1 : 0;
            case SetDumpable:
                if (args.A1 > 1)
                    return -Errno.EINVAL;
                task.Group.IsDumpable = args.A1 == 1;
                return 0;
            case GetTiming:
                return 0;
            case SetTiming:
                return args.A1 == 0 ? 0 : -Errno.EINVAL;
            case SetName:
                return SetTaskName(task, args.A1);
            case GetName:
                return GetTaskName(task, args.A1);
            case GetSeccomp:
                return 0;
            case GetTsc:
                return Put(task, args.A1, TscEnable);
            case SetTsc:
                return (uint)args.A1 == TscEnable ? 0 : -Errno.EINVAL;
            case SetTimerSlack:
                task.TimerSlack = (long)args.A1 <= 0 ? task.StandardTimerSlack : args.A1;
                return 0;
            case GetTimerSlack:
                return (long)task.TimerSlack;
            case SetSubreaper:
                SetIsSubreaper(task.Group, args.A1 != 0);
                return 0;
            case GetSubreaper:
                return Put(task, args.A1, task.Group.IsSubreaper ? 1 : 0);
            case GetTidAddress:
                return Put(task, args.A1, task.ClearChildTid);
            case GetAuxiliaryVector:
                return GetVector(task, args);
            default:
                return PrivilegeOrMemory(task, args);
        }
    }

    private static long PrivilegeOrMemory(Task task, in SyscallArguments args)
    {
        switch (args.Int(0))
        {
            case SetNoNewPrivs:
                if (args.A1 != 1 || !HasNoMore(args, 2))
                    return -Errno.EINVAL;
                task.NoNewPrivileges = true;
                return 0;
            case GetNoNewPrivs:
                return HasNoMore(args, 1) ? task.NoNewPrivileges ? 1 : 0 : -Errno.EINVAL;
            case GetKeepCaps:
                return (task.Credentials.SecureBits & CredentialChange.KeepCaps) != 0 ? 1 : 0;
            case SetKeepCaps:
                return PrctlCapabilities.SetKeepCaps(task, args.A1);
            case CapBsetRead:
                return args.A1 > (ulong)Capability.Last ? -Errno.EINVAL : (long)(task.Credentials.Bounding >> (int)args.A1 & 1);
            case CapBsetDrop:
                return PrctlCapabilities.DropBounding(task, args.A1);
            case GetSecureBits:
                return task.Credentials.SecureBits;
            case SetSecureBits:
                return PrctlCapabilities.SetSecureBits(task, args.A1);
            case CapAmbient:
                return PrctlCapabilities.ChangeAmbient(task, args);
            default:
                return MemoryPrctl.Serve(task, args);
        }
    }

    private static long SetTaskName(Task task, ulong address)
    {
        byte[] name = new byte[Task.NameLength - 1];
        int length = task.User.CopyStringFrom(address, name);
        if (length < 0)
            return length;
        task.Name = name[..length];
        return 0;
    }

    private static int GetTaskName(Task task, ulong address)
    {
        Span<byte> name = stackalloc byte[Task.NameLength];
        name.Clear();
        task.Name.CopyTo(name);
        return task.User.CopyTo(address, name) == 0 ? 0 : -Errno.EFAULT;
    }

    // Those that were made before are below it too. Linux: propagate_has_child_subreaper
    private static void SetIsSubreaper(ThreadGroup group, bool isSubreaper)
    {
        group.IsSubreaper = isSubreaper;
        if (!isSubreaper)
            return;
        Stack<ThreadGroup> open = new(group.Children);
        while (open.TryPop(out ThreadGroup? process))
        {
            process.HasSubreaper = true;
            foreach (ThreadGroup child in process.Children)
                open.Push(child);
        }
    }

    // Linux: prctl_get_auxv
    private static long GetVector(Task task, in SyscallArguments args)
    {
        if (args.A3 != 0 || args.A4 != 0)
            return -Errno.EINVAL;
        byte[] vector = task.Mm.Layout.AuxiliaryVector;
        int length = (int)Math.Min((ulong)vector.Length, args.A2);
        return task.User.CopyTo(args.A1, vector.AsSpan(0, length)) == 0 ? vector.Length : -Errno.EFAULT;
    }

    private static int Put<T>(Task task, ulong address, T value)
        where T : unmanaged => task.User.TryPut(address, value) ? 0 : -Errno.EFAULT;

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
