namespace Emu.Syscalls;

/// <summary>/sys. Linux: fs/sysfs.</summary>
internal sealed class SysFileSystem : PseudoFileSystem
{
    /// <summary>The file system; there is one for the machine.</summary>
    public SysFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "sysfs";

    /// <inheritdoc/>
    protected override long Magic => 0x62656572;

    /// <inheritdoc/>
    protected override Inode MakeRoot() => new TableDirectory(this, new PseudoContext(Vfs.Kernel, null, null), 0x16D, SysTable.Entries);
}

/// <summary>The files of /sys: one row each.</summary>
internal static class SysTable
{
    /// <summary>The rows of the root.</summary>
    public static PseudoEntry[] Entries { get; } =
    [
        PseudoEntry.Directory("fs", [PseudoEntry.Directory("cgroup", [])]),
        PseudoEntry.Directory("kernel", [PseudoEntry.Directory("mm", ProcMmTable.KernelMmEntries)]),
        PseudoEntry.Directory("devices", [PseudoEntry.Directory("system", SysDevices.Entries)]),
    ];
}
