using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Where files of huge pages live that have no name: memfd_create with MFD_HUGETLB. Linux: fs/hugetlbfs, its internal mount.</summary>
internal sealed class HugetlbFileSystem : InternalFileSystem
{
    private const long Magic = 0x958458F6;

    /// <summary>A file system without files.</summary>
    public HugetlbFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "hugetlbfs";

    /// <summary>Makes a file. Linux: <c>hugetlb_file_setup</c>.</summary>
    /// <returns>The file, with a reference.</returns>
    public OpenFile Create(Task task, ReadOnlySpan<byte> name)
    {
        byte[] shown = [.. "memfd:"u8, .. name];
        HugetlbInode inode = new(this, NextNumber(), task.Credentials);
        HugetlbOpenFile file = new(inode);
        file.SetPath(NewPath(shown, inode), task.Credentials);
        return file;
    }

    /// <inheritdoc/>
    public override byte[]? PseudoName(Dentry dentry) => [(byte)'/', .. dentry.Name, .. " (deleted)"u8];

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        return 0;
    }
}

/// <summary>A file of huge pages. Linux: <c>hugetlbfs_inode_operations</c>.</summary>
internal sealed class HugetlbInode : Inode
{
    private readonly MemoryAttributes _attributes;

    /// <summary>An empty file.</summary>
    public HugetlbInode(FileSystem fileSystem, ulong number, Credentials owner)
        : base(fileSystem, ModeBits.Regular)
    {
        Number = number;
        NewInode made = new() { Mode = ModeBits.Regular | 0x1FF, Uid = owner.FileUid, Gid = owner.FileGid };
        _attributes = new MemoryAttributes(made, fileSystem.Now);
        Object = new HugetlbObject(fileSystem.Vfs.Kernel.Memory);
    }

    /// <summary>Its pages.</summary>
    public HugetlbObject Object { get; }

    /// <inheritdoc/>
    public override ulong Number { get; }

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        const ulong SectorsOfPage = MmConstants.PmdSize / 512;
        stat = new FileStat { Number = Number, Device = Device, Size = Object.Size, Blocks = (ulong)Object.PageCount * SectorsOfPage };
        _attributes.Fill(ref stat);
        stat.BlockSize = (uint)MmConstants.PmdSize;
        stat.HasBirthTime = false;
        return 0;
    }

    /// <inheritdoc/>
    /// <remarks>Linux: <c>hugetlbfs_setattr</c>.</remarks>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Size))
        {
            if ((change.Size & ~MmConstants.PmdMask) != 0)
                return -Errno.EINVAL;
            Object.Resize(change.Size);
        }
        _attributes.Apply(change, FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = new HugetlbOpenFile(this);
        return 0;
    }

    /// <inheritdoc/>
    protected override void Evict() => Object.Evict();
}

/// <summary>An open file of huge pages: mapped, sized and read. Linux: <c>hugetlbfs_file_operations</c>.</summary>
internal sealed class HugetlbOpenFile : OpenFile, IHugetlbFile
{
    /// <summary>The file of an inode.</summary>
    public HugetlbOpenFile(HugetlbInode inode)
        : base(inode, OpenFlags.ReadWrite | OpenFlags.LargeFile)
    {
    }

    /// <inheritdoc/>
    public HugetlbObject Object => ((HugetlbInode)Inode).Object;

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool WantsHugeAlignment => true;

    /// <inheritdoc/>
    /// <remarks>Linux: <c>hugetlbfs_read_iter</c>.</remarks>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        MemoryManager manager = iocb.Task.Kernel.Memory;
        long done = 0;
        while (to.Count != 0 && iocb.Position < Object.Size)
        {
            ulong offset = iocb.Position & ~MmConstants.PageMask;
            uint page = Object.Find(iocb.Position / MmConstants.PmdSize);
            int length = (int)Math.Min(Math.Min(MmConstants.PageSize - offset, (ulong)to.Count), Object.Size - iocb.Position);
            uint part = (uint)((iocb.Position & ~MmConstants.PmdMask) >> MmConstants.PageShift);
            long copied = page == 0 ? to.Zero(length) : to.CopyTo(manager.Memory.FrameSpan(page + part).Slice((int)offset, length));
            if (copied == 0)
                return done != 0 ? done : -Errno.EFAULT;
            iocb.Position += (ulong)copied;
            done += copied;
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
            SeekOrigins.End => (long)Object.Size + offset,
            _ => -1,
        };
        if (position < 0)
            return -Errno.EINVAL;
        Position = (ulong)position;
        return position;
    }

    /// <inheritdoc/>
    public override int PrepareMmap(MemoryDescriptor mm, ulong length, ref VmFlags flags) => HugetlbOperations.Prepare(ref flags);

    /// <inheritdoc/>
    public override int Mmap(VmArea area) => HugetlbOperations.Mmap(area, Object);

    /// <inheritdoc/>
    public override int Truncate(Task task, ulong size) => Vfs.Truncate(task, Path, size, AttributeMask.None);

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length) => -Errno.EOPNOTSUPP;
}
