using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Advice on memory, what of it is in memory, and bringing it to its files. Linux: mm/madvise.c, mm/mincore.c, mm/msync.c.</summary>
internal static class AdviseCalls
{
    public static long Madvise(Task task, in SyscallArguments args) =>
        task.Mm.Advise(args.A0, args.A1, (Advice)args.Int(2), task.User.Context);

    public static long Msync(Task task, in SyscallArguments args) => task.Mm.Sync(args.A0, args.A1, (SyncFlags)args.Int(2));

    public static long Mincore(Task task, in SyscallArguments args)
    {
        ulong address = args.A0, vector = args.A2;
        if ((address & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        if (!UserAccess.IsUserRange(address, args.A1))
            return -Errno.ENOMEM;
        ulong pages = (args.A1 >> MmConstants.PageShift) + ((args.A1 & ~MmConstants.PageMask) != 0 ? 1UL : 0);
        if (!UserAccess.IsUserRange(vector, pages))
            return -Errno.EFAULT;
        Span<byte> resident = stackalloc byte[(int)MmConstants.PageSize];
        while (pages != 0)
        {
            int told = task.Mm.Mincore(address, resident[..(int)Math.Min(pages, MmConstants.PageSize)]);
            if (told < 0)
                return told;
            if (task.User.CopyTo(vector, resident[..told]) != 0)
                return -Errno.EFAULT;
            pages -= (ulong)told;
            vector += (ulong)told;
            address += (ulong)told << MmConstants.PageShift;
        }
        return 0;
    }
}
