using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>/dev/pts: a name for each terminal. Linux: fs/devpts/inode.c.</summary>
internal sealed class PtsFileSystem : TmpFileSystem
{
    private const long DevPtsMagic = 0x1CD1;
    private const uint Terminal = ModeBits.Character | 0x180;
    private const int MaxTerminals = 4096;

    private readonly SortedDictionary<int, Tty> _terminals = [];

    /// <summary>A file system with a master alone.</summary>
    public PtsFileSystem(Vfs vfs)
        : base(vfs, vfs.NextAnonymousDevice(), new TmpOptions(0, 0, Mode: 0x1ED))
    {
        NewInode master = new() { Mode = ModeBits.Character, Device = new DeviceNumber(5, 2) };
        Names.Put("ptmx"u8, new TmpSpecial(this, master));
    }

    /// <inheritdoc/>
    public override string TypeName => "devpts";

    /// <inheritdoc/>
    public override string Options => ",mode=600,ptmxmode=000";

    /// <summary>The terminals that have a name.</summary>
    public IEnumerable<Tty> Terminals => _terminals.Values;

    private PtsDirectory Names => (PtsDirectory)Root.Inode!;

    /// <summary>Makes a pair, and gives its terminal a name. Linux: <c>ptmx_open</c>.</summary>
    /// <returns>0, or -ENOSPC if there are too many.</returns>
    public int Create(Credentials owner, out PseudoTerminal? pair)
    {
        pair = null;
        int index = FreeIndex();
        if (index >= MaxTerminals)
            return -Errno.ENOSPC;
        pair = new PseudoTerminal(this, index);
        _terminals.Add(index, pair.Tty);
        NewInode made = new() { Mode = Terminal, Device = pair.Tty.Device, Uid = owner.FileUid, Gid = owner.FileGid };
        Names.Put(Encoding.ASCII.GetBytes($"{index}"), new PtsInode(this, made, pair));
        return 0;
    }

    /// <summary>A pair is gone: so is its name.</summary>
    public void Remove(PseudoTerminal pair)
    {
        _terminals.Remove(pair.Index);
        Names.Take(Encoding.ASCII.GetBytes($"{pair.Index}"));
    }

    /// <summary>Gives a terminal of the host a name.</summary>
    /// <param name="tty">The terminal.</param>
    /// <param name="descriptor">One of the host's descriptors of it, which stays open.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="name">The dentry of its name.</param>
    /// <returns>The inode, without a reference.</returns>
    public HostTerminalInode Adopt(Tty tty, int descriptor, uint owner, out Dentry name)
    {
        int index = FreeIndex();
        tty.Device = new DeviceNumber(136, (uint)index);
        _terminals.Add(index, tty);
        HostTerminalInode inode = new(this, new NewInode { Mode = Terminal, Device = tty.Device, Uid = owner }) { Descriptor = descriptor };
        byte[] text = Encoding.ASCII.GetBytes($"{index}");
        Names.Put(text, inode);
        name = Vfs.Dentries.Add(Root, text, inode.Get());
        return inode;
    }

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(DevPtsMagic);
        return 0;
    }

    /// <inheritdoc/>
    protected override Inode MakeDirectory(in NewInode made) => new PtsDirectory(this, made);

    private int FreeIndex()
    {
        int index = 0;
        while (_terminals.ContainsKey(index))
            index++;
        return index;
    }
}

/// <summary>The directory /dev/pts, whose names come and go with the terminals.</summary>
internal sealed class PtsDirectory : TmpDirectory
{
    /// <summary>An empty directory.</summary>
    public PtsDirectory(PtsFileSystem fileSystem, in NewInode made)
        : base(fileSystem, made)
    {
    }

    /// <summary>Puts a name in; its reference goes with it.</summary>
    public void Put(ReadOnlySpan<byte> name, Inode inode)
    {
        DropName(name);
        Enter(name, inode);
        inode.Put();
    }

    /// <summary>Takes a name out.</summary>
    public void Take(ReadOnlySpan<byte> name)
    {
        Inode inode = Entries.Find(name)!;
        ((IMemoryInode)inode).Own().LinkCount = 0;
        DropName(name);
        Leave(name, inode);
    }

    /// <inheritdoc/>
    public override int Create(ReadOnlySpan<byte> name, in NewInode made, out Inode? inode)
    {
        inode = null;
        return -Errno.EPERM;
    }

    /// <inheritdoc/>
    public override int CreateTemporary(in NewInode made, out Inode? inode)
    {
        inode = null;
        return -Errno.EOPNOTSUPP;
    }

    /// <inheritdoc/>
    public override int Link(Inode target, ReadOnlySpan<byte> name) => -Errno.EPERM;

    /// <inheritdoc/>
    public override int Unlink(ReadOnlySpan<byte> name, Inode victim) => -Errno.EPERM;

    /// <inheritdoc/>
    public override int Rename(ReadOnlySpan<byte> name, Inode inode, DirectoryInode target, ReadOnlySpan<byte> newName, Inode? replaced,
        RenameFlags flags) => -Errno.EPERM;

    private void DropName(ReadOnlySpan<byte> name)
    {
        if (FileSystem.Vfs.Dentries.Find(Tmp.Root, name) is { } known)
            FileSystem.Vfs.Dentries.Drop(known);
    }
}

/// <summary>/dev/pts/N of a pair. Linux: <c>pts_unix98_lookup</c>.</summary>
internal sealed class PtsInode : TmpNode
{
    private readonly PseudoTerminal _pair;

    /// <summary>A name for a terminal.</summary>
    public PtsInode(PtsFileSystem fileSystem, in NewInode made, PseudoTerminal pair)
        : base(fileSystem, made) => _pair = pair;

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file) => PtyTerminalFile.Open(this, _pair, request, out file);
}

/// <summary>/dev/pts/N for a terminal of the host that we were started with.</summary>
internal sealed class HostTerminalInode : TmpNode
{
    /// <summary>A name for a terminal.</summary>
    public HostTerminalInode(PtsFileSystem fileSystem, in NewInode made)
        : base(fileSystem, made)
    {
    }

    /// <summary>One of the host's descriptors of it, which stays open.</summary>
    public int Descriptor { get; init; }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file) => Terminals.OpenHost(this, Descriptor, request, out file);
}
