using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Extended attributes that live in memory. Linux: fs/xattr.c (<c>simple_xattr_set</c>).</summary>
internal sealed class MemoryXattrs
{
    /// <summary>XATTR_CREATE.</summary>
    public const int CreateOnly = 1;

    /// <summary>XATTR_REPLACE.</summary>
    public const int ReplaceOnly = 2;

    private readonly Dictionary<byte[], byte[]> _values = new(NameComparer.Instance);

    /// <summary>Whether attributes of a name are kept for a type of file. Linux: the handlers of tmpfs, <c>xattr_permission</c>.</summary>
    public static int CheckName(ReadOnlySpan<byte> name, uint type)
    {
        if (name.StartsWith("user."u8))
            return type is ModeBits.Regular or ModeBits.Directory ? 0 : -Errno.EPERM;
        return name.StartsWith("trusted."u8) || name.StartsWith("security."u8) ? 0 : -Errno.EOPNOTSUPP;
    }

    /// <summary>The value of an attribute.</summary>
    /// <returns>Its size, -ENODATA or -ERANGE.</returns>
    public int Get(ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (!_values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out byte[]? found))
            return -Errno.ENODATA;
        return CopyOut(found, value);
    }

    /// <summary>Sets an attribute.</summary>
    /// <returns>0, -EEXIST or -ENODATA.</returns>
    public int Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> lookup = _values.GetAlternateLookup<ReadOnlySpan<byte>>();
        bool exists = lookup.ContainsKey(name);
        if ((flags & CreateOnly) != 0 && exists)
            return -Errno.EEXIST;
        if ((flags & ReplaceOnly) != 0 && !exists)
            return -Errno.ENODATA;
        lookup[name] = value.ToArray();
        return 0;
    }

    /// <summary>Removes an attribute.</summary>
    public int Remove(ReadOnlySpan<byte> name) =>
        _values.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name) ? 0 : -Errno.ENODATA;

    /// <summary>The names, each with its NUL.</summary>
    /// <returns>Their size or -ERANGE.</returns>
    public int List(Span<byte> list)
    {
        int size = 0;
        foreach (byte[] name in _values.Keys)
        {
            if (!list.IsEmpty)
            {
                if (list.Length - size < name.Length + 1)
                    return -Errno.ERANGE;
                name.CopyTo(list[size..]);
                list[size + name.Length] = 0;
            }
            size += name.Length + 1;
        }
        return size;
    }

    private static int CopyOut(byte[] found, Span<byte> value)
    {
        if (value.IsEmpty)
            return found.Length;
        if (found.Length > value.Length)
            return -Errno.ERANGE;
        found.CopyTo(value);
        return found.Length;
    }
}
