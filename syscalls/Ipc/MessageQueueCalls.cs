using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>msgget, msgsnd, msgrcv. Linux: ipc/msg.c; msgop(2).</summary>
internal static class MessageQueueCalls
{
    /// <summary>Bytes in a message, at most. Linux: <c>MSGMAX</c>.</summary>
    public const int MostBytes = 8192;

    /// <summary>Queues, at most. Linux: <c>MSGMNI</c>.</summary>
    public const int MostQueues = 32000;

    private const int NoWait = 0x800, NoError = 0x1000, Except = 0x2000, Copy = 0x4000;
    private const uint MayRead = 0x124, MayWrite = 0x92;

    public static long MsgGet(Task task, in SyscallArguments args)
    {
        int key = args.Int(0), flags = args.Int(1);
        IpcTable<IpcMessageQueue> queues = task.Kernel.Ipc.MessageQueues;
        return queues.Get(task.Credentials, key, flags, static _ => 0,
            () => queues.Add(new IpcMessageQueue(key, (uint)flags, task.Credentials) { ChangeTime = task.Kernel.Ipc.Now }, MostQueues));
    }

    // Linux: do_msgsnd
    public static long MsgSnd(Task task, in SyscallArguments args)
    {
        ulong length = args.A2;
        int flags = args.Int(3);
        if (!task.User.TryGet(args.A1, out long type))
            return -Errno.EFAULT;
        if (length > MostBytes || args.Int(0) < 0 || type < 1)
            return -Errno.EINVAL;
        byte[] text = new byte[length];
        if (task.User.CopyFrom(args.A1 + sizeof(long), text) != 0)
            return -Errno.EFAULT;
        if (task.Kernel.Ipc.MessageQueues.Find(args.Int(0)) is not { } queue)
            return -Errno.EINVAL;
        if (!queue.Allows(task.Credentials, MayWrite))
            return -Errno.EACCES;
        if (!queue.Fits(length))
        {
            if ((flags & NoWait) != 0)
                return -Errno.EAGAIN;
            int error = queue.Waiting.Wait(task, (queue, length), static at => at.queue.IsRemoved || at.queue.Fits(at.length));
            if (error != 0)
                return -KernelErrno.ERESTARTNOHAND;
        }
        if (queue.IsRemoved)
            return -Errno.EIDRM;
        queue.Sender = task.Group.ProcessId;
        queue.SendTime = task.Kernel.Ipc.Now;
        queue.Add(new QueuedMessage(type, text));
        return 0;
    }

    // Linux: do_msgrcv
    public static long MsgRcv(Task task, in SyscallArguments args)
    {
        ulong room = args.A2;
        long type = (long)args.A3;
        int flags = args.Int(4);
        if (args.Int(0) < 0 || (long)room < 0 || ((flags & Copy) != 0 && (flags & (Except | NoWait)) != NoWait))
            return -Errno.EINVAL;
        if (task.Kernel.Ipc.MessageQueues.Find(args.Int(0)) is not { } queue)
            return -Errno.EINVAL;
        if (!queue.Allows(task.Credentials, MayRead))
            return -Errno.EACCES;
        QueuedMessage? message = Find(queue, type, flags);
        if (message == null)
        {
            if ((flags & NoWait) != 0)
                return -Errno.ENOMSG;
            if (queue.Waiting.Wait(task, 0, _ => queue.IsRemoved || (message = Find(queue, type, flags)) != null) != 0)
                return -KernelErrno.ERESTARTNOHAND;
        }
        if (message == null)
            return -Errno.EIDRM;
        if ((ulong)message.Text.Length > room && (flags & NoError) == 0)
            return -Errno.E2BIG;
        return Deliver(task, queue, message, args.A1, (int)Math.Min(room, (ulong)message.Text.Length), stays: (flags & Copy) != 0);
    }

    private static QueuedMessage? Find(IpcMessageQueue queue, long type, int flags)
    {
        if ((flags & Copy) == 0)
            return queue.Find(type, (flags & Except) != 0);
        return (ulong)type < (ulong)queue.Messages.Count ? queue.Messages[(int)type] : null;
    }

    private static long Deliver(Task task, IpcMessageQueue queue, QueuedMessage message, ulong buffer, int length, bool stays)
    {
        if (!stays)
        {
            queue.Take(message);
            queue.Receiver = task.Group.ProcessId;
            queue.ReceiveTime = task.Kernel.Ipc.Now;
        }
        bool isWritten = task.User.TryPut(buffer, message.Type) && task.User.CopyTo(buffer + sizeof(long), message.Text.AsSpan(0, length)) == 0;
        return isWritten ? length : -Errno.EFAULT;
    }
}
