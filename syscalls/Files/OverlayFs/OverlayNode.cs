namespace Emu.Syscalls;

/// <summary>A link, FIFO, socket or device of the host whose attributes may be changed in memory.</summary>
internal sealed class OverlayNode : Inode, IMemoryInode, IOverlayInode
{
    private readonly OverlayAttributes _state;

    /// <summary>A file without changes.</summary>
    /// <param name="fileSystem">The overlay.</param>
    /// <param name="lower">The file; the reference passes to it.</param>
    public OverlayNode(OverlayFileSystem fileSystem, Inode lower)
        : base(fileSystem, lower.Type)
    {
        Lower = lower;
        _state = new OverlayAttributes(fileSystem, this, lower);
    }

    /// <inheritdoc/>
    public Inode Lower { get; }

    /// <inheritdoc/>
    public override ulong Number => Lower.Number;

    /// <inheritdoc/>
    public override DeviceNumber Device => Lower.Device;

    /// <inheritdoc/>
    public override DeviceNumber SpecialDevice => Lower.SpecialDevice;

    /// <inheritdoc/>
    public override uint Mode => _state.Mode;

    /// <inheritdoc/>
    public override uint Uid => _state.Uid;

    /// <inheritdoc/>
    public override uint Gid => _state.Gid;

    /// <inheritdoc/>
    public MemoryAttributes Own() => _state.Own();

    /// <inheritdoc/>
    public void Unpin() => _state.Unpin();

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => _state.Get(out stat);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        _state.Apply(change);
        return 0;
    }

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted) =>
        _state.Changed == null ? Lower.CheckAccess(who, wanted) : Permissions.Generic(this, who, wanted);

    /// <inheritdoc/>
    public override int GetLink(Task task, out byte[]? target, out VfsPath jump) => Lower.GetLink(task, out target, out jump);

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file) => Lower.Open(request, out file);

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => _state.GetXattr(name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => _state.SetXattr(name, value, flags);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => _state.RemoveXattr(name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => _state.ListXattr(list);

    /// <inheritdoc/>
    protected override void Evict() => ((OverlayFileSystem)FileSystem).Unwrap(Lower);
}
