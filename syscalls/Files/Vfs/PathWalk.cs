using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How a path is resolved. Linux: <c>LOOKUP_*</c>.</summary>
[Flags]
internal enum LookupFlags
{
    None = 0,

    /// <summary>A symbolic link at the end is followed.</summary>
    Follow = 1,

    /// <summary>The end must be a directory.</summary>
    Directory = 2,

    /// <summary>An empty path means the start itself.</summary>
    Empty = 4,

    /// <summary>No mount is crossed. Linux: RESOLVE_NO_XDEV.</summary>
    NoXDev = 0x10,

    /// <summary>No magic link is followed.</summary>
    NoMagicLinks = 0x20,

    /// <summary>No link is followed.</summary>
    NoSymlinks = 0x40,

    /// <summary>The start is not left.</summary>
    Beneath = 0x80,

    /// <summary>The start is the root.</summary>
    InRoot = 0x100,

    /// <summary>The start is not left, one way or the other.</summary>
    Scoped = Beneath | InRoot,
}

/// <summary>What the last component of a path is. Linux: <c>LAST_*</c>.</summary>
internal enum LastKind
{
    /// <summary>A name.</summary>
    Name,

    /// <summary>There is none: the path is nothing but slashes, or empty.</summary>
    Root,

    /// <summary><c>.</c></summary>
    Dot,

    /// <summary><c>..</c></summary>
    DotDot,
}

/// <summary>Resolves one path, component by component. Linux: fs/namei.c (<c>struct nameidata</c>).</summary>
/// <remarks>
/// A symbolic link that is met is put in front of what is left of the path. The places found are not referenced: whoever keeps one, or
/// waits, takes a reference.
/// </remarks>
internal ref struct PathWalk
{
    private const int MaxLinks = 40, NameMax = 255;

    private readonly Task _task;
    private readonly Vfs _vfs;
    private readonly LookupFlags _flags;
    private ReadOnlySpan<byte> _rest;
    private VfsPath _root;
    private int _links;

    /// <summary>A walk that has not begun.</summary>
    public PathWalk(Task task, LookupFlags flags)
    {
        _task = task;
        _vfs = task.Kernel.Vfs;
        _flags = flags;
    }

    /// <summary>Where the walk is: after <see cref="ToLast"/> the directory of the last component. Linux: <c>path</c>.</summary>
    public VfsPath Path { get; private set; }

    /// <summary>The last component. Linux: <c>last</c>.</summary>
    public ReadOnlySpan<byte> Last { get; private set; }

    /// <summary>What it is. Linux: <c>last_type</c>.</summary>
    public LastKind LastKind { get; private set; }

    /// <summary>Whether slashes follow it.</summary>
    public bool HasTrailingSlash { get; private set; }

    /// <summary>Finds where the path starts. Linux: <c>path_init</c>.</summary>
    /// <param name="directory">Descriptor that a relative path starts at, or AT_FDCWD.</param>
    /// <param name="path">The path.</param>
    /// <returns>0 or a negative errno.</returns>
    public int Start(int directory, ReadOnlySpan<byte> path)
    {
        _rest = path;
        _root = _task.Fs.Root;
        bool absolute = !path.IsEmpty && path[0] == (byte)'/';
        if (absolute && (_flags & LookupFlags.Scoped) == 0)
        {
            Path = _root;
            return 0;
        }
        if (absolute && (_flags & LookupFlags.Beneath) != 0)
            return -Errno.EXDEV;
        int error = SetStart(directory, mustBeDirectory: !path.IsEmpty);
        if (error == 0 && (_flags & LookupFlags.Scoped) != 0)
            _root = Path;
        return error;
    }

    /// <summary>Starts at a place. Linux: <c>path_init</c> with a root given.</summary>
    public void Start(VfsPath at, ReadOnlySpan<byte> path)
    {
        _rest = path;
        _root = _task.Fs.Root;
        Path = !path.IsEmpty && path[0] == (byte)'/' ? _root : at;
    }

    /// <summary>Goes to the end of the path. Linux: <c>path_lookupat</c>.</summary>
    /// <returns>0 with the end in <see cref="Path"/>, or a negative errno.</returns>
    public int ToEnd()
    {
        while (true)
        {
            int error = ToLast();
            if (error != 0)
                return error;
            bool follow = (_flags & LookupFlags.Follow) != 0 || HasTrailingSlash;
            int step = StepLast(follow);
            if (step < 0)
                return step;
            if (step == 0)
                break;
        }
        bool wantsDirectory = HasTrailingSlash || (_flags & LookupFlags.Directory) != 0;
        return wantsDirectory && !Path.Inode.IsDirectory ? -Errno.ENOTDIR : 0;
    }

    /// <summary>Goes to the directory that holds the last component. Linux: <c>link_path_walk</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int ToLast()
    {
        LastKind = LastKind.Root;
        HasTrailingSlash = false;
        while (true)
        {
            _rest = _rest.TrimStart((byte)'/');
            if (_rest.IsEmpty)
            {
                Last = default;
                LastKind = LastKind.Root;
                return 0;
            }
            int error = CheckSearch();
            if (error != 0)
                return error;
            NextComponent(out bool isLast);
            if (isLast)
                return 0;
            int step = StepLast(follow: true);
            if (step < 0)
                return step;
            if (step == 0 && !Path.Inode.IsDirectory)
                return -Errno.ENOTDIR;
        }
    }

    /// <summary>Goes over the last component. Linux: <c>walk_component</c>.</summary>
    /// <param name="follow">Whether a symbolic link is followed.</param>
    /// <returns>0; 1 if a symbolic link has put more in front; or a negative errno.</returns>
    public int StepLast(bool follow)
    {
        switch (LastKind)
        {
            case LastKind.DotDot:
                return StepUp();
            case LastKind.Name:
                int error = LookupLast(out Dentry dentry);
                if (error != 0)
                    return error;
                return dentry.IsNegative ? -Errno.ENOENT : StepInto(dentry, follow);
            default:
                return 0;
        }
    }

    /// <summary>The dentry of the last component, which is a name; it may be negative. Linux: <c>lookup_fast</c>, <c>lookup_slow</c>.</summary>
    public readonly int LookupLast(out Dentry dentry)
    {
        if (Last.Length <= NameMax)
            return _vfs.LookupChild(_task, Path.Dentry, Last, out dentry);
        dentry = null!;
        return -Errno.ENAMETOOLONG;
    }

    /// <summary>Goes to what a dentry names. Linux: <c>step_into</c>.</summary>
    /// <returns>0; 1 if a symbolic link has put more in front; or a negative errno.</returns>
    public int StepInto(Dentry dentry, bool follow)
    {
        VfsPath next = new(Path.Mount, dentry);
        if (dentry.Mounts != 0)
        {
            _task.Namespace.Traverse(ref next);
            if ((_flags & LookupFlags.NoXDev) != 0 && !ReferenceEquals(next.Mount, Path.Mount))
                return -Errno.EXDEV;
        }
        if (follow && next.Inode.IsLink)
            return FollowLink(next.Inode);
        Path = next;
        return 0;
    }

    /// <summary>Whether the walk may go through where it is. Linux: <c>may_lookup</c>.</summary>
    private readonly int CheckSearch()
    {
        Inode inode = Path.Inode;
        return inode.IsDirectory ? Permissions.Check(inode, _task.Credentials, Access.Exec) : -Errno.ENOTDIR;
    }

    private int SetStart(int directory, bool mustBeDirectory)
    {
        if (directory == AtFlags.CurrentDirectory)
        {
            Path = _task.Fs.Current;
            return 0;
        }
        OpenFile? file = _task.Files.Peek(directory);
        if (file == null)
            return -Errno.EBADF;
        if (mustBeDirectory && !file.Path.Inode.IsDirectory)
            return -Errno.ENOTDIR;
        Path = file.Path;
        return 0;
    }

    private void NextComponent(out bool isLast)
    {
        int end = _rest.IndexOf((byte)'/');
        Last = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[end..];
        isLast = _rest.TrimStart((byte)'/').IsEmpty;
        HasTrailingSlash = isLast && !_rest.IsEmpty;
        LastKind = Last.Length switch
        {
            1 when Last[0] == (byte)'.' => LastKind.Dot,
            2 when Last[0] == (byte)'.' && Last[1] == (byte)'.' => LastKind.DotDot,
            _ => LastKind.Name,
        };
    }

    // Linux: handle_dots, follow_dotdot
    private int StepUp()
    {
        VfsPath at = Path;
        while (true)
        {
            if (at.Is(_root))
                return (_flags & LookupFlags.Beneath) != 0 ? -Errno.EXDEV : 0;
            if (!ReferenceEquals(at.Dentry, at.Mount.Root))
            {
                at = new VfsPath(at.Mount, at.Dentry.Parent);
                break;
            }
            if (at.Mount.Parent == null)
                return 0;
            if ((_flags & LookupFlags.NoXDev) != 0)
                return -Errno.EXDEV;
            at = new VfsPath(at.Mount.Parent, at.Mount.MountPoint!);
        }
        _task.Namespace.Traverse(ref at);
        Path = at;
        return 0;
    }

    // Linux: pick_link, may_follow_link
    private int FollowLink(Inode link)
    {
        if (_links++ >= MaxLinks || (_flags & LookupFlags.NoSymlinks) != 0)
            return -Errno.ELOOP;
        if (link.IsMagicLink && (_flags & LookupFlags.NoMagicLinks) != 0)
            return -Errno.ELOOP;
        if (_vfs.Sysctl.ProtectedSymlinks && !MayFollow(link))
            return -Errno.EACCES;
        int error = link.GetLink(_task, out byte[]? target, out VfsPath jump);
        if (error != 0)
            return error;
        if (target == null)
            return Jump(jump);
        if (target.Length == 0)
            return -Errno.ENOENT;
        if (target[0] == (byte)'/')
        {
            if ((_flags & LookupFlags.Beneath) != 0)
                return -Errno.EXDEV;
            if ((_flags & LookupFlags.NoXDev) != 0 && !ReferenceEquals(Path.Mount, _root.Mount))
                return -Errno.EXDEV;
            Path = _root;
        }
        _rest = _rest.IsEmpty ? target : [.. target, .. _rest];
        return 1;
    }

    private int Jump(VfsPath to)
    {
        if ((_flags & LookupFlags.Scoped) != 0)
            return -Errno.EXDEV;
        if ((_flags & LookupFlags.NoXDev) != 0 && !ReferenceEquals(Path.Mount, to.Mount))
            return -Errno.EXDEV;
        Path = to;
        // Where nothing follows this is the end; the link itself was the last component.
        return _rest.TrimStart((byte)'/').IsEmpty ? 0 : 1;
    }

    private readonly bool MayFollow(Inode link)
    {
        const uint StickyWritable = ModeBits.Sticky | 2;
        Inode directory = Path.Inode;
        return link.Uid == _task.Credentials.FileUid || (directory.Mode & StickyWritable) != StickyWritable || directory.Uid == link.Uid;
    }
}
