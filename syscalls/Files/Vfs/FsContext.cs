namespace Emu.Syscalls;

/// <summary>Where a process stands in the tree. Linux: <c>struct fs_struct</c>.</summary>
internal sealed class FsContext
{
    private VfsPath _root, _current;

    /// <summary>A context at a place; it takes references of its own.</summary>
    public FsContext(VfsPath root, VfsPath current, uint umask)
    {
        _root = root.Get();
        _current = current.Get();
        Umask = umask;
    }

    /// <summary>Tasks that share it. Linux: <c>users</c>.</summary>
    public int Users { get; private set; } = 1;

    /// <summary>Bits that new files do not get. Linux: <c>umask</c>.</summary>
    public uint Umask { get; set; }

    /// <summary>What <c>/</c> means. Linux: <c>root</c>.</summary>
    public VfsPath Root
    {
        get => _root;
        set => Set(ref _root, value);
    }

    /// <summary>Where relative paths start. Linux: <c>pwd</c>.</summary>
    public VfsPath Current
    {
        get => _current;
        set => Set(ref _current, value);
    }

    /// <summary>A context of its own at the same place (fork). Linux: <c>copy_fs_struct</c>.</summary>
    public FsContext Copy() => new(_root, _current, Umask);

    /// <summary>One more task shares it (CLONE_FS).</summary>
    public FsContext Get()
    {
        Users++;
        return this;
    }

    /// <summary>One task less. Linux: <c>exit_fs</c>.</summary>
    public void Put()
    {
        if (--Users != 0)
            return;
        _root.Put();
        _current.Put();
    }

    private static void Set(ref VfsPath place, VfsPath path)
    {
        VfsPath old = place;
        place = path.Get();
        old.Put();
    }
}
