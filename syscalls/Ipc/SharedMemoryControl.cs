using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>shmctl. Linux: <c>ksys_shmctl</c> of ipc/shm.c; shmctl(2).</summary>
internal static class SharedMemoryControl
{
    private const uint MayRead = 0x124;

    // Linux: IPC_*, SHM_*
    private enum Command
    {
        Remove = 0,
        Set = 1,
        Stat = 2,
        Limits = 3,
        Lock = 11,
        Unlock = 12,
        StatPlace = 13,
        Info = 14,
        StatAny = 15,
    }

    public static long ShmCtl(Task task, in SyscallArguments args)
    {
        int id = args.Int(0);
        ulong buffer = args.A2;
        if (id < 0)
            return -Errno.EINVAL;
        SharedMemory memory = task.Kernel.Ipc.SharedMemory;
        Command command = (Command)args.Int(1);
        switch (command)
        {
            case Command.Limits:
                return Put(task, buffer, LimitsOf(memory), memory.Segments.HighestPlace);
            case Command.Info:
                return Put(task, buffer, InfoOf(memory), memory.Segments.HighestPlace);
            case Command.Stat or Command.StatPlace or Command.StatAny:
                return Stat(task, memory, id, command, buffer);
            case Command.Set or Command.Remove:
                return Change(task, memory, id, command, buffer);
            case Command.Lock or Command.Unlock:
                return Lock(task, memory, id, command == Command.Lock);
            default:
                return -Errno.EINVAL;
        }
    }

    // Linux: shmctl_ipc_info
    private static UserLimits LimitsOf(SharedMemory memory) => new()
    {
        MostBytes = memory.MostBytes,
        LeastBytes = 1,
        MostSegments = (ulong)memory.MostSegments,
        MostOfProcess = (ulong)memory.MostSegments,
        MostPages = memory.MostPages,
    };

    // Linux: shmctl_shm_info
    private static UserInfo InfoOf(SharedMemory memory)
    {
        UserInfo info = new() { Used = memory.Segments.Count, TotalPages = memory.TotalPages };
        foreach (SharedSegment segment in memory.Segments.Objects)
        {
            info.Resident += segment.ResidentPages;
            info.Swapped += (ulong)(segment.File.Mapping?.SwappedPages ?? 0);
        }
        return info;
    }

    // Linux: shmctl_stat
    private static long Stat(Task task, SharedMemory memory, int id, Command command, ulong buffer)
    {
        SharedSegment? segment = command == Command.Stat ? memory.Segments.Find(id) : memory.Segments.FindPlace(id);
        if (segment == null)
            return -Errno.EINVAL;
        if (command != Command.StatAny && !segment.Allows(task.Credentials, MayRead))
            return -Errno.EACCES;
        UserSegment user = new()
        {
            Permission = segment.ToUser(),
            Size = segment.Size,
            AttachTime = segment.AttachTime,
            DetachTime = segment.DetachTime,
            ChangeTime = segment.ChangeTime,
            CreatorProcess = segment.CreatorProcess,
            LastProcess = segment.LastProcess,
            Attached = (ulong)segment.Attached,
        };
        return Put(task, buffer, user, command == Command.Stat ? 0 : segment.Id);
    }

    // Linux: shmctl_down
    private static long Change(Task task, SharedMemory memory, int id, Command command, ulong buffer)
    {
        UserSegment wanted = default;
        if (command == Command.Set && !task.User.TryGet(buffer, out wanted))
            return -Errno.EFAULT;
        SharedSegment? segment = memory.Segments.Find(id);
        if (segment == null)
            return -Errno.EINVAL;
        if (!segment.IsOwnedBy(task.Credentials))
            return -Errno.EPERM;
        if (command == Command.Remove)
        {
            memory.Remove(segment);
            return 0;
        }
        int error = segment.Update(wanted.Permission);
        if (error == 0)
            segment.ChangeTime = memory.Now;
        return error;
    }

    // Linux: shmctl_do_lock
    private static long Lock(Task task, SharedMemory memory, int id, bool locks)
    {
        SharedSegment? segment = memory.Segments.Find(id);
        if (segment == null)
            return -Errno.EINVAL;
        Credentials credentials = task.Credentials;
        if (!credentials.Can(Capability.IpcLock))
        {
            if (credentials.EffectiveUid != segment.Uid && credentials.EffectiveUid != segment.CreatorUid)
                return -Errno.EPERM;
            if (locks && task.Group.Limits.Current(Resource.Memlock) == 0)
                return -Errno.EPERM;
        }
        if (locks)
            return segment.Lock(task);
        segment.Unlock();
        return 0;
    }

    private static long Put<T>(Task task, ulong buffer, T value, long result)
        where T : unmanaged => task.User.TryPut(buffer, value) ? result : -Errno.EFAULT;

    // Linux: struct shmid64_ds
    [StructLayout(LayoutKind.Sequential, Size = 112)]
    private struct UserSegment
    {
        public IpcPermission Permission;
        public ulong Size;
        public long AttachTime, DetachTime, ChangeTime;
        public int CreatorProcess, LastProcess;
        public ulong Attached;
    }

    // Linux: struct shminfo64
    [StructLayout(LayoutKind.Sequential, Size = 72)]
    private struct UserLimits
    {
        public ulong MostBytes, LeastBytes, MostSegments, MostOfProcess, MostPages;
    }

    // Linux: struct shm_info
    [StructLayout(LayoutKind.Sequential, Size = 48)]
    private struct UserInfo
    {
        public long Used;
        public ulong TotalPages, Resident, Swapped;
    }
}
