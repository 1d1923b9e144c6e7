namespace Emu.Host;

/// <summary>
/// Extended attributes of the host's files (xattr(7)). Every result is ≥ 0 or a negative errno; paths as in
/// <see cref="HostFile"/>, names are raw bytes with their prefix (<c>user.…</c>), <c>-ERANGE</c> from 256 bytes on.
/// </summary>
/// <remarks>
/// The plain forms follow a final symbolic link, the <c>L</c> forms act on it, the <c>F</c> forms on an open file.
/// <c>F</c> takes no O_PATH descriptor; give the plain form the path of <see cref="HostFile.FormatProcPath"/> then, which
/// reaches exactly the file that the descriptor holds, a symbolic link included. An empty buffer asks for the size
/// needed; one too small is <c>-ERANGE</c>. <c>-ENODATA</c>: no such attribute. <c>-EOPNOTSUPP</c>: not on this file
/// system, or not for this name.
/// </remarks>
public static unsafe class HostXattr
{
    /// <summary><c>XATTR_CREATE</c> for setting: <c>-EEXIST</c> if it exists.</summary>
    public const int Create = 1;

    /// <summary><c>XATTR_REPLACE</c> for setting: <c>-ENODATA</c> if it does not exist.</summary>
    public const int Replace = 2;

    /// <summary>getxattr(2), following links: the size of the value.</summary>
    public static int Get(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CopyNames(path, pathName, name, attribute);
        if (error < 0)
            return error;
        fixed (byte* address = value)
            return (int)Native.Result(Native.getxattr(pathName, attribute, address, value.Length));
    }

    /// <summary>lgetxattr(2), of a link itself: the size of the value.</summary>
    public static int LGet(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CopyNames(path, pathName, name, attribute);
        if (error < 0)
            return error;
        fixed (byte* address = value)
            return (int)Native.Result(Native.lgetxattr(pathName, attribute, address, value.Length));
    }

    /// <summary>fgetxattr(2): the size of the value.</summary>
    public static int FGet(int fd, ReadOnlySpan<byte> name, Span<byte> value)
    {
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CString.CopyXattrName(name, attribute);
        if (error < 0)
            return error;
        fixed (byte* address = value)
            return (int)Native.Result(Native.fgetxattr(fd, attribute, address, value.Length));
    }

    /// <summary>setxattr(2), following links; flags are 0, <see cref="Create"/> or <see cref="Replace"/>.</summary>
    public static int Set(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags = 0)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CopyNames(path, pathName, name, attribute);
        if (error < 0)
            return error;
        fixed (byte* address = value)
            return Native.Result(Native.setxattr(pathName, attribute, address, value.Length, flags));
    }

    /// <summary>lsetxattr(2), of a link itself; flags are 0, <see cref="Create"/> or <see cref="Replace"/>.</summary>
    public static int LSet(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags = 0)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CopyNames(path, pathName, name, attribute);
        if (error < 0)
            return error;
        fixed (byte* address = value)
            return Native.Result(Native.lsetxattr(pathName, attribute, address, value.Length, flags));
    }

    /// <summary>fsetxattr(2); flags are 0, <see cref="Create"/> or <see cref="Replace"/>.</summary>
    public static int FSet(int fd, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags = 0)
    {
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CString.CopyXattrName(name, attribute);
        if (error < 0)
            return error;
        fixed (byte* address = value)
            return Native.Result(Native.fsetxattr(fd, attribute, address, value.Length, flags));
    }

    /// <summary>listxattr(2), following links: the size of the list of names, each with its NUL.</summary>
    public static int List(ReadOnlySpan<byte> path, Span<byte> list)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, pathName);
        if (error < 0)
            return error;
        fixed (byte* address = list)
            return (int)Native.Result(Native.listxattr(pathName, address, list.Length));
    }

    /// <summary>llistxattr(2), of a link itself: the size of the list of names, each with its NUL.</summary>
    public static int LList(ReadOnlySpan<byte> path, Span<byte> list)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, pathName);
        if (error < 0)
            return error;
        fixed (byte* address = list)
            return (int)Native.Result(Native.llistxattr(pathName, address, list.Length));
    }

    /// <summary>flistxattr(2): the size of the list of names, each with its NUL.</summary>
    public static int FList(int fd, Span<byte> list)
    {
        fixed (byte* address = list)
            return (int)Native.Result(Native.flistxattr(fd, address, list.Length));
    }

    /// <summary>removexattr(2), following links.</summary>
    public static int Remove(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CopyNames(path, pathName, name, attribute);
        return error < 0 ? error : Native.Result(Native.removexattr(pathName, attribute));
    }

    /// <summary>lremovexattr(2), of a link itself.</summary>
    public static int LRemove(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        byte* pathName = stackalloc byte[CString.PathMax];
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CopyNames(path, pathName, name, attribute);
        return error < 0 ? error : Native.Result(Native.lremovexattr(pathName, attribute));
    }

    /// <summary>fremovexattr(2).</summary>
    public static int FRemove(int fd, ReadOnlySpan<byte> name)
    {
        byte* attribute = stackalloc byte[CString.XattrNameMax];
        int error = CString.CopyXattrName(name, attribute);
        return error < 0 ? error : Native.Result(Native.fremovexattr(fd, attribute));
    }

    private static int CopyNames(ReadOnlySpan<byte> path, byte* pathName, ReadOnlySpan<byte> name, byte* attribute)
    {
        int error = CString.CopyPath(path, pathName);
        return error < 0 ? error : CString.CopyXattrName(name, attribute);
    }
}
