using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Keeping memory in memory. Linux: mm/mlock.c.</summary>
internal static class MlockCalls
{
    private const int OnFault = 1;

    public static long Mlock(Task task, in SyscallArguments args) => task.Mm.Lock(args.A0, args.A1, onFault: false, task.User.Context);

    public static long Mlock2(Task task, in SyscallArguments args)
    {
        int flags = args.Int(2);
        return (flags & ~OnFault) != 0 ? -Errno.EINVAL : task.Mm.Lock(args.A0, args.A1, flags == OnFault, task.User.Context);
    }

    public static long Munlock(Task task, in SyscallArguments args) => task.Mm.Unlock(args.A0, args.A1);

    public static long Mlockall(Task task, in SyscallArguments args) => task.Mm.LockAll((LockAllFlags)args.Int(0), task.User.Context);

    public static long Munlockall(Task task, in SyscallArguments args)
    {
        task.Mm.UnlockAll();
        return 0;
    }
}
