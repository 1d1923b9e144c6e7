namespace Emu.Host;

/// <summary>
/// The host's directories: reading them, and making, removing, renaming and linking what they name. Every result is ≥ 0
/// or a negative errno; paths as in <see cref="HostFile"/>. None of the calls waits for another process, so none needs
/// an interruptible form.
/// </summary>
public static unsafe class HostDirectory
{
    /// <summary>
    /// getdents64(2): the bytes of whole entries put into the buffer, 0 at the end; <c>-EINVAL</c> when not even one
    /// entry fits. <see cref="HostDirectoryEntries"/> reads them. Seek to an entry's <c>Off</c> to go on behind it.
    /// </summary>
    public static int GetDents64(int fd, Span<byte> buffer)
    {
        fixed (byte* address = buffer)
            return (int)Native.Syscall(SyscallNumber.Getdents64, fd, (nint)address, buffer.Length);
    }

    /// <summary>mkdirat(2). The host's umask applies.</summary>
    public static int MkDirAt(int dirFd, ReadOnlySpan<byte> path, uint mode)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        return error < 0 ? error : Native.Result(Native.mkdirat(dirFd, name, mode));
    }

    /// <summary>unlinkat(2); with <see cref="HostAtFlags.RemoveDirectory"/> a directory.</summary>
    public static int UnlinkAt(int dirFd, ReadOnlySpan<byte> path, int flags)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        return error < 0 ? error : Native.Result(Native.unlinkat(dirFd, name, flags));
    }

    /// <summary>renameat2(2); flags are <see cref="HostRenameFlags"/>.</summary>
    public static int RenameAt2(
        int oldDirFd, ReadOnlySpan<byte> oldPath, int newDirFd, ReadOnlySpan<byte> newPath, uint flags)
    {
        byte* oldName = stackalloc byte[CString.PathMax];
        byte* newName = stackalloc byte[CString.PathMax];
        int error = CopyPaths(oldPath, oldName, newPath, newName);
        if (error < 0)
            return error;
        return (int)Native.Syscall(
            SyscallNumber.Renameat2, oldDirFd, (nint)oldName, newDirFd, (nint)newName, (nint)flags);
    }

    /// <summary>
    /// linkat(2). <see cref="HostAtFlags.EmptyPath"/> (link the old descriptor itself) needs CAP_DAC_READ_SEARCH; without
    /// it link <see cref="HostFile.FormatProcPath"/> with <see cref="HostAtFlags.SymlinkFollow"/>.
    /// </summary>
    public static int LinkAt(
        int oldDirFd, ReadOnlySpan<byte> oldPath, int newDirFd, ReadOnlySpan<byte> newPath, int flags)
    {
        byte* oldName = stackalloc byte[CString.PathMax];
        byte* newName = stackalloc byte[CString.PathMax];
        int error = CopyPaths(oldPath, oldName, newPath, newName);
        return error < 0 ? error : Native.Result(Native.linkat(oldDirFd, oldName, newDirFd, newName, flags));
    }

    /// <summary>symlinkat(2): makes <paramref name="path"/> a link to <paramref name="target"/>.</summary>
    public static int SymlinkAt(ReadOnlySpan<byte> target, int dirFd, ReadOnlySpan<byte> path)
    {
        byte* targetName = stackalloc byte[CString.PathMax];
        byte* name = stackalloc byte[CString.PathMax];
        int error = CopyPaths(target, targetName, path, name);
        return error < 0 ? error : Native.Result(Native.symlinkat(targetName, dirFd, name));
    }

    /// <summary>
    /// readlinkat(2): the target's length, cut without a word to the buffer; no NUL is written. An empty path means the
    /// link that an O_PATH descriptor holds.
    /// </summary>
    public static int ReadLinkAt(int dirFd, ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        if (error < 0)
            return error;
        fixed (byte* address = buffer)
            return (int)Native.Result(Native.readlinkat(dirFd, name, address, buffer.Length));
    }

    /// <summary>
    /// mknodat(2): a regular file, FIFO, socket or device by the type in the mode (<see cref="HostFileType"/>).
    /// <paramref name="device"/> is encoded as <see cref="HostStatx.EncodeDevice"/> does. The host's umask applies.
    /// </summary>
    public static int MkNodAt(int dirFd, ReadOnlySpan<byte> path, uint mode, uint device = 0)
    {
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        return error < 0
            ? error
            : (int)Native.Syscall(SyscallNumber.Mknodat, dirFd, (nint)name, (nint)mode, (nint)device);
    }

    /// <summary>
    /// getcwd(2): the length of the working directory's absolute path, without NUL. <c>-ERANGE</c> when it does not fit
    /// with its NUL, <c>-ENOENT</c> when the directory was removed.
    /// </summary>
    public static int GetCurrent(Span<byte> buffer)
    {
        fixed (byte* address = buffer)
        {
            int length = (int)Native.Syscall(SyscallNumber.Getcwd, (nint)address, buffer.Length);
            return length < 0 ? length : length - 1;
        }
    }

    private static int CopyPaths(ReadOnlySpan<byte> a, byte* aName, ReadOnlySpan<byte> b, byte* bName)
    {
        int error = CString.CopyPath(a, aName);
        return error < 0 ? error : CString.CopyPath(b, bName);
    }
}
