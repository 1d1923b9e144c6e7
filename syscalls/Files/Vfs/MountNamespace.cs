using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The tree of mounts that processes see. Linux: <c>struct mnt_namespace</c>, fs/namespace.c.</summary>
internal sealed class MountNamespace
{
    private readonly List<Mount> _mounts = [];
    private int _lastId = 20;

    /// <summary>The mounts, each behind the one that it is attached to.</summary>
    public IReadOnlyList<Mount> Mounts => _mounts;

    /// <summary>The mount at the top. Linux: <c>root</c>.</summary>
    public Mount Root => _mounts[0];

    /// <summary>The root directory.</summary>
    public VfsPath RootPath
    {
        get
        {
            VfsPath path = new(Root, Root.Root);
            Traverse(ref path);
            return path;
        }
    }

    /// <summary>Counts changes, for those who poll /proc/mounts. Linux: <c>event</c>.</summary>
    public ulong Event { get; private set; }

    /// <summary>Makes the mount at the top.</summary>
    public Mount MountRoot(FileSystem fileSystem, Dentry root, MountFlags flags, byte[] source)
    {
        Bug.On(_mounts.Count != 0, "a second root was mounted");
        Mount mount = new(++_lastId, fileSystem, root, flags, source);
        _mounts.Add(mount);
        return mount;
    }

    /// <summary>Mounts a file system, or a part of one, upon a place. Linux: <c>do_new_mount</c>, <c>do_loopback</c>.</summary>
    public Mount Attach(FileSystem fileSystem, Dentry root, VfsPath at, MountFlags flags, byte[] source)
    {
        Traverse(ref at);
        Mount mount = new(++_lastId, fileSystem, root, flags, source) { Parent = at.Mount, MountPoint = at.Dentry };
        at.Get();
        at.Dentry.Mounts++;
        _mounts.Add(mount);
        Event++;
        return mount;
    }

    /// <summary>Takes a mount away. Linux: <c>do_umount</c>.</summary>
    /// <param name="mount">Not the one at the top.</param>
    /// <param name="lazy">Whether it goes although it is in use. Linux: <c>MNT_DETACH</c>.</param>
    /// <returns>0 or -EBUSY.</returns>
    public int Detach(Mount mount, bool lazy)
    {
        if (mount.Parent == null)
            return -Errno.EINVAL;
        foreach (Mount other in _mounts)
        {
            if (!ReferenceEquals(other.Parent, mount))
                continue;
            if (!lazy)
                return -Errno.EBUSY;
            _ = Detach(other, lazy);
            return Detach(mount, lazy);
        }
        if (!lazy && mount.Users != 0)
            return -Errno.EBUSY;
        _mounts.Remove(mount);
        VfsPath at = new(mount.Parent, mount.MountPoint!);
        at.Dentry.Mounts--;
        mount.Parent = null;
        at.Put();
        Event++;
        return 0;
    }

    /// <summary>Whether a place lies beneath another, mounts included. Linux: <c>is_path_reachable</c>.</summary>
    public bool IsBelow(VfsPath place, VfsPath top)
    {
        while (!ReferenceEquals(place.Mount, top.Mount))
        {
            if (place.Mount.Parent == null)
                return false;
            place = new VfsPath(place.Mount.Parent, place.Mount.MountPoint!);
        }
        return place.Dentry.IsWithin(top.Dentry);
    }

    /// <summary>Copies the mounts beneath a place to the same places beneath a mount of it. Linux: <c>copy_tree</c>.</summary>
    public void CopyBelow(VfsPath from, Mount to)
    {
        Dictionary<Mount, Mount> copies = new() { [from.Mount] = to };
        foreach (Mount mount in _mounts.ToArray())
        {
            if (ReferenceEquals(mount, to) || mount.Parent == null || !copies.TryGetValue(mount.Parent, out Mount? parent))
                continue;
            if (ReferenceEquals(mount.Parent, from.Mount) && !mount.MountPoint!.IsWithin(from.Dentry))
                continue;
            if (!copies.ContainsKey(mount))
                copies[mount] = Attach(mount.FileSystem, mount.Root, new VfsPath(parent, mount.MountPoint!), mount.Flags, mount.Source);
        }
    }

    /// <summary>Attaches a mount to another place. Linux: <c>do_move_mount</c>.</summary>
    public void Move(Mount mount, VfsPath at)
    {
        Traverse(ref at);
        VfsPath old = new(mount.Parent!, mount.MountPoint!);
        at.Get();
        at.Dentry.Mounts++;
        mount.Parent = at.Mount;
        mount.MountPoint = at.Dentry;
        old.Dentry.Mounts--;
        old.Put();
        Event++;
    }

    /// <summary>Makes a mount the top, and attaches the one that was to a place beneath it. Linux: <c>pivot_root</c>.</summary>
    public void Pivot(Mount oldRoot, Mount newRoot, VfsPath put)
    {
        VfsPath at = new(newRoot.Parent!, newRoot.MountPoint!);
        newRoot.Parent = oldRoot.Parent;
        newRoot.MountPoint = oldRoot.MountPoint;
        at.Dentry.Mounts--;
        put.Get();
        put.Dentry.Mounts++;
        oldRoot.Parent = put.Mount;
        oldRoot.MountPoint = put.Dentry;
        at.Put();
        _mounts.Remove(newRoot);
        _mounts.Insert(_mounts.IndexOf(oldRoot), newRoot);
        Event++;
    }

    /// <summary>Goes from a place to what is mounted upon it, if something is. Linux: <c>traverse_mounts</c>.</summary>
    public void Traverse(ref VfsPath path)
    {
        while (path.Dentry.Mounts != 0 && Find(path) is { } mount)
            path = new VfsPath(mount, mount.Root);
    }

    // Linux: lookup_mnt
    private Mount? Find(VfsPath path)
    {
        foreach (Mount mount in _mounts)
        {
            if (ReferenceEquals(mount.MountPoint, path.Dentry) && ReferenceEquals(mount.Parent, path.Mount))
                return mount;
        }
        return null;
    }
}
