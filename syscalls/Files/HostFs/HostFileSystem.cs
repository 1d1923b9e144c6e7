using Emu.Host;

namespace Emu.Syscalls;

/// <summary>Directories of the host, as the guest may see them. Linux: none; the nearest is fs/hostfs of UML, and 9p.</summary>
/// <remarks>
/// <para>
/// Each directory that is given to the guest is an anchor: a descriptor that stays open. Everything else is reached from the descriptor of
/// its directory by one name that is no <c>..</c> and is not followed if it is a link: no path can lead out of what was given, whatever the
/// host does to the tree meanwhile.
/// </para>
/// <para>
/// Files are told apart by device and number. What the host says of a file counts for a millisecond, and only until news may have come
/// from outside (<see cref="Vfs.HostEpoch"/>).
/// </para>
/// </remarks>
internal sealed class HostFileSystem : FileSystem
{
    private const long FreshNanoseconds = 1_000_000;
    private const int MaxDirectoryDescriptors = 256;

    private readonly Dictionary<ulong, Dictionary<ulong, Inode>> _inodes = []; // by device, then by number
    private readonly Dictionary<ulong, bool> _hiddenDevices = [];
    private readonly LinkedList<HostDirectory> _openDirectories = new();
    private long _token, _tokenTime, _tokenEpoch = -1;

    /// <summary>Nothing is given to the guest yet.</summary>
    public HostFileSystem(Vfs vfs)
        : base(vfs, new DeviceNumber(0, 0))
    {
        HostUmask = (uint)HostProcess.SetUmask(0);
        _ = HostProcess.SetUmask(HostUmask);
        _ = HostProcess.GetUserIds(out _, out uint uid, out _);
        HostUid = uid;
    }

    /// <inheritdoc/>
    public override string TypeName => "hostfs";

    /// <inheritdoc/>
    public override bool Revalidates => true;

    /// <summary>Bits that the host takes from the modes of new files.</summary>
    public uint HostUmask { get; }

    /// <summary>On whose behalf the host lets us act.</summary>
    public uint HostUid { get; }

    /// <summary>Whether the guest's clock is not the host's: then times of files are given to the host.</summary>
    public bool StampsTimes => Vfs.Kernel.Clock.IsVirtual;

    /// <summary>The guest's time, for files.</summary>
    public HostFileTime HostNow
    {
        get
        {
            FileTime now = Vfs.Now;
            return new HostFileTime(now.Seconds, now.Nanoseconds);
        }
    }

    /// <summary>Files known now.</summary>
    public int InodeCount => _inodes.Values.Sum(static numbers => numbers.Count);

    /// <summary>What is remembered of the host counts if it carries this mark.</summary>
    public long Token
    {
        get
        {
            long now = HostClock.Monotonic();
            if (now - _tokenTime > FreshNanoseconds || _tokenEpoch != Vfs.HostEpoch)
            {
                _token++;
                _tokenTime = now;
                _tokenEpoch = Vfs.HostEpoch;
            }
            return _token;
        }
    }

    /// <summary>Gives a file or directory of the host to the guest.</summary>
    /// <param name="path">Absolute, or relative to our own working directory; links are followed.</param>
    /// <param name="root">A dentry to mount.</param>
    /// <returns>0 or a negative errno.</returns>
    public int Open(ReadOnlySpan<byte> path, out Dentry? root)
    {
        root = null;
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, path, HostOpenFlags.Path | HostOpenFlags.CloseOnExec);
        if (fd < 0)
            return fd;
        int error = InodeForDescriptor(fd, out Inode? inode);
        if (error == 0)
            root = new Dentry(null, "/"u8.ToArray(), inode);
        else
            _ = HostFile.Close(fd); // it was opened to look at only
        return error;
    }

    /// <summary>The inode of a descriptor, which becomes its anchor.</summary>
    public int InodeForDescriptor(int fd, out Inode? inode)
    {
        inode = null;
        int error = HostStat.Statx(fd, out HostStatx stat);
        if (error != 0)
            return error;
        inode = InodeFor(stat, null, []);
        HostNode node = NodeOf(inode);
        if (node.Anchor >= 0)
            _ = HostFile.Close(fd); // one is enough
        else
            node.Anchor = fd;
        inode.Get(); // an anchored file stays
        return 0;
    }

    /// <summary>The inode of a file, known or new.</summary>
    /// <param name="stat">What the host says of it.</param>
    /// <param name="parent">Directory in which it was found, or null.</param>
    /// <param name="name">Its name there.</param>
    /// <returns>The inode, with a reference.</returns>
    public Inode InodeFor(in HostStatx stat, HostDirectory? parent, ReadOnlySpan<byte> name)
    {
        if (!_inodes.TryGetValue(stat.Device, out Dictionary<ulong, Inode>? numbers))
            _inodes.Add(stat.Device, numbers = []);
        if (numbers.TryGetValue(stat.Ino, out Inode? inode))
        {
            HostNode known = NodeOf(inode);
            if (known.IsSame(stat))
            {
                known.SetPlace(parent, name);
                known.Accept(stat);
                return inode.Get();
            }
            // The number was given to another file since.
            known.IsForgotten = true;
        }
        inode = Make(stat);
        numbers[stat.Ino] = inode;
        HostNode node = NodeOf(inode);
        node.SetPlace(parent, name);
        node.Accept(stat);
        return inode;
    }

    /// <summary>An inode is not used any more.</summary>
    public void Forget(HostNode node)
    {
        if (!node.IsForgotten)
            _ = _inodes[node.Stat.Device].Remove(node.Stat.Ino);
        node.Close();
    }

    /// <summary>Whether a device holds what the guest must not see: processes and settings of the host.</summary>
    /// <param name="stat">A file on it.</param>
    /// <param name="directory">Descriptor of its directory.</param>
    /// <param name="name">Its name.</param>
    public bool IsHidden(in HostStatx stat, int directory, ReadOnlySpan<byte> name)
    {
        if (_hiddenDevices.TryGetValue(stat.Device, out bool hidden))
            return hidden;
        const int Flags = HostOpenFlags.Path | HostOpenFlags.NoFollow | HostOpenFlags.CloseOnExec;
        int fd = HostFile.OpenAt(directory, name, Flags);
        if (fd < 0)
            return true;
        hidden = IsKernelState(fd);
        _ = HostFile.Close(fd); // it was opened to look at only
        _hiddenDevices[stat.Device] = hidden;
        return hidden;
    }

    /// <summary>A directory uses its descriptor: those that were not used for long are closed.</summary>
    public void NoteUse(HostDirectory directory)
    {
        if (directory.UseNode.List != null)
        {
            if (!ReferenceEquals(_openDirectories.First, directory.UseNode))
            {
                _openDirectories.Remove(directory.UseNode);
                _openDirectories.AddFirst(directory.UseNode);
            }
            return;
        }
        _openDirectories.AddFirst(directory.UseNode);
        if (_openDirectories.Count > MaxDirectoryDescriptors)
            _openDirectories.Last!.Value.CloseDescriptor();
    }

    /// <summary>A directory has closed its descriptor.</summary>
    public void NoteClosed(HostDirectory directory)
    {
        if (directory.UseNode.List != null)
            _openDirectories.Remove(directory.UseNode);
    }

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = default;
        int fd = NodeOf(inode).OpenHandle();
        if (fd < 0)
            return fd;
        int error = Emu.Host.HostFileSystem.FStatfs(fd, out HostStatfs host);
        _ = HostFile.Close(fd); // it was opened to look at only
        if (error != 0)
            return error;
        stat = new FileSystemStat
        {
            Type = host.Type,
            BlockSize = host.BlockSize,
            Blocks = host.Blocks,
            FreeBlocks = host.FreeBlocks,
            AvailableBlocks = host.AvailableBlocks,
            Files = host.Files,
            FreeFiles = host.FreeFiles,
            Id = host.FileSystemId,
            NameMax = host.NameMax,
            FragmentSize = host.FragmentSize,
            Flags = host.Flags,
        };
        return 0;
    }

    /// <inheritdoc/>
    public override int Sync()
    {
        int result = 0;
        foreach (Inode inode in _inodes.Values.SelectMany(static numbers => numbers.Values))
        {
            if (inode is not HostRegular regular)
                continue;
            int error = regular.SyncIfWritten();
            if (result == 0)
                result = error;
        }
        return result;
    }

    /// <summary>The host's side of an inode.</summary>
    public static HostNode NodeOf(Inode inode) => ((IHostInode)inode).Node;

    private Inode Make(in HostStatx stat) => (stat.Mode & ModeBits.TypeMask) switch
    {
        ModeBits.Regular => new HostRegular(this),
        ModeBits.Directory => new HostDirectory(this),
        ModeBits.Link => new HostLink(this),
        _ => new HostSpecial(this, stat.Mode),
    };

    // proc, sysfs, cgroup, debugfs, tracefs, securityfs, bpf, configfs, nsfs, devpts
    private static bool IsKernelState(int fd) => Emu.Host.HostFileSystem.FStatfs(fd, out HostStatfs host) != 0 ||
        host.Type is 0x9FA0 or 0x62656572 or 0x27E0EB or 0x63677270 or 0x64626720 or 0x74726163 or 0x73636673 or 0xCAFE4A11 or 0x62656570
            or 0x6E736673 or 0x1CD1;
}
