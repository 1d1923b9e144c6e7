using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What stands in the control part of a message. Linux: net/core/scm.c; cmsg(3).</summary>
internal static class ControlMessages
{
    private const int HeaderSize = 16, MaxFiles = 253, MaxControl = 20480;
    private const int SocketLevel = 1, Rights = 1, Credentials = 2;

    /// <summary>Reads what a program wants to send with a message. Linux: <c>__scm_send</c>.</summary>
    /// <param name="task">Who sends.</param>
    /// <param name="socket">By which socket.</param>
    /// <param name="address">Of the control part.</param>
    /// <param name="length">Its length.</param>
    /// <param name="control">What it says; null for nothing. The references to files in it are the caller's.</param>
    /// <returns>0 or a negative errno.</returns>
    public static int Read(Task task, Socket socket, ulong address, ulong length, out SocketControl? control)
    {
        control = null;
        if (length == 0)
            return 0;
        if (length > MaxControl)
            return -Errno.ENOBUFS;
        byte[] bytes = new byte[length];
        if (task.User.CopyFrom(address, bytes) != 0)
            return -Errno.EFAULT;
        SocketControl read = new();
        int error = 0;
        for (int at = 0; at + HeaderSize <= bytes.Length && error == 0;)
        {
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            if (size < HeaderSize || size > (ulong)(bytes.Length - at))
            {
                error = -Errno.EINVAL;
                break;
            }
            int level = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8)), type = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 12));
            if (level == SocketLevel)
                error = ReadOne(task, socket, type, bytes.AsSpan(at + HeaderSize, (int)size - HeaderSize), read);
            at += ((int)size + 7) & ~7;
        }
        if (error != 0)
            read.Drop();
        else if (read.Files.Count != 0 || read.Credentials != null)
            control = read;
        return error;
    }

    /// <summary>Writes what came with a message; files get numbers. Linux: <c>scm_recv</c>.</summary>
    /// <param name="task">Who receives.</param>
    /// <param name="address">Where the control part goes; 0 for nowhere.</param>
    /// <param name="room">Bytes that there are.</param>
    /// <param name="control">What came; it is used up.</param>
    /// <param name="flags">Of the call; MSG_CMSG_CLOEXEC counts.</param>
    /// <param name="told">MSG_CTRUNC is added where not all fits.</param>
    /// <returns>Bytes written, or -EFAULT.</returns>
    public static long Write(Task task, ulong address, ulong room, SocketControl? control, MessageFlags flags, ref MessageFlags told)
    {
        if (control == null)
            return 0;
        ulong used = 0;
        if (control.Credentials is { } sender)
        {
            byte[] value = new byte[12];
            BinaryPrimitives.WriteInt32LittleEndian(value, sender.ProcessId);
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(4), sender.Uid);
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(8), sender.Gid);
            if (!PutOne(task, address, room, Credentials, value, ref used, ref told))
                return -Errno.EFAULT;
        }
        bool done = control.Files.Count == 0 || PutFiles(task, address, room, control, flags, ref used, ref told);
        control.Drop();
        return done ? (long)used : -Errno.EFAULT;
    }

    private static int ReadOne(Task task, Socket socket, int type, ReadOnlySpan<byte> data, SocketControl control)
    {
        switch (type)
        {
            case Rights:
                return socket.Domain == UnixSocket.Family ? ReadFiles(task, MemoryMarshal.Cast<byte, int>(data), control) : -Errno.EINVAL;
            case Credentials:
                if (data.Length != 12)
                    return -Errno.EINVAL;
                SocketCredentials claimed = new(BinaryPrimitives.ReadInt32LittleEndian(data), BinaryPrimitives.ReadUInt32LittleEndian(data[4..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(data[8..]));
                control.Credentials = claimed;
                return MayClaim(task, claimed) ? 0 : -Errno.EPERM;
            default:
                return -Errno.EINVAL;
        }
    }

    // Linux: scm_fp_copy
    private static int ReadFiles(Task task, ReadOnlySpan<int> numbers, SocketControl control)
    {
        if (control.Files.Count + numbers.Length > MaxFiles)
            return -Errno.EINVAL;
        foreach (int number in numbers)
        {
            if (task.Files.Peek(number) is not { } file)
                return -Errno.EBADF;
            file.Get();
            control.Files.Add(file);
        }
        return 0;
    }

    // Linux: scm_check_creds
    private static bool MayClaim(Task task, SocketCredentials claimed)
    {
        Credentials own = task.Credentials;
        bool process = claimed.ProcessId == task.ProcessId || own.Can(Capability.SysAdmin);
        bool user = claimed.Uid == own.Uid || claimed.Uid == own.EffectiveUid || claimed.Uid == own.SavedUid || own.Can(Capability.SetUid);
        bool group = claimed.Gid == own.Gid || claimed.Gid == own.EffectiveGid || claimed.Gid == own.SavedGid || own.Can(Capability.SetGid);
        return process && user && group;
    }

    // Linux: put_cmsg
    private static bool PutOne(Task task, ulong address, ulong room, int type, ReadOnlySpan<byte> value, ref ulong used, ref MessageFlags told)
    {
        if (address == 0 || room - used < HeaderSize)
        {
            told |= MessageFlags.ControlTruncated;
            return true;
        }
        int length = HeaderSize + value.Length;
        if ((ulong)length > room - used)
        {
            told |= MessageFlags.ControlTruncated;
            length = (int)(room - used);
        }
        Span<byte> bytes = stackalloc byte[HeaderSize + value.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], SocketLevel);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], type);
        value.CopyTo(bytes[HeaderSize..]);
        if (task.User.CopyTo(address + used, bytes[..length]) != 0)
            return false;
        used += Math.Min((ulong)((length + 7) & ~7), room - used);
        return true;
    }

    // Linux: scm_detach_fds
    private static bool PutFiles(Task task, ulong address, ulong room, SocketControl control, MessageFlags flags, ref ulong used, ref MessageFlags told)
    {
        ulong free = address == 0 ? 0 : room - used;
        int fits = free < HeaderSize ? 0 : (int)Math.Min((free - HeaderSize) / sizeof(int), (ulong)control.Files.Count);
        int[] numbers = new int[fits];
        int count = 0;
        for (; count < fits; count++)
        {
            control.Files[count].Get();
            int fd = OpenCalls.Install(task, control.Files[count], (flags & MessageFlags.CloseOnExec) != 0);
            if (fd < 0)
                break;
            numbers[count] = fd;
        }
        if (count < control.Files.Count)
            told |= MessageFlags.ControlTruncated;
        return count == 0 || PutOne(task, address, room, Rights, MemoryMarshal.AsBytes(numbers.AsSpan(0, count)), ref used, ref told);
    }
}
