using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>send and recv in all their forms. Linux: net/socket.c.</summary>
internal static class MessageCalls
{
    private const int MaxMessages = 1024, HeaderSize = 56, EntrySize = 64;

    /// <summary>Linux: <c>struct user_msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public ulong Name;
        public int NameLength;
        private readonly int _pad0;
        public ulong Vectors, VectorCount, Control, ControlLength;
        public uint Flags;
        private readonly int _pad1;
    }

    public static long SendTo(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        if (kept.File is not SocketFile file)
            return kept.Finish(kept.File == null ? -Errno.EBADF : -Errno.ENOTSOCK);
        if (!UserAccess.IsUserRange(args.A1, args.A2))
            return kept.Finish(-Errno.EFAULT);
        Span<byte> address = stackalloc byte[SocketCalls.MaxAddress];
        int error = args.A4 != 0 ? SocketCalls.GetAddress(task, args.A4, args.Int(5), address, out address) : 0;
        if (error != 0)
            return kept.Finish(error);
        MessageFlags flags = (MessageFlags)args.Int(3);
        SendRequest request = new()
        {
            Data = new IovIter(task.User, args.A1, (long)Math.Min(args.A2, (ulong)IovIter.MaxCount)),
            Address = args.A4 != 0 ? address : default,
            Flags = flags,
            Wait = file.WaitFor(flags, send: true),
        };
        return kept.Finish(file.Socket.Send(task, ref request));
    }

    public static long RecvFrom(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        if (kept.File is not SocketFile file)
            return kept.Finish(kept.File == null ? -Errno.EBADF : -Errno.ENOTSOCK);
        if (!UserAccess.IsUserRange(args.A1, args.A2))
            return kept.Finish(-Errno.EFAULT);
        MessageFlags flags = (MessageFlags)args.Int(3);
        ReceiveRequest request = new()
        {
            Data = new IovIter(task.User, args.A1, (long)Math.Min(args.A2, (ulong)IovIter.MaxCount)),
            Flags = flags,
            Wait = file.WaitFor(flags, send: false),
        };
        long result = file.Socket.Receive(task, ref request);
        request.Control?.Drop();
        if (result >= 0 && args.A4 != 0)
        {
            int error = SocketCalls.PutAddress(task, request.Address ?? [], args.A4, args.A5);
            result = error != 0 ? error : result;
        }
        return kept.Finish(result);
    }

    public static long SendMsg(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        if (kept.File is not SocketFile file)
            return kept.Finish(kept.File == null ? -Errno.EBADF : -Errno.ENOTSOCK);
        MessageFlags flags = (MessageFlags)args.Int(2);
        return kept.Finish(SendOne(task, file, args.A1, flags, maySuspend: true));
    }

    public static long RecvMsg(Task task, in SyscallArguments args)
    {
        KeptFile kept = new(task, args.Int(0));
        if (kept.File is not SocketFile file)
            return kept.Finish(kept.File == null ? -Errno.EBADF : -Errno.ENOTSOCK);
        MessageFlags flags = (MessageFlags)args.Int(2);
        return kept.Finish(ReceiveOne(task, file, args.A1, flags, maySuspend: true));
    }

    public static long SendMMsg(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = SocketCalls.Find(reference, out SocketFile file);
        if (error != 0)
            return error;
        uint count = Math.Min((uint)args.A2, MaxMessages), done = 0;
        for (; done < count; done++)
        {
            ulong entry = args.A1 + (done * (ulong)EntrySize);
            long result = SendOne(task, file, entry, (MessageFlags)args.Int(3), maySuspend: false);
            if (result >= 0 && !task.User.TryPut(entry + HeaderSize, (uint)result))
                result = -Errno.EFAULT;
            if (result < 0)
                return done != 0 ? done : result;
        }
        return done;
    }

    public static long RecvMMsg(Task task, in SyscallArguments args)
    {
        ulong deadline = Scheduler.Never;
        if (args.A4 != 0)
        {
            int wrong = Timespec.TryGet(task, args.A4, out Timespec time);
            if (wrong != 0)
                return wrong;
            deadline = task.DeadlineAfter(time.ToNanoseconds());
        }
        using FileReference reference = task.Files.Get(args.Int(0));
        int error = SocketCalls.Find(reference, out SocketFile file);
        if (error != 0)
            return error;
        MessageFlags flags = (MessageFlags)args.Int(3);
        uint count = Math.Min((uint)args.A2, MaxMessages), done = 0;
        while (done < count)
        {
            ulong entry = args.A1 + (done * (ulong)EntrySize);
            long result = ReceiveOne(task, file, entry, flags & ~MessageFlags.WaitForOne, maySuspend: false);
            if (result >= 0 && !task.User.TryPut(entry + HeaderSize, (uint)result))
                result = -Errno.EFAULT;
            if (result < 0)
                return done != 0 ? done : result;
            done++;
            if ((flags & MessageFlags.WaitForOne) != 0)
                flags |= MessageFlags.DontWait;
            if (task.Kernel.Clock.Monotonic >= deadline)
                break;
        }
        return done;
    }

    // Linux: ___sys_sendmsg
    private static long SendOne(Task task, SocketFile file, ulong address, MessageFlags flags, bool maySuspend)
    {
        if (!task.User.TryGet(address, out MessageHeader header))
            return -Errno.EFAULT;
        if (header.NameLength < 0)
            return -Errno.EINVAL;
        Span<byte> name = stackalloc byte[SocketCalls.MaxAddress];
        int length = header.Name == 0 ? 0 : Math.Min(header.NameLength, SocketCalls.MaxAddress);
        int error = SocketCalls.GetAddress(task, header.Name, length, name, out name);
        if (error != 0)
            return error;
        if (header.VectorCount > 1024)
            return -Errno.EMSGSIZE;
        long total = TransferCalls.GetVectors(task, header.Vectors, header.VectorCount, out IoVector[] vectors);
        if (total < 0)
            return total;
        error = ControlMessages.Read(task, file.Socket, header.Control, header.ControlLength, out SocketControl? control);
        if (error != 0)
            return error;
        SendRequest request = new()
        {
            Data = new IovIter(task.User, vectors, total),
            Address = name,
            Control = control,
            Flags = flags,
            Wait = file.WaitFor(flags, send: true, maySuspend),
        };
        long result = file.Socket.Send(task, ref request);
        request.Control?.Drop(); // nobody has taken what went with it
        return result;
    }

    // Linux: ___sys_recvmsg
    private static long ReceiveOne(Task task, SocketFile file, ulong address, MessageFlags flags, bool maySuspend)
    {
        if (!task.User.TryGet(address, out MessageHeader header))
            return -Errno.EFAULT;
        if (header.NameLength < 0)
            return -Errno.EINVAL;
        if (header.VectorCount > 1024)
            return -Errno.EMSGSIZE;
        long total = TransferCalls.GetVectors(task, header.Vectors, header.VectorCount, out IoVector[] vectors);
        if (total < 0)
            return total;
        ReceiveRequest request = new()
        {
            Data = new IovIter(task.User, vectors, total),
            Flags = flags,
            Wait = file.WaitFor(flags, send: false, maySuspend),
        };
        long result = file.Socket.Receive(task, ref request);
        if (result < 0)
        {
            request.Control?.Drop();
            return result;
        }
        MessageFlags told = request.Told | (flags & MessageFlags.CloseOnExec);
        long control = ControlMessages.Write(task, header.Control, header.ControlLength, request.Control, flags, ref told);
        if (control < 0)
            return control;
        byte[] from = request.Address ?? [];
        bool done = header.Name == 0 || task.User.CopyTo(header.Name, from.AsSpan(0, Math.Min(from.Length, header.NameLength))) == 0;
        header.NameLength = header.Name == 0 ? header.NameLength : from.Length;
        header.ControlLength = (ulong)control;
        header.Flags = (uint)told;
        return done && task.User.TryPut(address, header) ? result : -Errno.EFAULT;
    }
}
