using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>shmget, shmat, shmdt. Linux: ipc/shm.c; shmop(2).</summary>
internal static class SharedMemoryCalls
{
    // Linux: SHM_RDONLY, SHM_RND, SHM_REMAP, SHM_EXEC
    private const int ReadOnly = 0x1000, Round = 0x2000, Remap = 0x4000, Exec = 0x8000;

    // Linux: S_IRUGO, S_IWUGO, S_IXUGO
    private const uint MayRead = 0x124, MayWrite = 0x92, MayExec = 0x49;

    public static long ShmGet(Task task, in SyscallArguments args) =>
        task.Kernel.Ipc.SharedMemory.Get(task, args.Int(0), args.A1, args.Int(2));

    // Linux: do_shmat
    public static long ShmAt(Task task, in SyscallArguments args)
    {
        int flags = args.Int(2);
        ulong address = args.A1;
        if (args.Int(0) < 0 || !TryPlace(ref address, flags))
            return -Errno.EINVAL;
        MemoryProtection protection = MemoryProtection.Read;
        uint asked = MayRead;
        if ((flags & ReadOnly) == 0)
        {
            protection |= MemoryProtection.Write;
            asked |= MayWrite;
        }
        if ((flags & Exec) != 0)
        {
            protection |= MemoryProtection.Exec;
            asked |= MayExec;
        }
        SharedSegment? segment = task.Kernel.Ipc.SharedMemory.Segments.Find(args.Int(0));
        if (segment == null)
            return -Errno.EINVAL;
        if (!segment.Allows(task.Credentials, asked))
            return -Errno.EACCES;
        bool canWrite = (flags & ReadOnly) == 0;
        AttachedSegment file = segment.File is HugetlbFile ? new AttachedHugeSegment(segment, canWrite) : new AttachedSegment(segment, canWrite);
        long result = Attach(task, file, address, protection, replaces: (flags & Remap) != 0);
        file.Put();
        return result;
    }

    // Linux: ksys_shmdt
    public static long ShmDt(Task task, in SyscallArguments args)
    {
        ulong address = args.A0;
        if ((address & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        VmArea? first = FirstOf(task.Mm, address);
        if (first == null)
            return -Errno.EINVAL;
        AttachedSegment file = (AttachedSegment)first.File!;
        ulong end = address + MmConstants.PageAlign(file.Segment.Size);
        file.Get();
        // It may have been cut into parts, and other things mapped between them.
        for (VmArea? area = first; area != null;)
        {
            VmArea? next = task.Mm.AreaAfter(area);
            if (area.File == file && IsPart(area, address) && (area == first || area.End <= end))
                _ = task.Mm.Unmap(area.Start, area.Length); // as Linux does, what is sealed stays and 0 is returned
            area = next is { } && next.End <= end ? next : null;
        }
        file.Put();
        return 0;
    }

    private static bool TryPlace(ref ulong address, int flags)
    {
        if (address == 0)
            return (flags & Remap) == 0;
        if ((address & ~MmConstants.PageMask) == 0)
            return true;
        if ((flags & Round) == 0)
            return false;
        address &= MmConstants.PageMask;
        return address != 0 || (flags & Remap) == 0;
    }

    private static long Attach(Task task, AttachedSegment file, ulong address, MemoryProtection protection, bool replaces)
    {
        ulong size = file.Segment.Size;
        bool isFixed = address != 0;
        if (isFixed && !replaces && (address + size < address || task.Mm.FindIntersection(address, address + size) != null))
            return -Errno.EINVAL;
        MapRequest request = new()
        {
            Address = address,
            Length = size,
            Protection = protection,
            Flags = MapFlags.Shared | (isFixed ? MapFlags.Fixed : 0),
            File = file,
        };
        long result = task.Mm.Map(request, out ulong populate);
        if (populate != 0)
            _ = task.Mm.Populate((ulong)result, populate, task.User.Context);
        return result;
    }

    private static VmArea? FirstOf(MemoryDescriptor mm, ulong address)
    {
        VmArea? area = mm.FindArea(address);
        while (area != null && !IsPart(area, address))
            area = mm.AreaAfter(area);
        return area;
    }

    // Whether an area shows the part of a segment that lies there if the segment begins at an address.
    private static bool IsPart(VmArea area, ulong address) =>
        area.Operations is SharedSegmentOperations or SharedHugeOperations && (area.Start - address) >> MmConstants.PageShift == area.PageOffset;
}
