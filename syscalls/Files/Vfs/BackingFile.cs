using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What an area maps of a file whose pages may come to be others. Linux: <c>struct backing_file</c>.</summary>
/// <param name="file">The open file; a reference is taken while there are areas.</param>
/// <param name="mapping">The pages.</param>
internal sealed class BackingFile(RegularFile file, PageCache mapping) : VmFile
{
    private int _users;

    /// <inheritdoc/>
    public override PageCache Mapping { get; } = mapping;

    /// <inheritdoc/>
    public override bool CanRead => file.CanRead;

    /// <inheritdoc/>
    public override bool CanWrite => file.CanWrite;

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override bool NoExec => file.NoExec;

    /// <inheritdoc/>
    public override byte[] MapsPath => file.MapsPath;

    /// <inheritdoc/>
    public override (uint Major, uint Minor) Device => file.Device;

    /// <inheritdoc/>
    public override ulong InodeNumber => file.InodeNumber;

    /// <inheritdoc/>
    public override int Mmap(VmArea area) => file.Mmap(area);

    /// <inheritdoc/>
    public override bool IsOwnedOrWritable => file.IsOwnedOrWritable;

    /// <inheritdoc/>
    public override int PunchHole(ulong offset, ulong length) => file.PunchHole(offset, length);

    /// <inheritdoc/>
    public override int Sync(ulong first, ulong last) => file.Sync(first, last);

    /// <inheritdoc/>
    public override void Get()
    {
        if (_users++ == 0)
            file.Get();
    }

    /// <inheritdoc/>
    public override void Put()
    {
        if (--_users == 0)
            file.Put();
    }
}
