using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The files of one machine: names in use, file systems, mounts. Linux: fs/namei.c, fs/open.c, fs/dcache.c.</summary>
/// <remarks>Lock: the kernel lock; it is given up only while a task waits, and then by <see cref="WaitQueue"/> and <see cref="HostWait"/>.</remarks>
internal sealed partial class Vfs
{
    private uint _lastAnonymousDevice = 30;
    private int _lastEventId;
    private PipeFileSystem? _pipes;
    private AnonymousFileSystem? _anonymous;
    private HostFileSystem? _host;
    private TmpFileSystem? _shared;
    private SecretFileSystem? _secret;
    private HugetlbFileSystem? _huge;
    private ProcFileSystem? _proc;
    private SysFileSystem? _sys;
    private PtsFileSystem? _pts;

    /// <summary>Nothing is mounted yet.</summary>
    public Vfs(Kernel kernel) => Kernel = kernel;

    /// <summary>The machine.</summary>
    public Kernel Kernel { get; }

    /// <summary>The names in use.</summary>
    public DentryCache Dentries { get; } = new();

    /// <summary>The mounts that the first process sees. Linux: <c>init_mnt_ns</c>.</summary>
    public MountNamespace Namespace { get; } = new();

    /// <summary>The host's terminal that we were started from.</summary>
    public Tty HostTty { get; } = new();

    /// <summary>The terminal that controls a process, or null.</summary>
    public Tty? TerminalOf(ThreadGroup process) =>
        HostTty.Controls(process) ? HostTty : _pts?.Terminals.FirstOrDefault(tty => tty.Controls(process));

    /// <summary>/dev/pts.</summary>
    public PtsFileSystem Pts => _pts ??= new PtsFileSystem(this);

    /// <summary>Who waits for whose lock.</summary>
    public LockWaits LockWaits { get; } = new();

    /// <summary>Open files. Linux: <c>nr_files</c>.</summary>
    public long OpenFileCount { get; set; }

    /// <summary>The tunables of /proc/sys/fs.</summary>
    public FsSysctl Sysctl { get; } = new();

    /// <summary>Counts what may bring news from outside: waits for the host and transfers with it. What was cached of the host before counts no more.</summary>
    public long HostEpoch { get; private set; }

    /// <summary>Where pipes live. Linux: <c>pipe_mnt</c>.</summary>
    public PipeFileSystem Pipes => _pipes ??= new PipeFileSystem(this);

    /// <summary>Where files without a place live. Linux: <c>anon_inode_mnt</c>.</summary>
    public AnonymousFileSystem Anonymous => _anonymous ??= new AnonymousFileSystem(this);

    /// <summary>The host's files.</summary>
    public HostFileSystem Host => _host ??= new HostFileSystem(this);

    /// <summary>Where memfds live. Linux: <c>shm_mnt</c>.</summary>
    public TmpFileSystem Shared => _shared ??= new TmpFileSystem(this, new DeviceNumber(0, 1), TmpOptions.Unlimited);

    /// <summary>Files of huge pages that have no name.</summary>
    public HugetlbFileSystem Huge => _huge ??= new HugetlbFileSystem(this);

    /// <summary>Where files of memfd_secret live.</summary>
    public SecretFileSystem Secret => _secret ??= new SecretFileSystem(this);

    /// <summary>/proc.</summary>
    public ProcFileSystem Proc => _proc ??= new ProcFileSystem(this);

    /// <summary>/sys.</summary>
    public SysFileSystem Sys => _sys ??= new SysFileSystem(this);

    /// <summary>Now, as files note it. Linux: <c>current_time</c>.</summary>
    public FileTime Now => FileTime.FromNanoseconds(Kernel.Clock.Realtime);

    /// <summary>The number of a device for a file system that has none of its own. Linux: <c>get_anon_bdev</c>.</summary>
    public DeviceNumber NextAnonymousDevice() => new(0, ++_lastAnonymousDevice);

    /// <summary>The number of a new eventfd. Linux: <c>eventfd_ida</c>.</summary>
    public int NextEventId() => _lastEventId++;

    /// <summary>News may have come from outside.</summary>
    public void HostActivity() => HostEpoch++;

    /// <summary>Finds a name in a directory, in the cache if it is there. Linux: <c>lookup_one</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="parent">A directory's.</param>
    /// <param name="name">Neither <c>.</c> nor <c>..</c>.</param>
    /// <param name="child">The dentry, negative if nothing has the name.</param>
    /// <returns>0 or a negative errno.</returns>
    public int LookupChild(Task task, Dentry parent, ReadOnlySpan<byte> name, out Dentry child)
    {
        DirectoryInode directory = (DirectoryInode)parent.Inode!;
        Dentry? known = Dentries.Find(parent, name);
        if (known != null)
        {
            child = known;
            if (!directory.FileSystem.Revalidates || known.Mounts != 0 || directory.RevalidateChild(task, known))
                return 0;
            Dentries.Drop(known);
        }
        child = null!;
        if (directory.IsDead)
            return -Errno.ENOENT;
        int error = directory.Lookup(task, name, out Inode? inode);
        if (error != 0)
            return error;
        child = Dentries.Add(parent, name, inode);
        return 0;
    }

    /// <summary>Resolves a path. Linux: <c>user_path_at</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="directory">Descriptor that a relative path starts at, or AT_FDCWD.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">How.</param>
    /// <param name="found">The place, without a reference.</param>
    /// <returns>0 or a negative errno.</returns>
    public static int Lookup(Task task, int directory, ReadOnlySpan<byte> path, LookupFlags flags, out VfsPath found)
    {
        found = default;
        if (path.IsEmpty && (flags & LookupFlags.Empty) == 0)
            return -Errno.ENOENT;
        PathWalk walk = new(task, flags);
        int error = walk.Start(directory, path);
        if (error == 0 && !path.IsEmpty)
            error = walk.ToEnd();
        found = walk.Path;
        return error;
    }

    /// <summary>The name of a place, as seen from the first process. Linux: <c>d_path</c>.</summary>
    public static byte[] NameOf(VfsPath path) => NameOf(path, path.Mount.FileSystem.Vfs.Namespace.RootPath, out _);

    /// <summary>The name of a place, as seen from a root. Linux: <c>__d_path</c>.</summary>
    /// <param name="path">The place.</param>
    /// <param name="root">What <c>/</c> means.</param>
    /// <param name="isReachable">Whether the place lies beneath the root.</param>
    public static byte[] NameOf(VfsPath path, VfsPath root, out bool isReachable)
    {
        isReachable = true;
        if (path.Mount.FileSystem.PseudoName(path.Dentry) is { } pseudo)
            return pseudo;
        ReadOnlySpan<byte> suffix = path.Dentry.IsUnlinked ? " (deleted)"u8 : default;
        int length = 0;
        for (VfsPath at = path; Ascend(ref at, root, out byte[]? name, out isReachable);)
            length += name == null ? 0 : name.Length + 1;
        byte[] text = new byte[Math.Max(length, 1) + suffix.Length];
        text[0] = (byte)'/';
        suffix.CopyTo(text.AsSpan(text.Length - suffix.Length));
        for (VfsPath at = path; Ascend(ref at, root, out byte[]? name, out _);)
        {
            if (name == null)
                continue;
            length -= name.Length;
            name.CopyTo(text, length);
            text[--length] = (byte)'/';
        }
        return text;
    }

    /// <summary>Opens a file by its place, without looking whether that is allowed. Linux: <c>dentry_open</c>.</summary>
    public static int OpenPath(Task task, VfsPath path, OpenFlags flags, bool created, out OpenFile? file)
    {
        int error;
        if ((flags & OpenFlags.Path) != 0)
        {
            file = new PathFile(path.Inode, flags);
            error = 0;
        }
        else
        {
            error = path.Inode.Open(new OpenRequest(task, path, flags, created), out file);
        }
        if (error == 0)
            file!.SetPath(path, task.Credentials);
        return error;
    }

    // One step towards the root: the name that was passed, or null where only a mount was left. False at the root.
    private static bool Ascend(ref VfsPath at, VfsPath root, out byte[]? name, out bool isReachable)
    {
        name = null;
        isReachable = true;
        if (at.Is(root))
            return false;
        if (ReferenceEquals(at.Dentry, at.Mount.Root))
        {
            isReachable = at.Mount.Parent != null;
            if (isReachable)
                at = new VfsPath(at.Mount.Parent!, at.Mount.MountPoint!);
            return isReachable;
        }
        isReachable = !at.Dentry.IsRoot;
        if (!isReachable)
            return false;
        name = at.Dentry.Name;
        at = at with { Dentry = at.Dentry.Parent };
        return true;
    }
}

/// <summary>The tunables of /proc/sys/fs. Linux: Documentation/admin-guide/sysctl/fs.rst.</summary>
internal sealed class FsSysctl
{
    /// <summary>Links in directories that all may write are followed for their owner only. Linux: protected_symlinks.</summary>
    public bool ProtectedSymlinks { get; set; }

    /// <summary>Who may not write a file may not link it. Linux: protected_hardlinks.</summary>
    public bool ProtectedHardlinks { get; set; } = true;

    /// <summary>The largest pipe for the unprivileged. Linux: pipe-max-size.</summary>
    public uint PipeMaxSize { get; set; } = 1 << 20;

    /// <summary>The highest limit of open files. Linux: nr_open.</summary>
    public ulong MaxOpenFiles { get; set; } = 1 << 20;
}
