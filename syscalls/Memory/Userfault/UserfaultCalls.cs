using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>userfaultfd. Linux: fs/userfaultfd.c.</summary>
internal static class UserfaultCalls
{
    private const int UserModeOnly = 1;

    public static long Userfaultfd(Task task, in SyscallArguments args)
    {
        int flags = args.Int(0);
        bool userModeOnly = (flags & UserModeOnly) != 0;
        // Serving the kernel's own faults means to hold it up: not for everybody.
        if (!userModeOnly && !task.Kernel.Memory.Sysctl.UnprivilegedUserfaultfd && !task.Credentials.Can(Capability.SysPtrace))
            return -Errno.EPERM;
        if ((flags & ~(UserModeOnly | (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlock))) != 0)
            return -Errno.EINVAL;
        UserfaultContext context = new(task.Mm, userModeOnly);
        UserfaultFile file = new(task.Kernel.Vfs.Anonymous.Inode, (OpenFlags)flags, context);
        return EpollCalls.InstallAnonymous(task, file, "[userfaultfd]", (flags & (int)OpenFlags.CloseOnExec) != 0);
    }
}
