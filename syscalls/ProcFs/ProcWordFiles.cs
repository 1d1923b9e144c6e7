using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file of words, one for each page of something. Linux: the read functions of fs/proc/page.c.</summary>
internal abstract class ProcWordFile : OpenFile
{
    private const int Chunk = 512;

    /// <summary>A file that was opened.</summary>
    protected ProcWordFile(Inode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <summary>Words that there are.</summary>
    protected abstract ulong Length { get; }

    /// <summary>Fills in words from one on.</summary>
    protected abstract void Fill(ulong first, Span<ulong> words);

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (iocb.Position % sizeof(ulong) != 0 || to.Count % sizeof(ulong) != 0)
            return -Errno.EINVAL;
        Span<ulong> words = stackalloc ulong[Chunk];
        long done = 0;
        while (to.Count != 0 && iocb.Position / sizeof(ulong) < Length)
        {
            ulong first = iocb.Position / sizeof(ulong);
            int count = (int)Math.Min(Math.Min((ulong)Chunk, Length - first), (ulong)to.Count / sizeof(ulong));
            Fill(first, words[..count]);
            int copied = to.CopyTo(MemoryMarshal.AsBytes(words[..count]));
            iocb.Position += (ulong)copied;
            done += copied;
            if (copied != count * sizeof(ulong))
                return done != 0 ? done : -Errno.EFAULT;
        }
        return done;
    }

    /// <inheritdoc/>
    public override long Seek(Task task, long offset, int whence)
    {
        long position = whence switch
        {
            SeekOrigins.Start => offset,
            SeekOrigins.Current => (long)Position + offset,
            _ => -1,
        };
        if (position < 0)
            return -Errno.EINVAL;
        Position = (ulong)position;
        return position;
    }
}

/// <summary>/proc/kpagecount, kpageflags, kpagecgroup. Linux: fs/proc/page.c.</summary>
internal sealed class KernelPagesFile : ProcWordFile
{
    private readonly MemoryManager _manager;
    private readonly Func<uint, ulong> _word;

    private KernelPagesFile(Inode inode, OpenFlags flags, MemoryManager manager, Func<uint, ulong> word)
        : base(inode, flags) => (_manager, _word) = (manager, word);

    /// <inheritdoc/>
    protected override ulong Length => _manager.Memory.MaxPfn;

    /// <inheritdoc/>
    protected override void Fill(ulong first, Span<ulong> words)
    {
        for (int i = 0; i < words.Length; i++)
            words[i] = _word((uint)first + (uint)i);
    }

    /// <summary>The row of such a file.</summary>
    /// <param name="name">The name.</param>
    /// <param name="word">The word of a frame.</param>
    public static PseudoEntry Row(string name, Func<Kernel, uint, ulong> word)
    {
        int Open(in PseudoContext context, Inode inode, in OpenRequest request, out OpenFile? file)
        {
            Kernel kernel = context.Kernel;
            file = new KernelPagesFile(inode, request.Flags, kernel.Memory, pfn => word(kernel, pfn));
            return 0;
        }
        return PseudoEntry.Special(name, Open, 0x100);
    }

    /// <summary>Inode number of the group that a frame is charged to. Linux: <c>page_cgroup_ino</c>.</summary>
    public static ulong GroupOf(Kernel kernel, uint pfn)
    {
        MemoryManager manager = kernel.Memory;
        if (!manager.Memory.IsOnline(pfn) || manager.Page(manager.Memory.FolioOf(pfn)).MemoryCgroup == 0)
            return 0;
        MemoryCgroup charged = manager.Memcg.GroupOf(manager.Page(manager.Memory.FolioOf(pfn)));
        return Find(kernel.ControlGroups.Root, charged)?.Number ?? 0;
    }

    private static ControlGroup? Find(ControlGroup group, MemoryCgroup memory)
    {
        if (group.OwnMemory == memory)
            return group;
        foreach (ControlGroup child in group.Children)
        {
            if (Find(child, memory) is { } found)
                return found;
        }
        return null;
    }
}

/// <summary>/proc/PID/pagemap. Linux: fs/proc/task_mmu.c (<c>proc_pagemap_operations</c>).</summary>
internal sealed class PagemapFile : ProcWordFile
{
    private readonly MemoryDescriptor _mm;
    private readonly bool _tellsFrames;

    private PagemapFile(Inode inode, in OpenRequest request, MemoryDescriptor mm)
        : base(inode, request.Flags)
    {
        _mm = mm;
        _tellsFrames = request.Task.Credentials.Can(Capability.SysAdmin);
    }

    /// <inheritdoc/>
    protected override ulong Length => _mm.Users == 0 ? 0 : MmConstants.TaskSize >> MmConstants.PageShift;

    /// <inheritdoc/>
    protected override void Fill(ulong first, Span<ulong> words) => Pagemap.Read(_mm, first, _tellsFrames, words);

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument) =>
        command == PagemapScanCall.Command ? PagemapScanCall.Serve(task, _mm, argument) : -Errno.EINVAL;

    /// <summary>Opens it. Linux: <c>pagemap_open</c>.</summary>
    public static int Open(in PseudoContext context, Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = context.Mm is { } mm ? new PagemapFile(inode, request, mm) : null;
        return file == null ? -Errno.ESRCH : 0;
    }
}
