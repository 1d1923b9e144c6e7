using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>swapon and swapoff. Linux: mm/swapfile.c; swapon(2).</summary>
internal static class SwapCalls
{
    // Linux: SWAP_FLAG_PREFER, SWAP_FLAG_PRIO_MASK, SWAP_FLAGS_VALID
    private const int Prefer = 0x8000, PriorityMask = 0x7FFF, Known = 0x7FFFF;

    private const OpenFlags Flags = OpenFlags.ReadWrite | OpenFlags.LargeFile;

    public static long SwapOn(Task task, in SyscallArguments args)
    {
        int flags = args.Int(1);
        if ((flags & ~Known) != 0)
            return -Errno.EINVAL;
        if (!task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        if (task.Kernel.Memory.Swap.Areas.Count() == SwapEntry.MaxAreas)
            return -Errno.EPERM;
        int error = Open(task, args.A0, out _, out OpenFile? file);
        if (error != 0)
            return error;
        error = Use(task, file!, (flags & Prefer) != 0 ? flags & PriorityMask : -1);
        if (error != 0)
            file!.Put();
        return error;
    }

    public static long SwapOff(Task task, in SyscallArguments args)
    {
        if (!task.Credentials.Can(Capability.SysAdmin))
            return -Errno.EPERM;
        SwapSpace swap = task.Kernel.Memory.Swap;
        int error = Open(task, args.A0, out byte[] name, out OpenFile? file);
        // An area that emu was started with has no file in the machine, but a name.
        SwapArea? area = file != null
            ? swap.Areas.FirstOrDefault(area => area.Device is SwapFile used && used.File.Inode == file.Inode)
            : swap.Areas.FirstOrDefault(area => area.Device is not SwapFile && area.Name.AsSpan().SequenceEqual(name));
        file?.Put();
        if (area == null)
            return error != 0 ? error : -Errno.EINVAL;
        error = swap.SwapOff(area, task.Group.Limits.Mm);
        if (error == 0 && area.Device is SwapFile device)
            device.Release();
        return error;
    }

    private static int Open(Task task, ulong path, out byte[] name, out OpenFile? file)
    {
        file = null;
        name = [];
        int error = task.GetName(path, out ReadOnlySpan<byte> found);
        if (error != 0)
            return error;
        name = found.ToArray();
        return task.Kernel.Vfs.Open(task, AtFlags.CurrentDirectory, name, Flags, 0, LookupFlags.Follow, out file);
    }

    private static int Use(Task task, OpenFile file, int priority)
    {
        SwapSpace swap = task.Kernel.Memory.Swap;
        if (swap.Areas.Any(area => area.Device is SwapFile used && used.File.Inode == file.Inode))
            return -Errno.EBUSY;
        // What lies in memory itself, as tmpfs does, cannot take in what has no room there.
        if (file is not RegularFile { Regular.Mapping: { Kind: PageCacheKind.File } cache })
            return -Errno.EINVAL;
        ulong pages = 0;
        int error = cache.WriteBack();
        if (error == 0)
            error = SwapFile.ReadHeader(cache, out pages);
        if (error != 0)
            return error;
        cache.Invalidate();
        error = swap.SwapOn(new SwapFile(file, cache.Store!, pages), file.MapsPath, priority, isFile: true, out _);
        file.Inode.IsSwapFile |= error == 0;
        return error;
    }

    /// <summary>A file of the machine that pages are swapped to.</summary>
    private sealed class SwapFile(OpenFile file, IBackingStore store, ulong pages) : ISwapDevice
    {
        private const int VersionOffset = 1024, SignatureOffset = (int)MmConstants.PageSize - 10;

        /// <summary>The file, which stays open.</summary>
        public OpenFile File => file;

        /// <inheritdoc/>
        public ulong Pages => pages;

        /// <summary>Reads what mkswap has written. Linux: <c>read_swap_header</c>.</summary>
        /// <returns>0, or EINVAL (no header, or a file shorter than it says), EIO, negated.</returns>
        public static int ReadHeader(PageCache cache, out ulong pages)
        {
            pages = 0;
            byte[] header = new byte[MmConstants.PageSize];
            int got = cache.Store!.Read(0, header);
            if (got < 0)
                return got;
            if (got < header.Length || !header.AsSpan(SignatureOffset).SequenceEqual("SWAPSPACE2"u8))
                return -Errno.EINVAL;
            uint version = Word(header, 0), last = Word(header, 1), bad = Word(header, 2);
            if (version != 1 || last == 0 || bad != 0 || last + 1UL > cache.Size >> MmConstants.PageShift)
                return -Errno.EINVAL;
            pages = last;
            return 0;
        }

        /// <inheritdoc/>
        public int Read(ulong page, Span<byte> data)
        {
            int got = store.Read(page << MmConstants.PageShift, data);
            return got < 0 ? got : got == data.Length ? 0 : -Errno.EIO;
        }

        /// <inheritdoc/>
        public int Write(ulong page, ReadOnlySpan<byte> data)
        {
            int done = store.Write(page << MmConstants.PageShift, data);
            return done < 0 ? done : done == data.Length ? 0 : -Errno.EIO;
        }

        /// <summary>It is a file like others again.</summary>
        public void Release()
        {
            file.Inode.IsSwapFile = false;
            file.Put();
        }

        private static uint Word(byte[] header, int index) =>
            BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(VersionOffset + (index * sizeof(uint))));
    }
}
