using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>semctl. Linux: <c>ksys_semctl</c> of ipc/sem.c; semctl(2).</summary>
internal static class SemaphoreControl
{
    private const uint MayRead = 0x124, MayChange = 0x92;

    // Linux: IPC_*, GETPID and so on, SEM_*
    private enum Command
    {
        Remove = 0,
        SetOwner = 1,
        Stat = 2,
        Limits = 3,
        GetProcess = 11,
        GetValue = 12,
        GetAll = 13,
        CountGreater = 14,
        CountZero = 15,
        SetValue = 16,
        SetAll = 17,
        StatPlace = 18,
        Info = 19,
        StatAny = 20,
    }

    public static long SemCtl(Task task, in SyscallArguments args)
    {
        int id = args.Int(0), number = args.Int(1);
        ulong argument = args.A3;
        if (id < 0)
            return -Errno.EINVAL;
        IpcTable<SemaphoreSet> sets = task.Kernel.Ipc.Semaphores;
        Command command = (Command)args.Int(2);
        switch (command)
        {
            case Command.Limits or Command.Info:
                return Limits(task, sets, command == Command.Info, argument);
            case Command.Stat or Command.StatPlace or Command.StatAny:
                return Stat(task, sets, id, command, argument);
            case Command.Remove or Command.SetOwner:
                return Change(task, sets, id, command, argument);
            case Command.GetAll or Command.SetAll:
                return All(task, sets.Find(id), command == Command.SetAll, argument);
            case Command.SetValue:
                return SetValue(task, sets.Find(id), number, (int)argument);
            case Command.GetProcess or Command.GetValue or Command.CountGreater or Command.CountZero:
                return Get(task, sets.Find(id), number, command);
            default:
                return -Errno.EINVAL;
        }
    }

    // Linux: semctl_info
    private static long Limits(Task task, IpcTable<SemaphoreSet> sets, bool inUse, ulong buffer)
    {
        const int MostSemaphores = SemaphoreCalls.MostSets * SemaphoreCalls.MostInSet, UndoSize = 20;
        UserLimits limits = new()
        {
            Map = MostSemaphores,
            MostSets = SemaphoreCalls.MostSets,
            MostSemaphores = MostSemaphores,
            MostUndos = MostSemaphores,
            MostInSet = SemaphoreCalls.MostInSet,
            MostOperations = SemaphoreCalls.MostOperations,
            MostUndosOfProcess = SemaphoreCalls.MostOperations,
            UndoSize = inUse ? sets.Count : UndoSize,
            MaxValue = SemaphoreSet.MaxValue,
            MaxUndo = inUse ? sets.Objects.Sum(static set => set.Values.Length) : SemaphoreSet.MaxValue,
        };
        return task.User.TryPut(buffer, limits) ? sets.HighestPlace : -Errno.EFAULT;
    }

    // Linux: semctl_stat
    private static long Stat(Task task, IpcTable<SemaphoreSet> sets, int id, Command command, ulong buffer)
    {
        SemaphoreSet? set = command == Command.Stat ? sets.Find(id) : sets.FindPlace(id);
        if (set == null)
            return -Errno.EINVAL;
        if (command != Command.StatAny && !set.Allows(task.Credentials, MayRead))
            return -Errno.EACCES;
        UserSet user = new()
        {
            Permission = set.ToUser(),
            OperationTime = set.OperationTime,
            ChangeTime = set.ChangeTime,
            Count = (ulong)set.Values.Length,
        };
        return !task.User.TryPut(buffer, user) ? -Errno.EFAULT : command == Command.Stat ? 0 : set.Id;
    }

    // Linux: semctl_down
    private static long Change(Task task, IpcTable<SemaphoreSet> sets, int id, Command command, ulong buffer)
    {
        UserSet wanted = default;
        if (command == Command.SetOwner && !task.User.TryGet(buffer, out wanted))
            return -Errno.EFAULT;
        if (sets.Find(id) is not { } set)
            return -Errno.EINVAL;
        if (!set.IsOwnedBy(task.Credentials))
            return -Errno.EPERM;
        if (command == Command.Remove)
        {
            sets.Remove(set);
            set.Remove();
            return 0;
        }
        int error = set.Update(wanted.Permission);
        if (error == 0)
            set.ChangeTime = task.Kernel.Ipc.Now;
        return error;
    }

    private static long All(Task task, SemaphoreSet? set, bool sets, ulong buffer)
    {
        if (set == null)
            return -Errno.EINVAL;
        if (!set.Allows(task.Credentials, sets ? MayChange : MayRead))
            return -Errno.EACCES;
        ushort[] values = [.. set.Values.Select(static value => (ushort)value)];
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (!sets)
            return task.User.CopyTo(buffer, bytes) == 0 ? 0 : -Errno.EFAULT;
        if (task.User.CopyFrom(buffer, bytes) != 0)
            return -Errno.EFAULT;
        if (values.Any(static value => value > SemaphoreSet.MaxValue))
            return -Errno.ERANGE;
        for (int i = 0; i < values.Length; i++)
            set.Set(i, values[i], task.Group);
        set.ChangeTime = task.Kernel.Ipc.Now;
        set.Changed();
        return 0;
    }

    private static long SetValue(Task task, SemaphoreSet? set, int number, int value)
    {
        if (value is < 0 or > SemaphoreSet.MaxValue)
            return -Errno.ERANGE;
        if (set == null || (uint)number >= (uint)set.Values.Length)
            return -Errno.EINVAL;
        if (!set.Allows(task.Credentials, MayChange))
            return -Errno.EACCES;
        set.Set(number, value, task.Group);
        set.ChangeTime = task.Kernel.Ipc.Now;
        set.Changed();
        return 0;
    }

    // Linux: semctl_main
    private static long Get(Task task, SemaphoreSet? set, int number, Command command)
    {
        if (set == null)
            return -Errno.EINVAL;
        if (!set.Allows(task.Credentials, MayRead))
            return -Errno.EACCES;
        if ((uint)number >= (uint)set.Values.Length)
            return -Errno.EINVAL;
        return command switch
        {
            Command.GetProcess => set.Processes[number],
            Command.GetValue => set.Values[number],
            _ => set.CountWaiters(number, forZero: command == Command.CountZero),
        };
    }

    // Linux: struct semid64_ds
    [StructLayout(LayoutKind.Sequential, Size = 104)]
    private struct UserSet
    {
        public IpcPermission Permission;
        public long OperationTime, Unused, ChangeTime, UnusedToo;
        public ulong Count;
    }

    // Linux: struct seminfo
    [StructLayout(LayoutKind.Sequential)]
    private struct UserLimits
    {
        public int Map, MostSets, MostSemaphores, MostUndos, MostInSet, MostOperations, MostUndosOfProcess, UndoSize, MaxValue, MaxUndo;
    }
}
