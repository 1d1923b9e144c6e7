using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file system, mounted or not. Linux: <c>struct super_block</c>.</summary>
internal abstract class FileSystem
{
    /// <summary>A file system of a machine.</summary>
    /// <param name="vfs">The machine's files.</param>
    /// <param name="device">What its files tell as their device.</param>
    protected FileSystem(Vfs vfs, DeviceNumber device)
    {
        Vfs = vfs;
        Device = device;
    }

    /// <summary>The machine's files.</summary>
    public Vfs Vfs { get; }

    /// <summary>What its files tell as their device. Linux: <c>s_dev</c>.</summary>
    public DeviceNumber Device { get; }

    /// <summary>Name of the type, as /proc/mounts shows it. Linux: <c>s_type->name</c>.</summary>
    public abstract string TypeName { get; }

    /// <summary>The options that /proc/mounts shows behind those of the mount. Linux: <c>show_options</c>.</summary>
    public virtual string Options => "";

    /// <summary>Whether cached entries must be checked before they are used. Linux: a <c>d_revalidate</c> that is set.</summary>
    public virtual bool Revalidates => false;

    /// <summary>Whether nothing can be changed. Linux: <c>SB_RDONLY</c>.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>How full it is. Linux: <c>s_op->statfs</c>.</summary>
    /// <param name="inode">What it was asked by.</param>
    /// <param name="stat">The answer.</param>
    /// <returns>0 or a negative errno.</returns>
    public abstract int StatFs(Inode inode, out FileSystemStat stat);

    /// <summary>Brings everything to where it lasts. Linux: <c>s_op->sync_fs</c>.</summary>
    public virtual int Sync() => 0;

    /// <summary>The name of what has no place in a directory, or null. Linux: <c>d_dname</c>.</summary>
    public virtual byte[]? PseudoName(Dentry dentry) => null;

    /// <summary>Now, as files note it.</summary>
    public FileTime Now => Vfs.Now;

    /// <summary>A statfs of a file system that has no blocks. Linux: <c>simple_statfs</c>.</summary>
    protected FileSystemStat SimpleStatFs(long magic) => new()
    {
        Type = magic,
        BlockSize = (long)MmConstants.PageSize,
        FragmentSize = (long)MmConstants.PageSize,
        NameMax = 255,
        Id = Device.Encoded,
    };
}
