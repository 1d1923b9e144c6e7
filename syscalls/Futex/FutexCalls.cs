using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Flags of the newer futex calls. Linux: <c>FUTEX2_*</c>.</summary>
internal static class FutexFlags
{
#pragma warning disable CS1591 // the names are the documentation
    public const uint SizeMask = 3, Size32 = 2, Numa = 4, Mempolicy = 8, Private = 128, Valid = SizeMask | Numa | Mempolicy | Private;
#pragma warning restore CS1591

    /// <summary>Whether the flags are such as a futex here can have: a word of 32 bits, on no particular node.</summary>
    public static bool AreValid(uint flags) => (flags & ~(Size32 | Private)) == 0 && (flags & SizeMask) == Size32;
}

/// <summary>The futex calls: each decodes its arguments. Linux: kernel/futex/syscalls.c, futex(2).</summary>
internal static class FutexCalls
{
    private const int Wait = 0, Wake = 1, Requeue = 3, CmpRequeue = 4, WakeOp = 5, LockPi = 6, UnlockPi = 7, TryLockPi = 8, WaitBitset = 9,
        WakeBitset = 10, WaitRequeuePi = 11, CmpRequeuePi = 12, LockPi2 = 13;

    private const uint PrivateFlag = 128, RealtimeFlag = 256;
    private const ulong RobustHeadSize = 24;

    public static long Futex(Task task, in SyscallArguments args)
    {
        uint operation = (uint)args.A1;
        int command = (int)(operation & ~(PrivateFlag | RealtimeFlag));
        bool isShared = (operation & PrivateFlag) == 0, isRealtime = (operation & RealtimeFlag) != 0;
        if (isRealtime && command is not (WaitBitset or WaitRequeuePi or LockPi2))
            return -Errno.ENOSYS;
        ulong deadline = Scheduler.Never;
        if (command is Wait or LockPi or LockPi2 or WaitBitset or WaitRequeuePi && args.A3 != 0)
        {
            int error = GetDeadline(task, args.A3, isRelative: command == Wait, isRealtime || command == LockPi, out deadline);
            if (error != 0)
                return error;
        }
        FutexWaits.Request request = new(args.A0, (uint)args.A2, isShared, command is WaitBitset or WakeBitset ? (uint)args.A5 : FutexWaiter.AnyBit);
        switch (command)
        {
            case Wait or WaitBitset:
                return request.Bitset == 0 ? -Errno.EINVAL : FutexWaits.Wait(task, request, deadline);
            case Wake or WakeBitset:
                return DoWake(task, args.A0, isShared, args.Int(2), request.Bitset);
            case Requeue:
                return DoRequeue(task, args, isShared, null);
            case CmpRequeue:
                return DoRequeue(task, args, isShared, (uint)args.A5);
            case WakeOp:
                return FutexWakeOp.Run(task, args.A0, args.A4, (args.Int(2), args.Int(3)), (uint)args.A5, isShared);
            case LockPi or LockPi2:
                return FutexPi.Lock(task, args.A0, isShared, deadline, onlyTry: false);
            case TryLockPi:
                return FutexPi.Lock(task, args.A0, isShared, Scheduler.Never, onlyTry: true);
            case UnlockPi:
                return FutexPi.Unlock(task, args.A0, isShared);
            case WaitRequeuePi:
                return FutexRequeuePi.Wait(task, request, args.A4, deadline);
            case CmpRequeuePi:
                return args.Int(2) != 1 || args.Int(3) < 0
                    ? -Errno.EINVAL
                    : FutexRequeuePi.Requeue(task, args.A0, args.A4, args.Int(3), (uint)args.A5, isShared);
            default:
                return -Errno.ENOSYS;
        }
    }

    public static long FutexWaitV(Task task, in SyscallArguments args)
    {
        uint count = (uint)args.A1;
        if ((uint)args.A2 != 0 || count is 0 or > FutexVector.Most || args.A0 == 0)
            return -Errno.EINVAL;
        int error = GetTimeout(task, args.A3, args.Int(4), out ulong deadline);
        if (error != 0)
            return error;
        Span<FutexVectorEntry> entries = new FutexVectorEntry[(int)count];
        if (task.User.CopyFrom(args.A0, MemoryMarshal.AsBytes(entries)) != 0)
            return -Errno.EFAULT;
        foreach (ref readonly FutexVectorEntry entry in entries)
        {
            if (!FutexFlags.AreValid(entry.Flags) || entry.Reserved != 0 || entry.Value > uint.MaxValue)
                return -Errno.EINVAL;
        }
        return FutexVector.Wait(task, entries, deadline);
    }

    public static long FutexWake(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A3;
        if (!FutexFlags.AreValid(flags) || args.A1 > uint.MaxValue)
            return -Errno.EINVAL;
        if (args.Int(2) == 0)
            return 0;
        return DoWake(task, args.A0, (flags & FutexFlags.Private) == 0, args.Int(2), (uint)args.A1);
    }

    public static long FutexWait(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A3;
        if (!FutexFlags.AreValid(flags) || args.A1 > uint.MaxValue || args.A2 > uint.MaxValue)
            return -Errno.EINVAL;
        int error = GetTimeout(task, args.A4, args.Int(5), out ulong deadline);
        if (error != 0)
            return error;
        if (args.A2 == 0)
            return -Errno.EINVAL;
        return FutexWaits.Wait(task, new(args.A0, (uint)args.A1, (flags & FutexFlags.Private) == 0, (uint)args.A2), deadline);
    }

    public static long FutexRequeue(Task task, in SyscallArguments args)
    {
        if ((uint)args.A1 != 0 || args.A0 == 0)
            return -Errno.EINVAL;
        Span<FutexVectorEntry> pair = stackalloc FutexVectorEntry[2];
        if (task.User.CopyFrom(args.A0, MemoryMarshal.AsBytes(pair)) != 0)
            return -Errno.EFAULT;
        foreach (ref readonly FutexVectorEntry entry in pair)
        {
            if (!FutexFlags.AreValid(entry.Flags) || entry.Reserved != 0 || entry.Value > uint.MaxValue)
                return -Errno.EINVAL;
        }
        int error = FutexKey.TryGet(task, pair[0].Address, (pair[0].Flags & FutexFlags.Private) == 0, out FutexKey from);
        if (error == 0)
            error = FutexKey.TryGet(task, pair[1].Address, (pair[1].Flags & FutexFlags.Private) == 0, out FutexKey _);
        return error != 0 ? error : Move(task, pair[0].Address, from, pair[1], args);
    }

    public static long SetRobustList(Task task, in SyscallArguments args)
    {
        if (args.A1 != RobustHeadSize)
            return -Errno.EINVAL;
        task.RobustList = args.A0;
        return 0;
    }

    public static long GetRobustList(Task task, in SyscallArguments args)
    {
        Task? target = args.Int(0) == 0 ? task : task.Kernel.Pids.FindTask(args.Int(0));
        if (target == null)
            return -Errno.ESRCH;
        if (!task.MayInspect(target))
            return -Errno.EPERM;
        return task.User.TryPut(args.A2, RobustHeadSize) && task.User.TryPut(args.A1, target.RobustList) ? 0 : -Errno.EFAULT;
    }

    private static long DoWake(Task task, ulong address, bool isShared, int count, uint bitset)
    {
        if (bitset == 0)
            return -Errno.EINVAL;
        int error = FutexKey.TryGet(task, address, isShared, out FutexKey key);
        return error != 0 ? error : task.Kernel.Futexes.Wake(key, count, bitset);
    }

    private static long DoRequeue(Task task, in SyscallArguments args, bool isShared, uint? expected)
    {
        int wakes = args.Int(2), moves = args.Int(3);
        if (wakes < 0 || moves < 0)
            return -Errno.EINVAL;
        int error = FutexKey.TryGet(task, args.A0, isShared, out FutexKey from);
        if (error == 0)
            error = FutexKey.TryGet(task, args.A4, isShared, out FutexKey _);
        if (error != 0)
            return error;
        if (expected is { } wanted)
        {
            if (!task.User.TryGet(args.A0, out uint value))
                return -Errno.EFAULT;
            if (value != wanted)
                return -Errno.EAGAIN;
        }
        _ = FutexKey.TryGet(task, args.A4, isShared, out FutexKey to);
        return task.Kernel.Futexes.Requeue(from, to, wakes, moves);
    }

    private static long Move(Task task, ulong address, FutexKey from, in FutexVectorEntry target, in SyscallArguments args)
    {
        if (args.Int(2) < 0 || args.Int(3) < 0)
            return -Errno.EINVAL;
        if (!task.User.TryGet(address, out uint value))
            return -Errno.EFAULT;
        if (value != (uint)target.Value)
            return -Errno.EAGAIN;
        _ = FutexKey.TryGet(task, target.Address, (target.Flags & FutexFlags.Private) == 0, out FutexKey to);
        return task.Kernel.Futexes.Requeue(from, to, args.Int(2), args.Int(3));
    }

    // Of the newer calls: a time of a clock, or none. Linux: futex2_setup_timeout
    private static int GetTimeout(Task task, ulong address, int clock, out ulong deadline)
    {
        deadline = Scheduler.Never;
        if (address == 0)
            return 0;
        if (clock is not (ClockSource.Realtime or ClockSource.Monotonic))
            return -Errno.EINVAL;
        return GetDeadline(task, address, isRelative: false, clock == ClockSource.Realtime, out deadline);
    }

    private static int GetDeadline(Task task, ulong address, bool isRelative, bool isRealtime, out ulong deadline)
    {
        deadline = Scheduler.Never;
        int error = Timespec.TryGet(task, address, out Timespec time);
        if (error != 0)
            return error;
        ulong nanoseconds = time.ToNanoseconds();
        deadline = isRelative ? task.DeadlineAfter(nanoseconds) : task.Kernel.Clock.ToMonotonic(nanoseconds, isRealtime);
        return 0;
    }
}
