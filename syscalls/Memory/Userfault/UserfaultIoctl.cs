using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The ioctls of a userfaultfd: structures in and out of user memory. Linux: <c>userfaultfd_ioctl</c>; ioctl_userfaultfd(2).</summary>
internal static class UserfaultIoctl
{
    /// <summary>Linux: <c>UFFD_API</c>.</summary>
    public const ulong Version = 0xAA;

    /// <summary>Ioctls of the descriptor, a bit each. Linux: <c>UFFD_API_IOCTLS</c>.</summary>
    public const ulong ApiIoctls = (1UL << 0x3F) | 3;

    /// <summary>Ioctls of a registered range. Linux: <c>UFFD_API_RANGE_IOCTLS</c>.</summary>
    public const ulong RangeIoctls = WakeBit | CopyBit | ZeroPageBit | MoveBit | WriteProtectBit | ContinueBit | PoisonBit;

    private const ulong WakeBit = 1 << 2, CopyBit = 1 << 3, ZeroPageBit = 1 << 4, MoveBit = 1 << 5, WriteProtectBit = 1 << 6, ContinueBit = 1 << 7,
        PoisonBit = 1 << 8;

    // What the pool of huge pages can. Linux: UFFD_API_RANGE_IOCTLS_BASIC
    private const ulong BasicIoctls = WakeBit | CopyBit | WriteProtectBit | ContinueBit | PoisonBit;

    private const uint Api = 0xC018AA3F, Register = 0xC020AA00, Unregister = 0x8010AA01, Wake = 0x8010AA02, Copy = 0xC028AA03, ZeroPage = 0xC020AA04,
        Move = 0xC028AA05, WriteProtect = 0xC018AA06, Continue = 0xC020AA07, Poison = 0xC020AA08;

    private const ulong DontWake = 1, Wp = 2, AllowHoles = 2;

    private enum Fill
    {
        ZeroPage,
        Continue,
        Poison,
    }

    /// <summary>Serves one ioctl.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static long Serve(Task task, UserfaultContext context, uint command, ulong argument)
    {
        if (command != Api && !context.IsInitialised)
            return -Errno.EINVAL;
        switch (command)
        {
            case Api:
                return DoApi(task, context, argument);
            case Register:
                return DoRegister(task, context, argument);
            case Unregister:
                return TryGetRange(task, argument, out ulong start, out ulong length) ? context.Unregister(start, length) : -Errno.EFAULT;
            case Wake:
                return DoWake(task, context, argument);
            case Copy:
                return DoCopy(task, context, argument);
            case ZeroPage:
                return DoFill(task, context, argument, Fill.ZeroPage, DontWake);
            case Continue:
                return DoFill(task, context, argument, Fill.Continue, DontWake | Wp);
            case Poison:
                return DoFill(task, context, argument, Fill.Poison, DontWake);
            case Move:
                return DoMove(task, context, argument);
            case WriteProtect:
                return DoWriteProtect(task, context, argument);
            default:
                return -Errno.EINVAL;
        }
    }

    // A refusal zeroes the structure. Linux: userfaultfd_api
    private static int DoApi(Task task, UserfaultContext context, ulong argument)
    {
        if (!task.User.TryGet(argument, out ulong version) || !task.User.TryGet(argument + 8, out ulong features))
            return -Errno.EFAULT;
        int error = version == Version
            ? context.Initialise((UserfaultFeatures)features, task.Credentials.Can(Capability.SysPtrace))
            : -Errno.EINVAL;
        bool good = error == 0;
        bool told = task.User.TryPut(argument, good ? Version : 0) && task.User.TryPut(argument + 8, good ? (ulong)UserfaultFeatures.All : 0) &&
            task.User.TryPut(argument + 16, good ? ApiIoctls : 0);
        return told ? error : -Errno.EFAULT;
    }

    private static int DoRegister(Task task, UserfaultContext context, ulong argument)
    {
        if (!TryGetRange(task, argument, out ulong start, out ulong length) || !task.User.TryGet(argument + 16, out ulong mode))
            return -Errno.EFAULT;
        int error = context.Register(start, length, (UserfaultRegister)mode, out bool isHuge);
        if (error != 0)
            return error;
        ulong ioctls = isHuge ? BasicIoctls : RangeIoctls;
        if ((mode & (ulong)UserfaultRegister.Wp) == 0)
            ioctls &= ~WriteProtectBit;
        if ((mode & (ulong)UserfaultRegister.Minor) == 0)
            ioctls &= ~ContinueBit;
        return task.User.TryPut(argument + 24, ioctls) ? 0 : -Errno.EFAULT;
    }

    private static int DoWake(Task task, UserfaultContext context, ulong argument)
    {
        if (!TryGetRange(task, argument, out ulong start, out ulong length))
            return -Errno.EFAULT;
        int error = context.CheckRange(start, length);
        if (error == 0)
            context.Wake(start, length);
        return error;
    }

    private static long DoCopy(Task task, UserfaultContext context, ulong argument)
    {
        const ulong Result = 32;
        if (context.MmapChanging != 0)
            return Finish(task, argument + Result, -Errno.EAGAIN, 0);
        if (!TryGetRange(task, argument, out ulong destination, out ulong source) || !TryGetRange(task, argument + 16, out ulong length, out ulong mode))
            return -Errno.EFAULT;
        bool valid = context.CheckSource(source, length) == 0 && context.CheckRange(destination, length) == 0 && (mode & ~(DontWake | Wp)) == 0;
        if (!valid)
            return -Errno.EINVAL;
        if (context.Mm.IsGone)
            return -Errno.ESRCH;
        return Finish(task, argument + Result, context.Copy(destination, task.User, source, length, (UserfaultMode)mode), length);
    }

    private static long DoFill(Task task, UserfaultContext context, ulong argument, Fill kind, ulong modes)
    {
        const ulong Result = 24;
        if (context.MmapChanging != 0)
            return Finish(task, argument + Result, -Errno.EAGAIN, 0);
        if (!TryGetRange(task, argument, out ulong start, out ulong length) || !task.User.TryGet(argument + 16, out ulong mode))
            return -Errno.EFAULT;
        if (context.CheckRange(start, length) != 0 || (mode & ~modes) != 0)
            return -Errno.EINVAL;
        if (context.Mm.IsGone)
            return -Errno.ESRCH;
        long result = kind switch
        {
            Fill.ZeroPage => context.ZeroPage(start, length, (UserfaultMode)mode),
            Fill.Continue => context.Continue(start, length, (UserfaultMode)mode),
            _ => context.Poison(start, length, (UserfaultMode)mode),
        };
        return Finish(task, argument + Result, result, length);
    }

    private static long DoMove(Task task, UserfaultContext context, ulong argument)
    {
        const ulong Result = 32;
        if (context.MmapChanging != 0)
            return Finish(task, argument + Result, -Errno.EAGAIN, 0);
        if (!TryGetRange(task, argument, out ulong destination, out ulong source) || !TryGetRange(task, argument + 16, out ulong length, out ulong mode))
            return -Errno.EFAULT;
        // Linux wants the caller to be the process itself.
        if (context.Mm != task.Mm || context.CheckRange(destination, length) != 0 || context.CheckRange(source, length) != 0 ||
            (mode & ~(DontWake | AllowHoles)) != 0)
        {
            return -Errno.EINVAL;
        }
        long moved = context.Move(destination, source, length, (mode & AllowHoles) != 0, (UserfaultMode)(mode & DontWake));
        return Finish(task, argument + Result, moved, length);
    }

    private static int DoWriteProtect(Task task, UserfaultContext context, ulong argument)
    {
        if (context.MmapChanging != 0)
            return -Errno.EAGAIN;
        if (!TryGetRange(task, argument, out ulong start, out ulong length) || !task.User.TryGet(argument + 16, out ulong mode))
            return -Errno.EFAULT;
        // The bits are the other way round here: WP is the first. Linux: UFFDIO_WRITEPROTECT_MODE_*
        if ((mode & ~3UL) != 0)
            return -Errno.EINVAL;
        UserfaultMode wanted = ((mode & 1) != 0 ? UserfaultMode.Wp : UserfaultMode.None) | ((mode & 2) != 0 ? UserfaultMode.DontWake : UserfaultMode.None);
        return context.WriteProtect(start, length, wanted);
    }

    // What was done is told in the structure, be it an error; the call itself says only whether it was all. Linux: the end of userfaultfd_copy
    private static long Finish(Task task, ulong address, long result, ulong length)
    {
        if (!task.User.TryPut(address, result))
            return -Errno.EFAULT;
        if (result < 0)
            return result;
        return (ulong)result == length ? 0 : -Errno.EAGAIN;
    }

    private static bool TryGetRange(Task task, ulong address, out ulong first, out ulong second)
    {
        second = 0;
        return task.User.TryGet(address, out first) && task.User.TryGet(address + 8, out second);
    }
}
