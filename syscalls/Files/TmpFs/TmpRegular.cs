using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A regular file that lives in memory. Linux: <c>shmem_file_operations</c>.</summary>
internal class TmpRegular : RegularInode, IMemoryInode
{
    private const int KeepSize = 1, PunchHole = 2;

    private readonly MemoryAttributes _attributes;

    /// <summary>An empty file.</summary>
    public TmpRegular(TmpFileSystem fileSystem, in NewInode made)
        : base(fileSystem)
    {
        Number = fileSystem.NextNumber();
        _attributes = new MemoryAttributes(made, fileSystem.Now);
        Mapping = new PageCache(fileSystem.Memory, PageCacheKind.Shmem, null) { Quota = fileSystem };
    }

    /// <inheritdoc/>
    public override ulong Number { get; }

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override PageCache Mapping { get; }

    /// <inheritdoc/>
    public override int Seals { get; set; } = -1;

    private TmpFileSystem Tmp => (TmpFileSystem)FileSystem;

    /// <inheritdoc/>
    public MemoryAttributes Own() => _attributes;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = new FileStat { Number = Number, Device = Device, Size = Mapping.Size, Blocks = (ulong)Mapping.PageCount * 8 };
        _attributes.Fill(ref stat);
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Mode) && Seals > 0 && (Seals & FileSeals.Exec) != 0 && ((change.Mode ^ Mode) & ModeBits.AnyExec) != 0)
            return -Errno.EPERM;
        if (change.Has(AttributeMask.Size))
        {
            Mapping.Truncate(change.Size);
            _attributes.ModifyTime = FileSystem.Now;
        }
        _attributes.Apply(change, FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from) => MemoryFile.Write(ref iocb, ref from, Tmp.Memory, Mapping, _attributes);

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length)
    {
        if ((mode & ~(KeepSize | PunchHole)) != 0)
            return -Errno.EOPNOTSUPP;
        if ((mode & PunchHole) != 0 && Seals > 0 && (Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0)
            return -Errno.EPERM;
        if ((mode & PunchHole) == 0 && Seals > 0 && (Seals & FileSeals.Grow) != 0 && offset + length > Mapping.Size)
            return -Errno.EPERM;
        return MemoryFile.Allocate(Mapping, offset, length, keepSize: (mode & KeepSize) != 0, punch: (mode & PunchHole) != 0, _attributes,
            FileSystem.Now);
    }

    /// <inheritdoc/>
    public override long SeekDataOrHole(ulong offset, bool data) => MemoryFile.SeekDataOrHole(Mapping, offset, data);

    /// <inheritdoc/>
    public override void Accessed() => _attributes.Accessed(FileSystem.Now);

    /// <inheritdoc/>
    public override int Map(RegularFile file, VmArea area)
    {
        if (Seals > 0 && (Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0 && area.HasAny(VmFlags.MayShare))
        {
            // A sealed file may be mapped shared only as long as the mapping can never write. Linux: seal_check_write
            if (area.HasAny(VmFlags.Write))
                return -Errno.EPERM;
            area.SetFlags(area.Flags & ~VmFlags.MayWrite);
        }
        area.Operations = ShmemOperations.Instance;
        Accessed();
        return 0;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => TmpXattr.Get(_attributes, Type, name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) =>
        TmpXattr.Set(_attributes, Type, name, value, flags, FileSystem.Now);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => TmpXattr.Remove(_attributes, Type, name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => _attributes.Xattrs?.List(list) ?? 0;

    /// <inheritdoc/>
    protected override void Evict()
    {
        Mapping.Evict();
        Tmp.ReleaseInode();
    }
}
