using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>ioctls of terminals, passed to the host's. Linux: drivers/tty/tty_ioctl.c, tty_io.c.</summary>
/// <remarks>Process groups are the guest's: what the host knows as its foreground group is ours as a whole.</remarks>
internal static class TerminalIoctl
{
    /// <summary>Handles an ioctl.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="file">A terminal.</param>
    /// <param name="command">What for.</param>
    /// <param name="argument">With what.</param>
    public static long Handle(Task task, HostStreamFile file, uint command, ulong argument)
    {
        if (task.Kernel.Vfs.HostTty.Ioctl(task, command, argument, isMaster: false) is { } result)
            return result;
        int fd = file.Descriptor;
        if (command is >= IoctlCommands.TcSets and <= IoctlCommands.TcFlsh or IoctlCommands.TcSets2 or IoctlCommands.TcSetsw2 or IoctlCommands.TcSetsf2)
        {
            int refused = task.Kernel.Vfs.HostTty.CheckChange(task, Signal.SIGTTOU);
            if (refused != 0)
                return refused;
        }
        switch (command)
        {
            case IoctlCommands.TcGets or IoctlCommands.TcGets2:
                return GetAttributes(task, fd, command, argument);
            case >= IoctlCommands.TcSets and <= IoctlCommands.TcSetsf:
                return SetAttributes(task, fd, (HostTerminalWhen)(command - IoctlCommands.TcSets), argument, HostTerminal.AttributesSize);
            case >= IoctlCommands.TcSets2 and <= IoctlCommands.TcSetsf2:
                return SetAttributes(task, fd, (HostTerminalWhen)(command - IoctlCommands.TcSets2), argument, HostTerminal.Attributes2Size);
            case IoctlCommands.TiocGwinsz:
                int error = HostTerminal.GetWindowSize(fd, out HostWindowSize size);
                return error != 0 ? error : task.User.TryPut(argument, size) ? 0 : -Errno.EFAULT;
            case IoctlCommands.TiocSwinsz:
                return task.User.TryGet(argument, out HostWindowSize wanted) ? HostTerminal.SetWindowSize(fd, wanted) : -Errno.EFAULT;
            case IoctlCommands.FioNRead:
                return Put(task, argument, HostTerminal.GetReadable(fd));
            case IoctlCommands.TiocOutq:
                return Put(task, argument, 0);
            case IoctlCommands.TcFlsh:
                return HostTerminal.Flush(fd, (int)argument);
            case IoctlCommands.TcXonc:
                return HostTerminal.Flow(fd, (int)argument);
            case IoctlCommands.TcSbrk or IoctlCommands.TcSbrkp:
                return HostTerminal.BreakOrDrainInterruptible(fd, command == IoctlCommands.TcSbrk ? (int)argument : 0);
            default:
                return -Errno.ENOTTY;
        }
    }

    private static long GetAttributes(Task task, int fd, uint command, ulong argument)
    {
        Span<byte> attributes = stackalloc byte[HostTerminal.Attributes2Size];
        bool isNew = command == IoctlCommands.TcGets2;
        int error = isNew ? HostTerminal.GetAttributes2(fd, attributes) : HostTerminal.GetAttributes(fd, attributes);
        if (error != 0)
            return error;
        return task.User.CopyTo(argument, isNew ? attributes : attributes[..HostTerminal.AttributesSize]) == 0 ? 0 : -Errno.EFAULT;
    }

    private static long SetAttributes(Task task, int fd, HostTerminalWhen when, ulong argument, int size)
    {
        Span<byte> attributes = stackalloc byte[size];
        if (task.User.CopyFrom(argument, attributes) != 0)
            return -Errno.EFAULT;
        return size == HostTerminal.AttributesSize
            ? HostTerminal.SetAttributes(fd, when, attributes)
            : HostTerminal.SetAttributes2(fd, when, attributes);
    }

    private static long Put(Task task, ulong argument, int value)
    {
        if (value < 0)
            return value;
        return task.User.TryPut(argument, value) ? 0 : -Errno.EFAULT;
    }
}
