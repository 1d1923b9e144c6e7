namespace Emu.Host;

/// <summary>
/// Turns the raw bytes of a name into the NUL-terminated string that the host wants. The bytes need not be UTF-8.
/// </summary>
/// <remarks>
/// Plain loops: names are short, and the library's generic searches are not all precompiled. The first call of one that
/// is not would start the JIT, which takes longer than the whole start of this layer.
/// </remarks>
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
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == 0)
                return -HostErrno.EINVAL;
            target[i] = source[i];
        }
        target[source.Length] = 0;
        return 0;
    }

    /// <summary>The length of a string that ends in a NUL, or at the end of the bytes.</summary>
    internal static int Length(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (length < bytes.Length && bytes[length] != 0)
            length++;
        return length;
    }
}
