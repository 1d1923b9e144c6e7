using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>System calls about the task itself.</summary>
internal static class TaskCalls
{
    public static long Exit(Task task, in SyscallArguments args)
    {
        task.ExitStatus = (int)(args.A0 & 0xFF) << 8;
        return 0;
    }

    public static long SysWrite(Task task, in SyscallArguments args)
    {
        byte[] b = new byte[args.A2];
        task.User.CopyFrom(args.A1, b);
        return Emu.Host.HostFile.Write((int)args.A0, b);
    }

    public static long ExitGroup(Task task, in SyscallArguments args) => Exit(task, args);

    public static long ArchPrctl(Task task, in SyscallArguments args)
    {
        switch (args.A0)
        {
            case 0x1002:
                task.Cpu.State.FsBase = args.A1;
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }
}
