using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>System calls about the task itself.</summary>
internal static class TaskCalls
{
    // Linux: arch/x86/include/uapi/asm/prctl.h
    private const int SetGs = 0x1001, SetFs = 0x1002, GetFs = 0x1003, GetGs = 0x1004;

    private const int StatusMask = 0xFF, StatusShift = 8;

    public static long Exit(Task task, in SyscallArguments args)
    {
        TaskExit.Exit(task, (args.Int(0) & StatusMask) << StatusShift);
        return 0;
    }

    public static long ExitGroup(Task task, in SyscallArguments args)
    {
        TaskExit.ExitGroup(task, (args.Int(0) & StatusMask) << StatusShift);
        return 0;
    }

    public static long ArchPrctl(Task task, in SyscallArguments args)
    {
        ref Cpu.CpuState state = ref task.Cpu.State;
        switch (args.Int(0))
        {
            case SetGs or SetFs when args.A1 >= MmConstants.TaskSize:
                return -Errno.EPERM;
            case SetGs:
                state.GsBase = args.A1;
                return 0;
            case SetFs:
                state.FsBase = args.A1;
                return 0;
            case GetFs:
                return task.User.TryPut(args.A1, state.FsBase) ? 0 : -Errno.EFAULT;
            case GetGs:
                return task.User.TryPut(args.A1, state.GsBase) ? 0 : -Errno.EFAULT;
            default:
                return -Errno.EINVAL;
        }
    }
}
