namespace Emu.Host;

/// <summary>
/// Turns the raw bytes of a name into the NUL-terminated string that the host wants. The bytes need not be UTF-8.
/// </summary>
internal static unsafe class CString
{
    /// <summary>The longest path with its NUL (<c>PATH_MAX</c>, include/uapi/linux/limits.h).</summary>
    internal const int PathMax = 4096;

    /// <summary>The longest name of an extended attribute with its NUL (<c>XATTR_NAME_MAX</c> + 1).</summary>
    internal const int XattrNameMax = 256;

    /// <summary>
    /// Copies a path to <paramref name="target"/>, which holds <see cref="PathMax"/> bytes.
    /// 0, <c>-ENAMETOOLONG</c>, or <c>-EINVAL</c> when a NUL stands inside: the host would silently use a shorter name.
    /// </summary>
    internal static int CopyPath(ReadOnlySpan<byte> path, byte* target) =>
        Copy(path, target, PathMax, HostErrno.ENAMETOOLONG);

    /// <summary>
    /// Copies the name of an extended attribute to <paramref name="target"/>, which holds <see cref="XattrNameMax"/>
    /// bytes. 0, <c>-ERANGE</c> when too long (as fs/xattr.c answers), or <c>-EINVAL</c> when a NUL stands inside.
    /// </summary>
    internal static int CopyXattrName(ReadOnlySpan<byte> name, byte* target) =>
        Copy(name, target, XattrNameMax, HostErrno.ERANGE);

    private static int Copy(ReadOnlySpan<byte> source, byte* target, int capacity, int tooLong)
    {
        if (source.Length >= capacity)
            return -tooLong;
        if (source.Contains((byte)0))
            return -HostErrno.EINVAL;
        source.CopyTo(new Span<byte>(target, capacity));
        target[source.Length] = 0;
        return 0;
    }
}
