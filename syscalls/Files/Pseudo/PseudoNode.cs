using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What is known of a file of /proc or /sys. Linux: <c>pid_getattr</c>, <c>proc_pid_make_inode</c>.</summary>
/// <param name="fileSystem">Where it is.</param>
/// <param name="context">What it speaks of.</param>
/// <param name="mode">Type and permissions.</param>
internal sealed class PseudoAttributes(PseudoFileSystem fileSystem, PseudoContext context, uint mode)
{
    private readonly FileTime _made = fileSystem.Now;

    /// <summary>What it speaks of.</summary>
    public PseudoContext Context { get; } = context;

    /// <summary>Its number.</summary>
    public ulong Number { get; } = fileSystem.NextNumber();

    /// <summary>Type and permissions.</summary>
    public uint Mode { get; set; } = mode;

    /// <summary>Owner: the task's.</summary>
    public uint Uid => Context.Subject?.Credentials.EffectiveUid ?? 0;

    /// <summary>Group: the task's.</summary>
    public uint Gid => Context.Subject?.Credentials.EffectiveGid ?? 0;

    /// <summary>What stat tells.</summary>
    /// <param name="inode">The inode.</param>
    /// <param name="links">Names that lead to it.</param>
    /// <param name="size">Bytes.</param>
    public FileStat ToStat(Inode inode, uint links, ulong size) => new()
    {
        Mode = Mode,
        LinkCount = links,
        Uid = Uid,
        Gid = Gid,
        Size = size,
        Number = Number,
        Device = inode.Device,
        BlockSize = inode.FileSystem is ProcFileSystem ? 1024u : 4096u,
        AccessTime = _made,
        ModifyTime = _made,
        ChangeTime = _made,
    };
}

/// <summary>A directory of /proc or /sys.</summary>
internal abstract class PseudoDirectory : DirectoryInode
{
    private readonly PseudoAttributes _attributes;

    /// <summary>A directory.</summary>
    protected PseudoDirectory(PseudoFileSystem fileSystem, in PseudoContext context, uint mode)
        : base(fileSystem) => _attributes = new PseudoAttributes(fileSystem, context, mode);

    /// <summary>What it speaks of.</summary>
    protected PseudoContext Context => _attributes.Context;

    /// <summary>Where it is.</summary>
    protected PseudoFileSystem Pseudo => (PseudoFileSystem)FileSystem;

    /// <inheritdoc/>
    public override ulong Number => _attributes.Number;

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = _attributes.ToStat(this, LinkCount, Size);
        return 0;
    }

    /// <inheritdoc/>
    public override int Create(ReadOnlySpan<byte> name, in NewInode made, out Inode? inode)
    {
        inode = null;
        return (made.Mode & ModeBits.TypeMask) == ModeBits.Regular ? -Errno.EACCES : -Errno.EPERM;
    }

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (!file.EmitDots(ref to))
            return 0;
        return List(file, ref to);
    }

    /// <summary>What a lookup of a name gives that does not exist: /proc says so at once, elsewhere a name could be made.</summary>
    protected int NotFound => FileSystem is ProcFileSystem ? -Errno.ENOENT : 0;

    /// <summary>Directories that it names, and two. Linux: <c>i_nlink</c>.</summary>
    protected virtual uint LinkCount => 2;

    /// <summary>What stat tells as its size.</summary>
    protected virtual ulong Size => 0;

    /// <summary>Lists what is behind the dots.</summary>
    protected abstract int List(DirectoryFile file, ref DirectoryEmitter to);

    /// <summary>Lists numbers in ascending order; the position of a number is the number and what the caller adds.</summary>
    /// <param name="file">The open directory.</param>
    /// <param name="to">Takes the entries.</param>
    /// <param name="numbers">The numbers, ascending.</param>
    /// <param name="offset">What the caller adds.</param>
    /// <param name="type">Type bits of what they name.</param>
    /// <returns>Whether all were taken.</returns>
    protected static bool ListNumbers(DirectoryFile file, ref DirectoryEmitter to, IEnumerable<int> numbers, ulong offset, uint type)
    {
        foreach (int number in numbers)
        {
            ulong position = offset + (ulong)number;
            if (position < file.Position)
                continue;
            byte[] name = System.Text.Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (!to.Emit(name, offset + (ulong)number + 1, ModeBits.ToEntryType(type), (long)position))
                return false;
            file.Position = position + 1;
        }
        return true;
    }

    /// <summary>A name that is a number as the kernel writes it. Linux: <c>name_to_int</c>.</summary>
    protected static bool TryParse(ReadOnlySpan<byte> name, out int number)
    {
        bool isCanonical = name.Length is > 0 and < 11 && (name[0] != (byte)'0' || name.Length == 1) && name[0] is >= (byte)'0' and <= (byte)'9';
        return System.Buffers.Text.Utf8Parser.TryParse(name, out number, out int used) && used == name.Length && isCanonical;
    }
}

/// <summary>A directory whose names stand in a table.</summary>
internal class TableDirectory : PseudoDirectory
{
    private readonly PseudoEntry[] _entries;

    /// <summary>A directory.</summary>
    public TableDirectory(PseudoFileSystem fileSystem, in PseudoContext context, uint mode, PseudoEntry[] entries)
        : base(fileSystem, context, ModeBits.Directory | mode) => _entries = entries;

    /// <summary>Names in the table.</summary>
    protected int TableLength => _entries.Length;

    /// <inheritdoc/>
    protected override uint LinkCount => 2 + (uint)_entries.Count(static entry => (entry.Mode & ModeBits.TypeMask) == ModeBits.Directory);

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        foreach (PseudoEntry entry in _entries)
        {
            if (!name.SequenceEqual(entry.Name))
                continue;
            inode = Pseudo.MakeInode(entry, Context);
            return 0;
        }
        return NotFound;
    }

    /// <inheritdoc/>
    /// <remarks>What a table says does not change; a task that is gone takes its directory with it.</remarks>
    public override bool RevalidateChild(Task task, Dentry child) => child.Inode != null;

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        _ = ListTable(file, ref to);
        return 0;
    }

    /// <summary>Lists the table.</summary>
    /// <returns>Whether all was taken.</returns>
    protected bool ListTable(DirectoryFile file, ref DirectoryEmitter to)
    {
        for (int at = (int)Math.Min(file.Position - 2, (ulong)_entries.Length); at < _entries.Length; at++)
        {
            PseudoEntry entry = _entries[at];
            if (!to.Emit(entry.Name, Number + (ulong)at + 1, ModeBits.ToEntryType(entry.Mode), at + 2))
                return false;
            file.Position = (ulong)at + 3;
        }
        return true;
    }
}
