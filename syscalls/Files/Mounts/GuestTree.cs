using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Puts together the tree that the guest sees. Linux: none; it does what init and a container's runtime do.</summary>
/// <remarks>
/// The host's root with a private layer upon it, or a directory of the host; upon that the current directory, which is written to for real;
/// then /proc, /sys, /dev with what belongs in it, and the volumes that were asked for.
/// </remarks>
internal sealed class GuestTree
{
    private const int PathMax = 4096;

    private readonly Kernel _kernel;
    private readonly Task _task;
    private readonly GuestFiles _options;
    private readonly Vfs _vfs;

    private GuestTree(Task task, GuestFiles options)
    {
        _kernel = task.Kernel;
        _vfs = _kernel.Vfs;
        _task = task;
        _options = options;
    }

    /// <summary>Why the tree could not be made, in words.</summary>
    private string Reason { get; set; } = "";

    /// <summary>Makes the tree and puts the first task into it.</summary>
    /// <param name="task">The first task; it has no files yet.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="reason">Why it cannot be, in words.</param>
    /// <returns>0 or a negative errno.</returns>
    public static int Build(Task task, GuestFiles options, out string reason)
    {
        GuestTree tree = new(task, options);
        Credentials own = task.Credentials;
        task.OverrideCredentials(Credentials.Root);
        int error = tree.Build();
        task.OverrideCredentials(own);
        reason = tree.Reason;
        return error;
    }

    // Privileges that files of the host give are the host's superuser's to give.
    private MountFlags HostFlags => MountFlags.RelativeAccessTime | (_vfs.Host.HostUid == 0 ? MountFlags.None : MountFlags.NoSetUid);

    private int Build()
    {
        byte[] current = CurrentDirectory();
        int error = MountRoot();
        if (error != 0)
            return error;
        _task.SetFiles(InheritedFiles.Open(_task), new FsContext(_vfs.Namespace.RootPath, _vfs.Namespace.RootPath, _vfs.Host.HostUmask));
        bool ownRoot = _options.RootDirectory != null;
        if (!ownRoot && IsForWriting(current))
        {
            error = MountHost(new HostVolume(current, current, IsReadOnly: false), HostFlags);
            if (error != 0)
                return error;
        }
        error = MountKernelTrees();
        foreach (HostVolume volume in _options.Volumes)
        {
            if (error == 0)
                error = MountHost(volume, HostFlags | (volume.IsReadOnly ? MountFlags.ReadOnly : MountFlags.None));
        }
        return error != 0 ? error : Enter(_options.WorkingDirectory ?? (ownRoot ? "/"u8.ToArray() : current));
    }

    private int MountRoot()
    {
        byte[] directory = _options.RootDirectory ?? "/"u8.ToArray();
        int error = _vfs.Host.Open(directory, out Dentry? root);
        if (error == 0 && !root!.Inode!.IsDirectory)
            error = -Errno.ENOTDIR;
        if (error != 0)
            return Fail(error, $"{Text(directory)}: the root directory cannot be opened");
        if (_options.RootDirectory != null)
        {
            _vfs.Namespace.MountRoot(_vfs.Host, root!, HostFlags, directory);
            return 0;
        }
        OverlayFileSystem overlay = new(_vfs, (HostDirectory)root!.Inode!, TmpOptions.Unlimited);
        _vfs.Namespace.MountRoot(overlay, overlay.Root, HostFlags, "overlay"u8.ToArray());
        return 0;
    }

    private int MountKernelTrees()
    {
        const MountFlags Restricted = MountFlags.NoSetUid | MountFlags.NoDevices | MountFlags.NoExec | MountFlags.RelativeAccessTime;
        DevFileSystem dev = new(_vfs);
        int error = Attach("/proc"u8, _vfs.Proc, _vfs.Proc.Root, Restricted, "proc"u8);
        if (error == 0)
            error = Attach("/sys"u8, _vfs.Sys, _vfs.Sys.Root, Restricted, "sysfs"u8);
        if (error == 0)
        {
            CgroupFileSystem cgroup = new(_vfs, _kernel.ControlGroups);
            error = Attach("/sys/fs/cgroup"u8, cgroup, cgroup.Root, Restricted, "cgroup2"u8);
        }
        if (error == 0)
            error = Attach("/dev"u8, dev, dev.Root, MountFlags.NoSetUid | MountFlags.RelativeAccessTime, "udev"u8);
        if (error != 0)
            return error;
        long half = (long)(_kernel.Memory.TotalRamPages / 2);
        TmpFileSystem shm = new(_vfs, _vfs.NextAnonymousDevice(), new TmpOptions(half, half));
        error = Attach("/dev/shm"u8, shm, shm.Root, MountFlags.NoSetUid | MountFlags.NoDevices | MountFlags.RelativeAccessTime, "tmpfs"u8);
        if (error == 0)
            error = Attach("/dev/pts"u8, _vfs.Pts, _vfs.Pts.Root, MountFlags.NoSetUid | MountFlags.NoExec | MountFlags.RelativeAccessTime, "devpts"u8);
        VfsPath terminals = default;
        if (error == 0)
            error = Vfs.Lookup(_task, AtFlags.CurrentDirectory, "/dev/pts"u8, LookupFlags.Follow, out terminals);
        if (error == 0)
            Terminals.Adopt(_task, terminals);
        return error;
    }

    private int MountHost(HostVolume volume, MountFlags flags)
    {
        int error = _vfs.Host.Open(volume.Host, out Dentry? root);
        if (error != 0)
            return Fail(error, $"{Text(volume.Host)}: it cannot be opened on the host");
        error = MakeMountPoint(volume.Guest, root!.Inode!.IsDirectory);
        if (error == 0)
            error = Attach(volume.Guest, _vfs.Host, root, flags, volume.Host);
        return error;
    }

    private int Attach(ReadOnlySpan<byte> path, FileSystem fileSystem, Dentry root, MountFlags flags, ReadOnlySpan<byte> source)
    {
        VfsPath at = default;
        int error = MakeMountPoint(path, root.Inode!.IsDirectory);
        if (error == 0)
            error = Vfs.Lookup(_task, AtFlags.CurrentDirectory, path, LookupFlags.Follow, out at);
        if (error == 0 && at.Inode.IsDirectory != root.Inode.IsDirectory)
            error = at.Inode.IsDirectory ? -Errno.EISDIR : -Errno.ENOTDIR;
        if (error != 0)
            return Reason.Length != 0 ? error : Fail(error, $"{Text(path)}: nothing can be mounted there");
        _vfs.Namespace.Attach(fileSystem, root, at, flags, source.ToArray());
        return 0;
    }

    // Makes what is missing of a path. In a private layer that is seen by the guest alone; in a root directory of its own it stays.
    private int MakeMountPoint(ReadOnlySpan<byte> path, bool isDirectory)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
            return Fail(-Errno.EINVAL, $"{Text(path)}: the path in the machine must begin with a slash");
        for (int at = 1; at < path.Length; at++)
        {
            int end = path[at..].IndexOf((byte)'/');
            at = end < 0 ? path.Length : at + end;
            ReadOnlySpan<byte> part = path[..at];
            if (Vfs.Lookup(_task, AtFlags.CurrentDirectory, part, LookupFlags.Follow, out _) == 0)
                continue;
            uint mode = at < path.Length || isDirectory ? ModeBits.Directory | 0x1ED : ModeBits.Regular | 0x1A4;
            int error = _vfs.Make(_task, AtFlags.CurrentDirectory, part, mode, default, default);
            if (error != 0)
                return Fail(error, $"{Text(part)}: a place for the mount cannot be made there");
        }
        return 0;
    }

    private int Enter(byte[] directory)
    {
        int error = Vfs.Lookup(_task, AtFlags.CurrentDirectory, directory, LookupFlags.Follow | LookupFlags.Directory, out VfsPath path);
        if (error != 0)
            return Fail(error, $"{Text(directory)}: the working directory cannot be entered");
        _task.Fs.Current = path;
        return 0;
    }

    // The root and the home directory hold too much to let a program write there unasked.
    private bool IsForWriting(byte[] directory)
    {
        if (directory.Length <= 1)
            return false;
        return _options.Home is not { } home || !IsSameDirectory(directory, home);
    }

    private static bool IsSameDirectory(byte[] a, byte[] b) =>
        HostStat.StatxAt(HostAtFlags.CurrentDirectory, a, 0, out HostStatx first) == 0 &&
        HostStat.StatxAt(HostAtFlags.CurrentDirectory, b, 0, out HostStatx second) == 0 && first.Device == second.Device && first.Ino == second.Ino;

    private static byte[] CurrentDirectory()
    {
        Span<byte> buffer = stackalloc byte[PathMax];
        int length = Emu.Host.HostDirectory.GetCurrent(buffer);
        ReadOnlySpan<byte> name = length > 0 ? buffer[..length] : "/"u8;
        name = name.TrimEnd((byte)0);
        return name.IsEmpty || name[0] != (byte)'/' ? "/"u8.ToArray() : name.ToArray();
    }

    private int Fail(int error, string reason)
    {
        Reason = reason;
        return error;
    }

    private static string Text(ReadOnlySpan<byte> path) => System.Text.Encoding.UTF8.GetString(path);
}
