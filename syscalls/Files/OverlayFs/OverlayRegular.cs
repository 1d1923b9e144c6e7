using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A regular file of the host whose contents are copied into memory before they are changed. Linux: fs/overlayfs/copy_up.c, file.c.</summary>
internal sealed class OverlayRegular : RegularInode, IMemoryInode, IOverlayInode
{
    private const int KeepSize = 1, PunchHole = 2;

    private readonly HostRegular _lower;
    private readonly OverlayAttributes _state;
    private PageCache? _data;
    private int _lowerOpens;

    /// <summary>A file without changes.</summary>
    /// <param name="fileSystem">The overlay.</param>
    /// <param name="lower">The file; the reference passes to it.</param>
    public OverlayRegular(OverlayFileSystem fileSystem, HostRegular lower)
        : base(fileSystem)
    {
        _lower = lower;
        _state = new OverlayAttributes(fileSystem, this, lower);
    }

    /// <inheritdoc/>
    public Inode Lower => _lower;

    /// <inheritdoc/>
    public override ulong Number => _lower.Number;

    /// <inheritdoc/>
    public override DeviceNumber Device => _lower.Device;

    /// <inheritdoc/>
    public override uint Mode => _state.Mode;

    /// <inheritdoc/>
    public override uint Uid => _state.Uid;

    /// <inheritdoc/>
    public override uint Gid => _state.Gid;

    /// <inheritdoc/>
    public override PageCache Mapping => _data ?? _lower.Mapping;

    private OverlayFileSystem Overlay => (OverlayFileSystem)FileSystem;

    /// <inheritdoc/>
    public MemoryAttributes Own() => _state.Own();

    /// <inheritdoc/>
    public void Unpin() => _state.Unpin();

    /// <inheritdoc/>
    public override int Refresh() => _data != null ? 0 : _lower.Refresh();

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        int error = _state.Get(out stat);
        if (_data == null)
            return error;
        stat.Size = _data.Size;
        stat.Blocks = (ulong)_data.PageCount * 8;
        return 0;
    }

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted) =>
        _state.Changed == null ? _lower.CheckAccess(who, wanted) : Permissions.Generic(this, who, wanted);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Size))
        {
            int error = CopyUp(change.Size);
            if (error != 0)
                return error;
            _data!.Truncate(change.Size);
            Own().ModifyTime = FileSystem.Now;
        }
        _state.Apply(change);
        return 0;
    }

    /// <inheritdoc/>
    public override int Opened(OpenFlags flags)
    {
        if ((flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly)
        {
            int error = CopyUp(ulong.MaxValue);
            if (error != 0)
                return error;
        }
        if (_data != null)
            return 0;
        int opened = _lower.Opened(OpenFlags.ReadOnly);
        if (opened == 0)
            _lowerOpens++;
        return opened;
    }

    /// <inheritdoc/>
    public override void Closed(OpenFlags flags)
    {
        // Which of the files were opened before the contents were copied does not matter: the last one closes.
        if (_lowerOpens == 0)
            return;
        _lowerOpens--;
        _lower.Closed(OpenFlags.ReadOnly);
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from) => MemoryFile.Write(ref iocb, ref from, Overlay.Memory, _data!, Own());

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length)
    {
        if ((mode & ~(KeepSize | PunchHole)) != 0)
            return -Errno.EOPNOTSUPP;
        return MemoryFile.Allocate(_data!, offset, length, (mode & KeepSize) != 0, (mode & PunchHole) != 0, Own(), FileSystem.Now);
    }

    /// <inheritdoc/>
    public override long SeekDataOrHole(ulong offset, bool data) =>
        _data != null ? MemoryFile.SeekDataOrHole(_data, offset, data) : _lower.SeekDataOrHole(offset, data);

    /// <inheritdoc/>
    public override void Accessed() => _state.Changed?.Accessed(FileSystem.Now);

    /// <inheritdoc/>
    public override int Map(RegularFile file, VmArea area)
    {
        if (_data != null)
        {
            area.Operations = ShmemOperations.Instance;
            return 0;
        }
        int error = _lower.Refresh();
        if (error != 0)
            return error;
        // The area keeps to the pages that it maps now, whatever comes to be the file's. Linux: backing_file_mmap
        VmFile backing = file.BackingFor(_lower.Mapping);
        area.File = backing;
        area.Operations = FileOperations.Instance;
        file.Put();
        return 0;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => _state.GetXattr(name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => _state.SetXattr(name, value, flags);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => _state.RemoveXattr(name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => _state.ListXattr(list);

    /// <inheritdoc/>
    protected override void Evict()
    {
        _data?.Evict();
        _data = null;
        Overlay.Unwrap(_lower);
    }

    // Copies as many bytes as will be kept. Linux: ovl_copy_up_flags
    private int CopyUp(ulong keep)
    {
        if (_data != null)
            return 0;
        int error = _lower.Opened(OpenFlags.ReadOnly);
        if (error != 0)
            return error;
        ulong size = Math.Min(_lower.Size, keep);
        PageCache data = new(Overlay.Memory, PageCacheKind.Shmem, null) { Quota = Overlay, Size = size };
        error = CopyPages(data, size);
        _lower.Closed(OpenFlags.ReadOnly);
        if (error != 0)
        {
            data.Evict();
            return error;
        }
        _ = Own();
        _data = data;
        return 0;
    }

    private int CopyPages(PageCache data, ulong size)
    {
        for (ulong offset = 0; offset < size; offset += MmConstants.PageSize)
        {
            int error = data.GetOrCreate(offset >> MmConstants.PageShift, out uint pfn);
            if (error != 0)
                return error;
            int length = (int)Math.Min(MmConstants.PageSize, size - offset);
            int got = _lower.ReadThrough(offset, Overlay.Memory.Memory.FrameSpan(pfn)[..length]);
            if (got < 0)
                return got;
            data.SetDirty(pfn);
        }
        return 0;
    }
}
