using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The system calls that make tasks: each decodes its arguments. Linux: kernel/fork.c.</summary>
internal static class CloneCalls
{
    private const int FirstSize = 64, MaxSize = 4096;

    /// <summary>What clone3 is passed. Linux: <c>struct clone_args</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArguments
    {
        public ulong Flags, PidFd, ChildTid, ParentTid, ExitSignal, Stack, StackSize, Tls, SetTid, SetTidSize, Cgroup;
    }

    public static long Fork(Task task, in SyscallArguments args) =>
        TaskClone.Clone(task, new CloneRequest { ExitSignal = Signal.SIGCHLD });

    public static long Vfork(Task task, in SyscallArguments args) =>
        TaskClone.Clone(task, new CloneRequest { Flags = CloneFlags.Vfork | CloneFlags.Vm, ExitSignal = Signal.SIGCHLD });

    public static long Clone(Task task, in SyscallArguments args)
    {
        CloneFlags flags = (CloneFlags)(uint)args.A0;
        if ((flags & CloneFlags.PidFd) != 0 && (flags & CloneFlags.Detached) != 0)
            return -Errno.EINVAL;
        if ((flags & (CloneFlags.PidFd | CloneFlags.ParentSetTid)) == (CloneFlags.PidFd | CloneFlags.ParentSetTid))
            return -Errno.EINVAL; // both would be written to the same place
        return TaskClone.Clone(task, new CloneRequest
        {
            Flags = flags & ~CloneFlags.SignalMask,
            ExitSignal = (int)(flags & CloneFlags.SignalMask),
            Stack = args.A1,
            ParentTid = args.A2,
            ChildTid = args.A3,
            Tls = args.A4,
            PidFd = args.A2,
        });
    }

    public static long Clone3(Task task, in SyscallArguments args)
    {
        int error = GetArguments(task, args.A0, args.A1, out CloneArguments given);
        if (error != 0)
            return error;
        CloneFlags flags = (CloneFlags)given.Flags;
        const CloneFlags Refused = CloneFlags.SignalMask | CloneFlags.Detached | CloneFlags.IntoCgroup;
        const CloneFlags Handlers = CloneFlags.SigHand | CloneFlags.ClearSigHand;
        if ((flags & Refused) != 0 || given.Flags >> 34 != 0 || (flags & Handlers) == Handlers || given.SetTidSize != 0 || given.SetTid != 0)
            return -Errno.EINVAL;
        if ((given.ExitSignal & ~(ulong)CloneFlags.SignalMask) != 0 || given.ExitSignal > Signal.Last)
            return -Errno.EINVAL;
        if ((flags & (CloneFlags.Thread | CloneFlags.Parent)) != 0 && given.ExitSignal != 0)
            return -Errno.EINVAL;
        bool stackFits = given.Stack == 0 ? given.StackSize == 0 : given.StackSize != 0 && UserAccess.IsUserRange(given.Stack, given.StackSize);
        if (!stackFits)
            return -Errno.EINVAL;
        return TaskClone.Clone(task, new CloneRequest
        {
            Flags = flags,
            ExitSignal = (int)given.ExitSignal,
            Stack = given.Stack == 0 ? 0 : given.Stack + given.StackSize,
            ParentTid = given.ParentTid,
            ChildTid = given.ChildTid,
            Tls = given.Tls,
            PidFd = given.PidFd,
        });
    }

    public static long SetTidAddress(Task task, in SyscallArguments args)
    {
        task.ClearChildTid = args.A0;
        return task.ThreadId;
    }

    // What a newer program passes beyond what is known here must be zero. Linux: copy_struct_from_user
    private static int GetArguments(Task task, ulong address, ulong size, out CloneArguments given)
    {
        given = default;
        if (size > MaxSize)
            return -Errno.E2BIG;
        if (size < FirstSize)
            return -Errno.EINVAL;
        Span<byte> known = MemoryMarshal.AsBytes(new Span<CloneArguments>(ref given));
        int common = (int)Math.Min(size, (ulong)known.Length);
        if (task.User.CopyFrom(address, known[..common]) != 0)
            return -Errno.EFAULT;
        Span<byte> rest = stackalloc byte[MaxSize];
        rest = rest[..(int)(size - (ulong)common)];
        if (task.User.CopyFrom(address + (ulong)common, rest) != 0)
            return -Errno.EFAULT;
        return rest.ContainsAnyExcept((byte)0) ? -Errno.E2BIG : 0;
    }
}
