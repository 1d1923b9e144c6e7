using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A regular file of the host, read and mapped through the page cache, written through to the host.</summary>
/// <remarks>
/// Pages that were cached are dropped when size or time of change say that someone else has written to the file. What the guest writes goes
/// to the host at once and into the pages that are there; what it writes through shared mappings follows on msync, fsync, munmap and close.
/// </remarks>
internal sealed class HostRegular : RegularInode, IHostInode, IBackingStore
{
    private int _readFd = -1, _writeFd = -1, _appendFd = -1, _opens;
    private bool _writeFdReads, _written;
    private PageCache? _cache;
    private HostTimestamp _cachedTime;

    /// <summary>A file that is not known yet.</summary>
    public HostRegular(HostFileSystem fileSystem)
        : base(fileSystem) => Node = new HostNode(fileSystem, this);

    /// <inheritdoc/>
    public HostNode Node { get; }

    /// <inheritdoc/>
    public override ulong Number => Node.Stat.Ino;

    /// <inheritdoc/>
    public override DeviceNumber Device => Node.Device;

    /// <inheritdoc/>
    public override uint Mode => Node.Stat.Mode;

    /// <inheritdoc/>
    public override uint Uid => Node.Stat.Uid;

    /// <inheritdoc/>
    public override uint Gid => Node.Stat.Gid;

    /// <inheritdoc/>
    public override PageCache Mapping => _cache ??= new PageCache(FileSystem.Vfs.Kernel.Memory, PageCacheKind.File, this) { Size = Node.Stat.Size };

    /// <summary>A descriptor that is open, or -1.</summary>
    internal int AnyDescriptor => _readFd >= 0 ? _readFd : _writeFd >= 0 ? _writeFd : _appendFd;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => Node.GetAttributes(out stat);

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted) => Node.CheckAccess(this, who, wanted);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Size))
        {
            int error = Truncate(change.Size);
            if (error != 0)
                return error;
        }
        return Node.SetAttributes(change);
    }

    /// <inheritdoc/>
    public override int Refresh() => Node.Refresh();

    /// <summary>The host has told of the file: pages and size follow.</summary>
    internal void Changed()
    {
        if (_cache == null)
        {
            _cachedTime = Node.Stat.ModificationTime;
            return;
        }
        bool isOurs = _written; // the host was asked after the last write of ours
        _written = false;
        if (_cache.Size != Node.Stat.Size)
            _cache.Truncate(Node.Stat.Size);
        bool isNewer = _cachedTime.Seconds != Node.Stat.ModificationTime.Seconds || _cachedTime.Nanoseconds != Node.Stat.ModificationTime.Nanoseconds;
        _cachedTime = Node.Stat.ModificationTime;
        if (isNewer && !isOurs && _cache.PageCount != 0)
            _cache.Invalidate();
    }

    /// <summary>Takes a descriptor that can read and write, open since the file was made.</summary>
    public void Adopt(int fd)
    {
        Bug.On(_writeFd >= 0, "a file that was made now is open already");
        _writeFd = fd;
        _writeFdReads = true;
    }

    /// <inheritdoc/>
    public override int Opened(OpenFlags flags)
    {
        int error = EnsureDescriptors(flags);
        if (error != 0)
        {
            CloseIfUnused();
            return error;
        }
        _opens++;
        return Refresh();
    }

    /// <inheritdoc/>
    public override void Closed(OpenFlags flags)
    {
        _opens--;
        CloseIfUnused();
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        bool append = (iocb.Flags & IoFlags.Append) != 0;
        int error = append ? EnsureDescriptors(OpenFlags.WriteOnly | OpenFlags.Append) : 0;
        if (error == 0 && Mapping.PageCount != 0)
            error = Refresh(); // a change by someone else would be taken for ours later
        if (error != 0)
            return error;
        byte[] buffer = iocb.Task.TransferBuffer;
        long done = 0;
        while (from.Count != 0)
        {
            int wanted = (int)Math.Min(from.Count, buffer.Length);
            int copied = from.CopyFrom(buffer.AsSpan(0, wanted));
            if (copied == 0)
                return done != 0 ? done : -Errno.EFAULT;
            long result = append ? Append(buffer.AsSpan(0, copied), ref iocb) : WriteAt(buffer.AsSpan(0, copied), ref iocb);
            if (result < 0)
                return done != 0 ? done : result;
            done += result;
            if (result < wanted)
                break;
        }
        return done;
    }

    /// <inheritdoc/>
    public override int Allocate(int mode, ulong offset, ulong length)
    {
        // What mappings have written comes first: the call may take it away again, and is not ours to repeat.
        int error = Mapping.WriteBack();
        if (error == 0)
            error = HostFile.Allocate(_writeFd >= 0 ? _writeFd : _appendFd, mode, (long)offset, (long)length);
        if (error != 0)
            return error;
        Mapping.Invalidate();
        NoteWritten();
        return Refresh();
    }

    /// <inheritdoc/>
    public override int Sync(ulong first, ulong last, bool dataOnly)
    {
        int error = _cache?.WriteBack(first, last) ?? 0, fd = AnyDescriptor;
        if (error != 0 || fd < 0)
            return error;
        return dataOnly ? HostFile.DataSync(fd) : HostFile.Sync(fd);
    }

    /// <summary>Brings what was written to where it lasts, if anything was.</summary>
    public int SyncIfWritten() => _writeFd >= 0 || _appendFd >= 0 ? Sync(0, ulong.MaxValue, dataOnly: false) : 0;

    /// <inheritdoc/>
    public override long SeekDataOrHole(ulong offset, bool data)
    {
        _ = Mapping.WriteBack(); // a page that fails stays, and with it the hole
        return HostFile.Seek(AnyDescriptor, (long)offset, data ? HostSeek.Data : HostSeek.Hole);
    }

    /// <inheritdoc/>
    public override int Map(RegularFile file, VmArea area)
    {
        int error = Refresh();
        area.Operations = HostFileOperations.Instance;
        return error;
    }

    /// <summary>Reads what is cached, else from the host without caching it.</summary>
    public int ReadThrough(ulong offset, Span<byte> buffer)
    {
        uint pfn = Mapping.Find(offset >> MmConstants.PageShift);
        if (pfn == 0)
            return Read(offset, buffer);
        FileSystem.Vfs.Kernel.Memory.Memory.FrameSpan(pfn)[..buffer.Length].CopyTo(buffer);
        return buffer.Length;
    }

    /// <inheritdoc/>
    public int Read(ulong offset, Span<byte> buffer)
    {
        int fd = _readFd >= 0 ? _readFd : _writeFdReads ? _writeFd : -1;
        if (fd < 0)
        {
            fd = Node.Open(HostOpenFlags.ReadOnly);
            if (fd < 0)
                return fd;
            _readFd = fd;
        }
        int done = 0;
        while (done < buffer.Length)
        {
            long count = HostFile.PRead(fd, buffer[done..], (long)offset + done);
            if (count < 0)
                return done != 0 ? done : (int)count;
            if (count == 0)
                break;
            done += (int)count;
        }
        return done;
    }

    /// <inheritdoc/>
    public int Write(ulong offset, ReadOnlySpan<byte> data)
    {
        int fd = _writeFd;
        if (fd < 0)
            return -Errno.EBADF;
        int done = 0;
        while (done < data.Length)
        {
            long count = HostFile.PWrite(fd, data[done..], (long)offset + done);
            if (count < 0)
                return done != 0 ? done : (int)count;
            done += (int)count;
        }
        NoteWritten();
        return done;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => HostXattrs.Get(Node, name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => HostXattrs.Set(Node, name, value, flags);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => HostXattrs.Remove(Node, name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => HostXattrs.List(Node, list);

    /// <inheritdoc/>
    protected override void Evict()
    {
        CloseIfUnused();
        _cache?.Evict();
        _cache = null;
        ((HostFileSystem)FileSystem).Forget(Node);
    }

    private long WriteAt(ReadOnlySpan<byte> data, ref Kiocb iocb)
    {
        long result = HostFile.PWrite(_writeFd, data, (long)iocb.Position);
        if (result > 0)
            Written(data[..(int)result], iocb.Position, ref iocb);
        return result;
    }

    // Where the end is, the host decides: others may append too.
    private long Append(ReadOnlySpan<byte> data, ref Kiocb iocb)
    {
        long result = HostFile.Write(_appendFd, data);
        if (result > 0)
        {
            long end = HostFile.Seek(_appendFd, 0, HostSeek.Current);
            Written(data[..(int)result], (ulong)(end - result), ref iocb);
        }
        return result;
    }

    private void Written(ReadOnlySpan<byte> data, ulong position, ref Kiocb iocb)
    {
        PageCache cache = Mapping;
        cache.Extend(position + (ulong)data.Length);
        if (cache.PageCount != 0)
            FileMap.Update(iocb.Task.Kernel.Memory, cache, position, data);
        iocb.Position = position + (ulong)data.Length;
        NoteWritten();
        if (cache.PageCount != 0)
            _ = Refresh(); // takes the time of this change for known
    }

    private void NoteWritten()
    {
        _written = true;
        Node.Modified();
    }

    private int Truncate(ulong size)
    {
        int error = EnsureDescriptors(OpenFlags.WriteOnly);
        if (error == 0)
            error = HostFile.Truncate(_writeFd, (long)size);
        if (error == 0)
        {
            Mapping.Truncate(size);
            NoteWritten();
        }
        CloseIfUnused();
        return error;
    }

    private int EnsureDescriptors(OpenFlags flags)
    {
        OpenFlags mode = flags & OpenFlags.AccessMode;
        if (mode != OpenFlags.ReadOnly)
        {
            int error = EnsureWrite();
            if (error == 0 && (flags & OpenFlags.Append) != 0 && _appendFd < 0)
                error = Keep(Node.Open(HostOpenFlags.WriteOnly | HostOpenFlags.Append), ref _appendFd);
            if (error != 0)
                return error;
        }
        bool reads = mode is OpenFlags.ReadOnly or OpenFlags.ReadWrite;
        return reads && _readFd < 0 && !_writeFdReads ? Keep(Node.Open(HostOpenFlags.ReadOnly), ref _readFd) : 0;
    }

    private int EnsureWrite()
    {
        if (_writeFd >= 0)
            return 0;
        int fd = Node.Open(HostOpenFlags.ReadWrite);
        _writeFdReads = fd >= 0;
        if (fd == -Errno.EACCES)
            fd = Node.Open(HostOpenFlags.WriteOnly);
        return Keep(fd, ref _writeFd);
    }

    private static int Keep(int fd, ref int place)
    {
        if (fd < 0)
            return fd;
        place = fd;
        return 0;
    }

    private void CloseIfUnused()
    {
        if (_opens != 0)
            return;
        if (_cache != null)
            _ = _cache.WriteBack(); // as when a task ends, nobody is left to hear of an error
        Close(ref _readFd);
        Close(ref _writeFd);
        Close(ref _appendFd);
        _writeFdReads = false;
    }

    private static void Close(ref int fd)
    {
        if (fd >= 0)
            _ = HostFile.Close(fd); // data went by pwrite, which told of errors
        fd = -1;
    }
}

/// <summary>Mappings of files of the host: what was written through them goes to the host when they end.</summary>
internal sealed class HostFileOperations : FileOperations
{
    /// <summary>The operations; they keep no state.</summary>
    public static new HostFileOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override void Close(VmArea area)
    {
        if (area.Has(VmFlags.Shared | VmFlags.MayWrite))
            _ = area.File!.Mapping!.WriteBack(area.PageOffset, area.PageOffset + area.Pages - 1); // as munmap, it has no way to tell
    }
}
