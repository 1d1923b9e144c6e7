using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How a tmpfs is made. Linux: the mount options of tmpfs.</summary>
/// <param name="MaxPages">Pages that it may take; 0 for no limit. Linux: <c>size=</c>.</param>
/// <param name="MaxInodes">Files that it may have; 0 for no limit. Linux: <c>nr_inodes=</c>.</param>
/// <param name="Mode">Permissions of its root. Linux: <c>mode=</c>.</param>
/// <param name="Uid">Owner of its root.</param>
/// <param name="Gid">Group of its root.</param>
internal sealed record TmpOptions(long MaxPages, long MaxInodes, uint Mode = 0x3FF, uint Uid = 0, uint Gid = 0)
{
    /// <summary>Without limits.</summary>
    public static TmpOptions Unlimited { get; } = new(0, 0);
}

/// <summary>Files that live in memory and swap alone. Linux: mm/shmem.c.</summary>
internal class TmpFileSystem : FileSystem, IShmemQuota
{
    /// <summary>TMPFS_MAGIC.</summary>
    public const long Magic = 0x01021994;

    private readonly TmpOptions _options;
    private long _pages, _inodes;
    private ulong _lastNumber;
    private Dentry? _root;
    private Mount? _namelessMount;

    /// <summary>An empty file system.</summary>
    public TmpFileSystem(Vfs vfs, DeviceNumber device, TmpOptions options)
        : base(vfs, device) => _options = options;

    /// <inheritdoc/>
    public override string TypeName => "tmpfs";

    /// <inheritdoc/>
    public override string Options => _options.MaxPages != 0 ? $",size={_options.MaxPages * 4}k" : "";

    /// <summary>The root, made when it is first asked for.</summary>
    public Dentry Root => _root ??= new Dentry(null, "/"u8.ToArray(), MakeRoot());

    /// <summary>The machine's memory.</summary>
    public MemoryManager Memory => Vfs.Kernel.Memory;

    /// <summary>The number of a new inode.</summary>
    public virtual ulong NextNumber() => ++_lastNumber;

    /// <inheritdoc/>
    public bool TryReserve(long pages)
    {
        if (_options.MaxPages != 0 && _pages + pages > _options.MaxPages)
            return false;
        _pages += pages;
        return true;
    }

    /// <inheritdoc/>
    public void Release(long pages) => _pages -= pages;

    /// <summary>Counts a new inode. Linux: <c>shmem_reserve_inode</c>.</summary>
    /// <returns>0 or -ENOSPC.</returns>
    public int ReserveInode()
    {
        if (_options.MaxInodes != 0 && _inodes >= _options.MaxInodes)
            return -Errno.ENOSPC;
        _inodes++;
        return 0;
    }

    /// <summary>An inode is gone.</summary>
    public void ReleaseInode() => _inodes--;

    /// <summary>Makes an inode of any type. Linux: <c>shmem_get_inode</c>.</summary>
    /// <returns>0 or -ENOSPC.</returns>
    public int Make(in NewInode made, out Inode? inode)
    {
        inode = null;
        int error = ReserveInode();
        if (error != 0)
            return error;
        inode = (made.Mode & ModeBits.TypeMask) switch
        {
            ModeBits.Regular => MakeRegular(made),
            ModeBits.Directory => MakeDirectory(made),
            ModeBits.Link => new TmpLink(this, made),
            _ => new TmpSpecial(this, made),
        };
        return 0;
    }

    /// <summary>Makes a file that no directory names, shown under a name of its own. Linux: <c>shmem_file_setup</c>.</summary>
    /// <param name="made">What to make.</param>
    /// <param name="name">As /proc shows it, with a slash before it.</param>
    /// <param name="path">Its place, without a reference.</param>
    /// <returns>0 or -ENOSPC.</returns>
    public int MakeNameless(in NewInode made, byte[] name, out VfsPath path)
    {
        path = default;
        int error = Make(made, out Inode? inode);
        if (error != 0)
            return error;
        ((IMemoryInode)inode!).Own().LinkCount = 0;
        _namelessMount ??= new Mount(0, this, Root, MountFlags.None, []);
        path = new VfsPath(_namelessMount, new Dentry(Root, name[1..], inode));
        return 0;
    }

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        stat.Flags = 0x20; // ST_VALID
        if (_options.MaxPages != 0)
        {
            stat.Blocks = (ulong)_options.MaxPages;
            stat.FreeBlocks = stat.AvailableBlocks = (ulong)(_options.MaxPages - _pages);
        }
        if (_options.MaxInodes != 0)
        {
            stat.Files = (ulong)_options.MaxInodes;
            stat.FreeFiles = (ulong)(_options.MaxInodes - _inodes);
        }
        return 0;
    }

    /// <summary>Makes a regular file.</summary>
    protected virtual Inode MakeRegular(in NewInode made) => new TmpRegular(this, made);

    /// <summary>Makes a directory.</summary>
    protected virtual Inode MakeDirectory(in NewInode made) => new TmpDirectory(this, made);

    /// <summary>Makes the root directory.</summary>
    protected virtual Inode MakeRoot() =>
        MakeDirectory(new NewInode { Mode = ModeBits.Directory | _options.Mode, Uid = _options.Uid, Gid = _options.Gid });
}

/// <summary>An inode whose attributes are in memory.</summary>
internal interface IMemoryInode
{
    /// <summary>The attributes, which the caller is about to change.</summary>
    MemoryAttributes Own();
}
