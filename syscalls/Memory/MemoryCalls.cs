using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The system calls that mm serves: each decodes its arguments and hands on. Linux: mm/mmap.c, mm/mprotect.c.</summary>
internal static class MemoryCalls
{
    public static long Mmap(Task task, in SyscallArguments args)
    {
        if ((args.A5 & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        MapFlags flags = (MapFlags)args.A3;
        if ((flags & MapFlags.Anonymous) != 0)
            return (flags & MapFlags.HugeTlb) != 0 ? MapHuge(task, args) : Map(task, args, null);
        using FileReference reference = task.Files.Get(args.Int(4));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        return (flags & MapFlags.HugeTlb) != 0 && file is not IHugetlbFile ? -Errno.EINVAL : Map(task, args, file);
    }

    // Memory from the pool is a file without a name. Linux: the MAP_HUGETLB part of ksys_mmap_pgoff
    private static long MapHuge(Task task, in SyscallArguments args)
    {
        if (!IsHugeSize((uint)args.A3))
            return -Errno.EINVAL;
        ulong size = (args.A1 + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
        HugetlbFile file = new(task.Mm.Manager, HugetlbFile.AnonymousName, size);
        long result = Map(task, args, file);
        file.Put();
        return result;
    }

    /// <summary>Whether flags of mmap, memfd_create or shmget ask for huge pages of the size that there is: 2 MiB, or whatever is usual.</summary>
    public static bool IsHugeSize(uint flags)
    {
        const int Shift = 26, Mask = 0x3F;
        return ((flags >> Shift) & Mask) is 0 or MmConstants.PmdShift;
    }

    private static long Map(Task task, in SyscallArguments args, VmFile? file)
    {
        MapRequest request = new()
        {
            Address = args.A0,
            Length = args.A1,
            Protection = (MemoryProtection)args.A2,
            Flags = (MapFlags)args.A3,
            PageOffset = args.A5 >> MmConstants.PageShift,
            File = file,
            ExtraFlags = (VmFlags)((ulong)KeyCalls.ExecuteOnly(task, (MemoryProtection)args.A2) << 32),
        };
        long result = task.Mm.Map(request, out ulong populate);
        if (populate != 0)
            _ = task.Mm.Populate((ulong)result, populate, task.User.Context); // what cannot be faulted in is left for the access to find
        return result;
    }

    public static long Mprotect(Task task, in SyscallArguments args) =>
        KeyCalls.Protect(task, args, key: -1);

    public static long Munmap(Task task, in SyscallArguments args) => task.Mm.Unmap(args.A0, args.A1);

    public static long Brk(Task task, in SyscallArguments args)
    {
        ulong old = task.Mm.Layout.Brk;
        ulong brk = task.Mm.SetBrk(args.A0, out ulong populate);
        if (populate != 0)
            _ = task.Mm.Populate(MmConstants.PageAlign(old), populate, task.User.Context);
        return (long)brk;
    }
}
