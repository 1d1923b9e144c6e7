using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Takes the entries of a directory for getdents. Linux: <c>struct dir_context</c>, fs/readdir.c.</summary>
internal ref struct DirectoryEmitter
{
    private const int Header64 = 19, HeaderOld = 18;

    private readonly UserAccess? _user;
    private readonly ulong _address;
    private readonly long _size;
    private readonly bool _old;
    private long _written, _previous;
    private int _error;

    /// <summary>Entries go to the user's memory.</summary>
    /// <param name="user">Access to it.</param>
    /// <param name="address">Where they go.</param>
    /// <param name="size">Bytes that there are.</param>
    /// <param name="old">Whether in the form of getdents, not of getdents64.</param>
    public DirectoryEmitter(UserAccess user, ulong address, uint size, bool old)
    {
        _user = user;
        _address = address;
        _size = size;
        _old = old;
        _previous = -1;
    }

    /// <summary>Entries go to a list of the kernel's own.</summary>
    public DirectoryEmitter(List<DirectoryEntry> list)
    {
        List = list;
        _size = long.MaxValue;
        _previous = -1;
    }

    /// <summary>Where the entries go, if not to the user.</summary>
    public List<DirectoryEntry>? List { get; }

    /// <summary>Takes an entry. Linux: <c>dir_emit</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="number">Its inode number.</param>
    /// <param name="type">Its type; 0 if not known.</param>
    /// <param name="offset">Position of this entry: reading goes on here if it was not taken.</param>
    /// <returns>Whether it was taken; if not, the listing must end here.</returns>
    public bool Emit(ReadOnlySpan<byte> name, ulong number, byte type, long offset)
    {
        if (List != null)
        {
            List.Add(new DirectoryEntry(name.ToArray(), number, type, offset));
            return true;
        }
        int header = _old ? HeaderOld : Header64;
        int length = (header + name.Length + (_old ? 2 : 1) + 7) & ~7;
        if (_written + length > _size)
        {
            _error = -Errno.EINVAL;
            return false;
        }
        // An entry tells where the next one is, which is known only now.
        if (_previous >= 0 && !_user!.TryPut(_address + (ulong)_previous + 8, offset))
            return Fault();
        if (!Put(name, number, type, header, length))
            return Fault();
        _previous = _written;
        _written += length;
        return true;
    }

    /// <summary>What getdents returns. Linux: the end of <c>sys_getdents64</c>.</summary>
    /// <param name="error">What the listing returned.</param>
    /// <param name="position">Where reading goes on.</param>
    public readonly long Finish(int error, long position)
    {
        if (_previous < 0)
            return error < 0 ? error : _error;
        return _user!.TryPut(_address + (ulong)_previous + 8, position) ? _written : -Errno.EFAULT;
    }

    private readonly bool Put(ReadOnlySpan<byte> name, ulong number, byte type, int header, int length)
    {
        Span<byte> entry = stackalloc byte[288];
        entry = entry[..length];
        entry.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(entry, number);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[16..], (ushort)length);
        name.CopyTo(entry[header..]);
        entry[_old ? length - 1 : 18] = type;
        return _user!.CopyTo(_address + (ulong)_written, entry) == 0;
    }

    private bool Fault()
    {
        _error = -Errno.EFAULT;
        return false;
    }
}

/// <summary>An entry of a directory.</summary>
internal readonly record struct DirectoryEntry(byte[] Name, ulong Number, byte Type, long Offset);
