using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The system calls that mm serves: each decodes its arguments and hands on. Linux: mm/mmap.c, mm/mprotect.c.</summary>
internal static class MemoryCalls
{
    public static long Mmap(Task task, in SyscallArguments args)
    {
        if ((args.A5 & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        if (((MapFlags)args.A3 & MapFlags.Anonymous) != 0)
            return Map(task, args, null);
        using FileReference reference = task.Files.Get(args.Int(4));
        return reference.File is { } file ? Map(task, args, file) : -Errno.EBADF;
    }

    private static long Map(Task task, in SyscallArguments args, OpenFile? file)
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
