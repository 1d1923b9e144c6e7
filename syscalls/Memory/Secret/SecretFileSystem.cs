using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Where files of memfd_secret live. Linux: mm/secretmem.c (<c>secretmem_mnt</c>).</summary>
internal sealed class SecretFileSystem : InternalFileSystem
{
    private const long Magic = 0x5345434D;

    private static readonly byte[] FileName = "secretmem"u8.ToArray();

    /// <summary>A file system without files.</summary>
    public SecretFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "secretmem";

    /// <summary>Makes a file. Linux: <c>secretmem_file_create</c>.</summary>
    /// <returns>The file, with a reference.</returns>
    public OpenFile Create(Task task)
    {
        SecretInode inode = new(this, NextNumber(), task.Credentials);
        SecretFile file = new(inode);
        file.SetPath(NewPath(FileName, inode), task.Credentials);
        return file;
    }

    /// <inheritdoc/>
    public override byte[]? PseudoName(Dentry dentry) => "/secretmem (deleted)"u8.ToArray();

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        return 0;
    }
}

/// <summary>Memory that nobody gets at but through its mappings. Linux: <c>secretmem_iops</c>.</summary>
internal sealed class SecretInode : Inode
{
    private readonly MemoryAttributes _attributes;

    /// <summary>An empty file.</summary>
    public SecretInode(FileSystem fileSystem, ulong number, Credentials owner)
        : base(fileSystem, ModeBits.Regular)
    {
        Number = number;
        NewInode made = new() { Mode = ModeBits.Regular | 0x180, Uid = owner.FileUid, Gid = owner.FileGid };
        _attributes = new MemoryAttributes(made, fileSystem.Now);
        Mapping = new PageCache(fileSystem.Vfs.Kernel.Memory, PageCacheKind.Memory, null);
    }

    /// <summary>Its pages, which stay in memory.</summary>
    public PageCache Mapping { get; }

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
        stat = new FileStat { Number = Number, Device = Device, Size = Mapping.Size };
        _attributes.Fill(ref stat);
        stat.HasBirthTime = false;
        return 0;
    }

    /// <inheritdoc/>
    /// <remarks>The size is set once. Linux: <c>secretmem_setattr</c>.</remarks>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Size))
        {
            if (Mapping.Size != 0)
                return -Errno.EINVAL;
            Mapping.Truncate(change.Size);
        }
        _attributes.Apply(change, FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Errno.EACCES; // there is no way to it but the first descriptor
    }

    /// <inheritdoc/>
    protected override void Evict() => Mapping.Evict();
}

/// <summary>The open file of memfd_secret. It is mapped, and sized, and nothing else. Linux: <c>secretmem_fops</c>.</summary>
internal sealed class SecretFile : OpenFile
{
    /// <summary>The file of an inode.</summary>
    public SecretFile(SecretInode inode)
        : base(inode, OpenFlags.ReadWrite | OpenFlags.LargeFile)
    {
    }

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override PageCache Mapping => ((SecretInode)Inode).Mapping;

    /// <inheritdoc/>
    public override int PrepareMmap(MemoryDescriptor mm, ulong length, ref VmFlags flags) => SecretMemOperations.Prepare(mm, length, ref flags);

    /// <inheritdoc/>
    public override int Mmap(VmArea area)
    {
        area.Operations = SecretMemOperations.Instance;
        return 0;
    }

    /// <inheritdoc/>
    public override int Truncate(Task task, ulong size) => Vfs.Truncate(task, Path, size, AttributeMask.None);

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length) => -Errno.EOPNOTSUPP;
}
