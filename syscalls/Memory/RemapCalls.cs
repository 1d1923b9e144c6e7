using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Changing mappings that are there. Linux: mm/mremap.c, mm/mseal.c, mm/mmap.c.</summary>
internal static class RemapCalls
{
    public static long Mremap(Task task, in SyscallArguments args)
    {
        long result = task.Mm.Remap(args.A0, args.A1, args.A2, (RemapFlags)args.A3, args.A4, out (ulong Start, ulong Length) populate);
        if (populate.Length != 0)
            _ = task.Mm.Populate(populate.Start, populate.Length, task.User.Context); // what cannot be faulted in is left for the access to find
        return result;
    }

    public static long RemapFilePages(Task task, in SyscallArguments args)
    {
        int result = task.Mm.RemapFilePages(args.A0, args.A1, args.A2, args.A3, (MapFlags)args.A4, out ulong populate);
        if (populate != 0)
            _ = task.Mm.Populate(args.A0 & MmConstants.PageMask, populate, task.User.Context);
        return result;
    }

    public static long Mseal(Task task, in SyscallArguments args) => task.Mm.Seal(args.A0, args.A1, args.A2);
}
