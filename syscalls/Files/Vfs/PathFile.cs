namespace Emu.Syscalls;

/// <summary>A file that is only named. Linux: <c>empty_fops</c> of O_PATH.</summary>
internal sealed class PathFile : OpenFile
{
    /// <summary>A file opened with O_PATH.</summary>
    public PathFile(Inode inode, OpenFlags flags)
        : base(inode, flags)
    {
    }
}
