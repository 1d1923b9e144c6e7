using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>ioctls of pseudo-terminals. Linux: drivers/tty/pty.c, tty_ioctl.c, tty_io.c.</summary>
internal static class PtyIoctl
{
    /// <summary>What only the master knows.</summary>
    /// <returns>A result; null if it is another ioctl.</returns>
    public static long? Master(Task task, PtyMasterFile file, uint command, ulong argument)
    {
        PseudoTerminal pair = file.Pair;
        switch (command)
        {
            case IoctlCommands.TiocGptn:
                return Put(task, argument, pair.Index);
            case IoctlCommands.TiocSptLck:
                if (!task.User.TryGet(argument, out int locks))
                    return -Errno.EFAULT;
                pair.IsLocked = locks != 0;
                return 0;
            case IoctlCommands.TiocGptLck:
                return Put(task, argument, pair.IsLocked ? 1 : 0);
            case IoctlCommands.TiocPkt:
                if (!task.User.TryGet(argument, out int isOn))
                    return -Errno.EFAULT;
                pair.PacketStatus = isOn != 0 && !pair.IsPacketMode ? PacketBits.Data : pair.PacketStatus;
                pair.IsPacketMode = isOn != 0;
                return 0;
            case IoctlCommands.TiocGpkt:
                return Put(task, argument, pair.IsPacketMode ? 1 : 0);
            case IoctlCommands.TiocSig:
                int signal = (int)argument;
                if (signal is not (Signal.SIGINT or Signal.SIGQUIT or Signal.SIGTSTP))
                    return -Errno.EINVAL;
                pair.Send(signal, flushes: false);
                return 0;
            case IoctlCommands.TiocGptPeer:
                return OpenPeer(task, file, (OpenFlags)(uint)argument);
            case IoctlCommands.FioNRead:
                return Put(task, argument, pair.OutputCount);
            default:
                return null;
        }
    }

    /// <summary>What both ends know; settings are the terminal's, whichever end is asked.</summary>
    public static long Common(Task task, PseudoTerminal pair, uint command, ulong argument, bool isMaster)
    {
        if (pair.Tty.Ioctl(task, command, argument, isMaster) is { } result)
            return result;
        if (!isMaster && Changes(command))
        {
            int refused = pair.Tty.CheckChange(task, Signal.SIGTTOU);
            if (refused != 0)
                return refused;
        }
        switch (command)
        {
            case IoctlCommands.TcGets:
                return task.User.CopyTo(argument, pair.Termios.Bytes[..Termios.Size]) == 0 ? 0 : -Errno.EFAULT;
            case IoctlCommands.TcGets2:
                return task.User.CopyTo(argument, pair.Termios.Bytes) == 0 ? 0 : -Errno.EFAULT;
            case >= IoctlCommands.TcSets and <= IoctlCommands.TcSetsf:
                return SetTermios(task, pair, argument, Termios.Size, flushes: command == IoctlCommands.TcSetsf);
            case >= IoctlCommands.TcSets2 and <= IoctlCommands.TcSetsf2:
                return SetTermios(task, pair, argument, Termios.Size2, flushes: command == IoctlCommands.TcSetsf2);
            case IoctlCommands.TiocGwinsz:
                return task.User.TryPut(argument, pair.WindowSize) ? 0 : -Errno.EFAULT;
            case IoctlCommands.TiocSwinsz:
                if (!task.User.TryGet(argument, out HostWindowSize size))
                    return -Errno.EFAULT;
                pair.Resize(size);
                return 0;
            case IoctlCommands.FioNRead:
                return Put(task, argument, pair.InputCount);
            case IoctlCommands.TiocOutq:
                return Put(task, argument, isMaster ? 0 : pair.OutputCount);
            case IoctlCommands.TcFlsh:
                return Flush(pair, argument, isMaster);
            case IoctlCommands.TcXonc:
                return Flow(pair, argument);
            case IoctlCommands.TiocGetd:
                return Put(task, argument, 0);
            case IoctlCommands.TiocGdev:
                return Put(task, argument, (int)pair.Tty.Device.Encoded);
            case IoctlCommands.TcSbrk or IoctlCommands.TcSbrkp or IoctlCommands.TiocExcl or IoctlCommands.TiocNxcl:
                return 0; // what is written is at the other end at once, and the superuser's opens are not refused
            case IoctlCommands.TiocSti:
                return Insert(task, pair, argument);
            default:
                return -Errno.ENOTTY;
        }
    }

    private static bool Changes(uint command) =>
        command is (>= IoctlCommands.TcSets and <= IoctlCommands.TcSetsf) or (>= IoctlCommands.TcSets2 and <= IoctlCommands.TcSetsf2)
            or IoctlCommands.TcFlsh or IoctlCommands.TcXonc or IoctlCommands.TcSbrk or IoctlCommands.TcSbrkp;

    private static long SetTermios(Task task, PseudoTerminal pair, ulong argument, int size, bool flushes)
    {
        Span<byte> bytes = stackalloc byte[size];
        if (task.User.CopyFrom(argument, bytes) != 0)
            return -Errno.EFAULT;
        pair.SetTermios(bytes, flushes);
        return 0;
    }

    // Linux: tiocsti, with CONFIG_LEGACY_TIOCSTI
    private static long Insert(Task task, PseudoTerminal pair, ulong argument)
    {
        if (!pair.Tty.Controls(task.Group) && !task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        if (!task.User.TryGet(argument, out byte value))
            return -Errno.EFAULT;
        pair.Type([value]);
        return 0;
    }

    private static long Flush(PseudoTerminal pair, ulong queue, bool isMaster)
    {
        if (queue > 2)
            return -Errno.EINVAL;
        bool input = queue is 0 or 2, output = queue is 1 or 2;
        pair.Flush(isMaster ? output : input, isMaster ? input : output);
        return 0;
    }

    private static long Flow(PseudoTerminal pair, ulong action)
    {
        const ulong Off = 0, On = 1, SendStop = 2, SendStart = 3;
        switch (action)
        {
            case Off or On:
                pair.Flow(stopped: action == Off);
                return 0;
            case SendStop or SendStart:
                byte key = pair.Termios[action == SendStop ? Termios.Stop : Termios.Start];
                if (key != 0)
                    pair.EchoRaw([key]);
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    // Linux: ptm_open_peer
    private static long OpenPeer(Task task, PtyMasterFile file, OpenFlags flags)
    {
        PtsFileSystem pts = file.Pair.FileSystem;
        if (task.Namespace.Mounts.FirstOrDefault(mount => mount.FileSystem == pts) is not { } mount)
            return -Errno.EIO;
        int error = pts.Vfs.LookupChild(task, pts.Root, System.Text.Encoding.ASCII.GetBytes($"{file.Pair.Index}"), out Dentry name);
        OpenFile? peer = null;
        if (error == 0)
            error = Vfs.OpenPath(task, new VfsPath(mount, name), flags, created: false, out peer);
        return error != 0 ? error : OpenCalls.Install(task, peer!, (flags & OpenFlags.CloseOnExec) != 0);
    }

    private static long Put(Task task, ulong argument, int value) => task.User.TryPut(argument, value) ? 0 : -Errno.EFAULT;
}
