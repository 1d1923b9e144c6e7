using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The ioctl PAGEMAP_SCAN. Linux: <c>do_pagemap_scan</c>; Documentation/admin-guide/mm/pagemap.rst.</summary>
internal static class PagemapScanCall
{
    /// <summary>Its number.</summary>
    public const uint Command = 0xC0606610;

    private const ulong WriteProtectMatching = 1, CheckWriteProtectAsync = 2;

    // Linux: struct pm_scan_arg
    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public ulong Size, Flags, Start, End, WalkEnd, Vector, VectorLength, MaxPages;
        public PageCategories Inverted, Mask, AnyOf, Returned;
    }

    /// <summary>Serves it.</summary>
    /// <returns>Regions found or a negative errno.</returns>
    public static long Serve(Task task, MemoryDescriptor mm, ulong argument)
    {
        if (!task.User.TryGet(argument, out Arguments args))
            return -Errno.EFAULT;
        int error = Check(args);
        if (error != 0)
            return error;
        PagemapScan scan = new()
        {
            Start = args.Start,
            End = MmConstants.PageAlign(args.End),
            MaxRegions = args.VectorLength,
            MaxPages = args.MaxPages == 0 ? ulong.MaxValue : args.MaxPages,
            Inverted = args.Inverted,
            Mask = args.Mask,
            AnyOf = args.AnyOf,
            Returned = args.Returned,
            Untracked = ((args.Flags & CheckWriteProtectAsync) != 0, (args.Flags & WriteProtectMatching) != 0),
        };
        long result = scan.Run(mm);
        if (result == 0)
            result = WriteRegions(task, args.Vector, scan);
        args.WalkEnd = scan.WalkEnd;
        ulong place = argument + (ulong)Marshal.OffsetOf<Arguments>(nameof(Arguments.WalkEnd));
        return task.User.TryPut(place, args.WalkEnd) ? result : -Errno.EFAULT;
    }

    // Linux: pagemap_scan_get_args
    private static int Check(in Arguments args)
    {
        if (args.Size != (ulong)Marshal.SizeOf<Arguments>())
            return -Errno.EINVAL;
        PageCategories named = args.Inverted | args.Mask | args.AnyOf | args.Returned;
        if ((args.Flags & ~(WriteProtectMatching | CheckWriteProtectAsync)) != 0 || (named & ~PageCategories.All) != 0)
            return -Errno.EINVAL;
        if ((args.Start & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        if (!UserAccess.IsUserRange(args.Start, args.End - args.Start))
            return -Errno.EFAULT;
        if (args.Vector == 0)
            return args.VectorLength != 0 ? -Errno.EINVAL : 0;
        const ulong RegionSize = 24;
        bool fits = args.VectorLength <= MmConstants.TaskSize / RegionSize && UserAccess.IsUserRange(args.Vector, args.VectorLength * RegionSize);
        return fits ? 0 : -Errno.EFAULT;
    }

    private static long WriteRegions(Task task, ulong vector, PagemapScan scan)
    {
        foreach (PageRegion region in scan.Regions)
        {
            if (!task.User.TryPut(vector, region))
                return -Errno.EFAULT;
            vector += (ulong)Marshal.SizeOf<PageRegion>();
        }
        return scan.Regions.Count;
    }
}
