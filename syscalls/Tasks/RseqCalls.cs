using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The rseq call. Linux: kernel/rseq.c.</summary>
internal static class RseqCalls
{
    private const int Unregister = 1;
    private const ulong Alignment = 32;

    public static long Rseq(Task task, in SyscallArguments args)
    {
        uint length = (uint)args.A1, signature = (uint)args.A3;
        int flags = args.Int(2);
        if ((flags & Unregister) != 0)
            return flags == Unregister ? Remove(task, args.A0, length, signature) : -Errno.EINVAL;
        if (flags != 0)
            return -Errno.EINVAL;
        if (task.Rseq.IsRegistered)
        {
            if (task.Rseq.Address != args.A0 || task.Rseq.Length != length)
                return -Errno.EINVAL;
            return task.Rseq.Signature != signature ? -Errno.EPERM : -Errno.EBUSY;
        }
        bool isSane = length >= RseqRegistration.OriginalSize && args.A0 != 0 && (args.A0 & (Alignment - 1)) == 0;
        if (!isSane)
            return -Errno.EINVAL;
        if (!UserAccess.IsUserRange(args.A0, length))
            return -Errno.EFAULT;
        return Add(task, new RseqRegistration { Address = args.A0, Length = length, Signature = signature });
    }

    private static long Add(Task task, RseqRegistration registration)
    {
        ulong section = registration.Address + RseqRegistration.SectionPlace;
        if (!task.User.TryGet(section, out ulong pointer) || (pointer != 0 && !task.User.TryPut(section, 0UL)))
            return -Errno.EFAULT;
        task.Rseq = registration;
        task.Work |= TaskWork.Rseq;
        return 0;
    }

    private static long Remove(Task task, ulong address, uint length, uint signature)
    {
        if (!task.Rseq.IsRegistered || task.Rseq.Address != address || task.Rseq.Length != length)
            return -Errno.EINVAL;
        if (task.Rseq.Signature != signature)
            return -Errno.EPERM;
        if (!task.Rseq.Reset(task))
            return -Errno.EFAULT;
        task.Rseq = default;
        task.Work &= ~TaskWork.Rseq;
        return 0;
    }
}
