namespace Emu.Syscalls;

/// <summary>/dev: the devices that every system has. Linux: devtmpfs.</summary>
internal sealed class DevFileSystem : TmpFileSystem
{
    private const uint AllReadWrite = 0x1B6;

    private static readonly (string Name, uint Major, uint Minor)[] Devices =
    [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0), ("ptmx", 5, 2),
    ];

    private static readonly (string Name, string Target)[] Links =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"),
    ];

    /// <summary>The devices.</summary>
    public DevFileSystem(Vfs vfs)
        : base(vfs, vfs.NextAnonymousDevice(), new TmpOptions(0, 0, Mode: 0x1ED))
    {
        DirectoryInode root = (DirectoryInode)Root.Inode!;
        foreach ((string name, uint major, uint minor) in Devices)
            Add(root, name, new NewInode { Mode = ModeBits.Character | AllReadWrite, Device = new DeviceNumber(major, minor) });
        foreach ((string name, string target) in Links)
            Add(root, name, new NewInode { Mode = ModeBits.Link | 0x1FF, Target = Bytes(target) });
        Add(root, "shm", new NewInode { Mode = ModeBits.Directory | ModeBits.Sticky | 0x1FF });
        Add(root, "pts", new NewInode { Mode = ModeBits.Directory | 0x1ED });
    }

    /// <inheritdoc/>
    public override string TypeName => "devtmpfs";

    private static void Add(DirectoryInode directory, string name, in NewInode made)
    {
        _ = directory.Create(Bytes(name), made, out Inode? inode); // without limits nothing can go wrong
        inode!.Put();
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
