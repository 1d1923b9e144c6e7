using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>msgctl. Linux: <c>ksys_msgctl</c> of ipc/msg.c; msgctl(2).</summary>
internal static class MessageQueueControl
{
    private const uint MayRead = 0x124;

    // Linux: IPC_*, MSG_*
    private enum Command
    {
        Remove = 0,
        Set = 1,
        Stat = 2,
        Limits = 3,
        StatPlace = 11,
        Info = 12,
        StatAny = 13,
    }

    public static long MsgCtl(Task task, in SyscallArguments args)
    {
        int id = args.Int(0);
        if (id < 0)
            return -Errno.EINVAL;
        IpcTable<IpcMessageQueue> queues = task.Kernel.Ipc.MessageQueues;
        Command command = (Command)args.Int(1);
        return command switch
        {
            Command.Limits or Command.Info => Limits(task, queues, command == Command.Info, args.A2),
            Command.Stat or Command.StatPlace or Command.StatAny => Stat(task, queues, id, command, args.A2),
            Command.Set or Command.Remove => Change(task, queues, id, command, args.A2),
            _ => -Errno.EINVAL,
        };
    }

    // Linux: msgctl_info
    private static long Limits(Task task, IpcTable<IpcMessageQueue> queues, bool inUse, ulong buffer)
    {
        const int Kilobyte = 1024, SegmentSize = 16;
        UserLimits limits = new()
        {
            Pool = inUse ? queues.Count : MessageQueueCalls.MostQueues * ((int)IpcMessageQueue.DefaultBytes / Kilobyte),
            Map = inUse ? queues.Objects.Sum(static queue => queue.Messages.Count) : (int)IpcMessageQueue.DefaultBytes,
            MostBytes = MessageQueueCalls.MostBytes,
            MostBytesOfQueue = (int)IpcMessageQueue.DefaultBytes,
            MostQueues = MessageQueueCalls.MostQueues,
            SegmentSize = SegmentSize,
            Headers = inUse ? (int)queues.Objects.Sum(static queue => (long)queue.Bytes) : (int)IpcMessageQueue.DefaultBytes,
            Segments = ushort.MaxValue,
        };
        return task.User.TryPut(buffer, limits) ? queues.HighestPlace : -Errno.EFAULT;
    }

    // Linux: msgctl_stat
    private static long Stat(Task task, IpcTable<IpcMessageQueue> queues, int id, Command command, ulong buffer)
    {
        IpcMessageQueue? queue = command == Command.Stat ? queues.Find(id) : queues.FindPlace(id);
        if (queue == null)
            return -Errno.EINVAL;
        if (command != Command.StatAny && !queue.Allows(task.Credentials, MayRead))
            return -Errno.EACCES;
        UserQueue user = new()
        {
            Permission = queue.ToUser(),
            SendTime = queue.SendTime,
            ReceiveTime = queue.ReceiveTime,
            ChangeTime = queue.ChangeTime,
            Bytes = queue.Bytes,
            Count = (ulong)queue.Messages.Count,
            MostBytes = queue.MostBytes,
            Sender = queue.Sender,
            Receiver = queue.Receiver,
        };
        return !task.User.TryPut(buffer, user) ? -Errno.EFAULT : command == Command.Stat ? 0 : queue.Id;
    }

    // Linux: msgctl_down
    private static long Change(Task task, IpcTable<IpcMessageQueue> queues, int id, Command command, ulong buffer)
    {
        UserQueue wanted = default;
        if (command == Command.Set && !task.User.TryGet(buffer, out wanted))
            return -Errno.EFAULT;
        if (queues.Find(id) is not { } queue)
            return -Errno.EINVAL;
        if (!queue.IsOwnedBy(task.Credentials))
            return -Errno.EPERM;
        if (command == Command.Remove)
        {
            queues.Remove(queue);
            queue.Remove();
            return 0;
        }
        if (wanted.MostBytes > IpcMessageQueue.DefaultBytes && !task.Credentials.Can(Capability.SysResource))
            return -Errno.EPERM;
        int error = queue.Update(wanted.Permission);
        if (error != 0)
            return error;
        queue.MostBytes = wanted.MostBytes;
        queue.ChangeTime = task.Kernel.Ipc.Now;
        queue.Waiting.Wake();
        return 0;
    }

    // Linux: struct msqid64_ds
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    private struct UserQueue
    {
        public IpcPermission Permission;
        public long SendTime, ReceiveTime, ChangeTime;
        public ulong Bytes, Count, MostBytes;
        public int Sender, Receiver;
    }

    // Linux: struct msginfo
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct UserLimits
    {
        public int Pool, Map, MostBytes, MostBytesOfQueue, MostQueues, SegmentSize, Headers;
        public ushort Segments;
    }
}
