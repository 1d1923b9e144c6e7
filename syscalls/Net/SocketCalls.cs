using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Sockets come, get addresses and find each other. Linux: net/socket.c.</summary>
internal static class SocketCalls
{
    private const int TypeMask = 15, MaxBacklog = 4096;
    private const OpenFlags Flags = OpenFlags.NonBlock | OpenFlags.CloseOnExec;

    /// <summary>Bytes of an address. Linux: <c>sizeof(struct sockaddr_storage)</c>.</summary>
    public const int MaxAddress = 128;

    public static long Socket(Task task, in SyscallArguments args)
    {
        int error = SplitType(args.Int(1), out SocketType type, out OpenFlags flags);
        if (error != 0)
            return error;
        error = SocketFamilies.Make(task, args.Int(0), type, args.Int(2), out Socket? socket);
        return error != 0 ? error : Install(task, socket!, flags);
    }

    public static long SocketPair(Task task, in SyscallArguments args)
    {
        int error = SplitType(args.Int(1), out SocketType type, out OpenFlags flags);
        if (error != 0)
            return error;
        if (args.Int(0) != UnixSocket.Family)
            return args.Int(0) is InetAddress.FamilyV4 or InetAddress.FamilyV6 ? -Errno.EOPNOTSUPP : -Errno.EAFNOSUPPORT;
        if (args.Int(2) is not (0 or UnixSocket.Family))
            return -Errno.EPROTONOSUPPORT;
        (Socket one, Socket two) = type switch
        {
            SocketType.Datagram or SocketType.Raw => UnixDatagram.MakePair(task) is var (a, b) ? ((Socket)a, (Socket)b) : default,
            _ => UnixConnection.MakePair(task, type) is var (a, b) ? ((Socket)a, (Socket)b) : default,
        };
        long first = Install(task, one, flags);
        if (first < 0)
        {
            two.Close();
            return first;
        }
        long second = Install(task, two, flags);
        if (second < 0)
        {
            _ = task.Files.Close(task, (int)first); // a new socket has no late errors
            return second;
        }
        if (task.User.TryPut(args.A3, (ulong)(uint)first | ((ulong)(uint)second << 32)))
            return 0;
        _ = task.Files.Close(task, (int)first); // as above
        _ = task.Files.Close(task, (int)second);
        return -Errno.EFAULT;
    }

    public static long Bind(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file);
        Span<byte> buffer = stackalloc byte[MaxAddress];
        if (error == 0)
            error = GetAddress(task, args.A1, args.Int(2), buffer, out buffer);
        return error != 0 ? error : file.Socket.Bind(task, buffer);
    }

    public static long Listen(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file);
        return error != 0 ? error : file.Socket.Listen(task, (int)Math.Min((uint)args.Int(1), MaxBacklog));
    }

    public static long Connect(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        if (kept.File is not SocketFile file)
            return kept.Finish(kept.File == null ? -Errno.EBADF : -Errno.ENOTSOCK);
        Span<byte> buffer = stackalloc byte[MaxAddress];
        int error = GetAddress(task, args.A1, args.Int(2), buffer, out buffer);
        return kept.Finish(error != 0 ? error : file.Socket.Connect(task, buffer, file.WaitFor(MessageFlags.None, send: true)));
    }

    public static long Accept(Task task, in SyscallArguments args) => DoAccept(task, args, 0);

    public static long Accept4(Task task, in SyscallArguments args) => DoAccept(task, args, args.Int(3));

    public static long GetSockName(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file);
        return error != 0 ? error : PutAddress(task, file.Socket.LocalName, args.A1, args.A2);
    }

    public static long GetPeerName(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file);
        byte[] name = [];
        if (error == 0)
            error = file.Socket.GetPeerName(out name);
        return error != 0 ? error : PutAddress(task, name, args.A1, args.A2);
    }

    public static long Shutdown(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file), how = args.Int(1);
        if (error != 0)
            return error;
        return (uint)how > 2 ? -Errno.EINVAL : file.Socket.Shutdown(reads: how != 1, writes: how != 0);
    }

    public static long SetSockOpt(Task task, in SyscallArguments args)
    {
        const int MaxValue = 4096, SocketLevel = 1;
        int length = args.Int(4);
        if (length < 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file);
        if (error != 0)
            return error;
        byte[] value = new byte[Math.Min(length, MaxValue)];
        if (task.User.CopyFrom(args.A3, value) != 0)
            return -Errno.EFAULT;
        return args.Int(1) == SocketLevel ? file.Socket.Settings.Set(task, args.Int(2), value) : file.Socket.SetOption(task, args.Int(1), args.Int(2), value);
    }

    public static long GetSockOpt(Task task, in SyscallArguments args)
    {
        const int SocketLevel = 1;
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = Find(reference, out SocketFile file);
        if (error != 0)
            return error;
        if (!task.User.TryGet(args.A4, out int room))
            return -Errno.EFAULT;
        if (room < 0)
            return -Errno.EINVAL;
        error = args.Int(1) == SocketLevel
            ? file.Socket.Settings.Get(file.Socket, args.Int(2), out byte[] value)
            : file.Socket.GetOption(args.Int(1), args.Int(2), out value);
        if (error != 0)
            return error;
        int length = Math.Min(room, value.Length);
        return task.User.CopyTo(args.A3, value.AsSpan(0, length)) == 0 && task.User.TryPut(args.A4, length) ? 0 : -Errno.EFAULT;
    }

    /// <summary>The socket behind a number. Linux: <c>sockfd_lookup</c>.</summary>
    /// <returns>0, -EBADF or -ENOTSOCK.</returns>
    public static int Find(in FileReference reference, out SocketFile file)
    {
        file = (reference.File as SocketFile)!;
        return reference.File == null ? -Errno.EBADF : file == null ? -Errno.ENOTSOCK : 0;
    }

    /// <summary>Copies an address from the user. Linux: <c>move_addr_to_kernel</c>.</summary>
    /// <returns>0, -EINVAL or -EFAULT.</returns>
    public static int GetAddress(Task task, ulong address, int length, Span<byte> buffer, out Span<byte> copied)
    {
        copied = default;
        if ((uint)length > MaxAddress)
            return -Errno.EINVAL;
        copied = buffer[..length];
        return task.User.CopyFrom(address, copied) == 0 ? 0 : -Errno.EFAULT;
    }

    /// <summary>Copies an address to the user, and its length. Linux: <c>move_addr_to_user</c>.</summary>
    /// <returns>0, -EINVAL or -EFAULT.</returns>
    public static int PutAddress(Task task, ReadOnlySpan<byte> name, ulong address, ulong lengthAddress)
    {
        if (!task.User.TryGet(lengthAddress, out int room))
            return -Errno.EFAULT;
        if (room < 0)
            return -Errno.EINVAL;
        bool done = task.User.CopyTo(address, name[..Math.Min(room, name.Length)]) == 0 && task.User.TryPut(lengthAddress, name.Length);
        return done ? 0 : -Errno.EFAULT;
    }

    private static long DoAccept(Task task, in SyscallArguments args, int given)
    {
        OpenFlags flags = (OpenFlags)given;
        if ((flags & ~Flags) != 0)
            return -Errno.EINVAL;
        KeptFile kept = new(task, args.Int(0));
        if (kept.File is not SocketFile file)
            return kept.Finish(kept.File == null ? -Errno.EBADF : -Errno.ENOTSOCK);
        if (!task.Files.HasFree(task.OpenFilesLimit))
            return kept.Finish(-Errno.EMFILE);
        long result = file.Socket.Accept(task, file.WaitFor(MessageFlags.None, send: false), out Socket? accepted);
        if (result != 0)
            return kept.Finish(result);
        if (args.A1 != 0)
        {
            _ = accepted!.GetPeerName(out byte[] name); // one that has gone already has no address
            int error = PutAddress(task, name, args.A1, args.A2);
            if (error != 0)
            {
                accepted.Close();
                return kept.Finish(error);
            }
        }
        return kept.Finish(Install(task, accepted!, flags));
    }

    private static int SplitType(int given, out SocketType type, out OpenFlags flags)
    {
        type = (SocketType)(given & TypeMask);
        flags = (OpenFlags)(given & ~TypeMask);
        return (flags & ~Flags) != 0 ? -Errno.EINVAL : 0;
    }

    private static long Install(Task task, Socket socket, OpenFlags flags)
    {
        SocketFile file = task.Kernel.Network.Sockets.Open(task, socket, flags);
        return OpenCalls.Install(task, file, (flags & OpenFlags.CloseOnExec) != 0);
    }
}
