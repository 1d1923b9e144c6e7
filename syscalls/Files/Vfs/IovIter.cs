using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A range of the user's memory. Linux: <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct IoVector(ulong Address, ulong Length);

/// <summary>Where data of a transfer comes from or goes to, and how far it has got. Linux: <c>struct iov_iter</c>.</summary>
/// <remarks>
/// The user's memory (one range or several) or the kernel's. Every copy moves the iterator on by what was copied; a copy that falls short
/// met a bad address.
/// </remarks>
internal ref struct IovIter
{
    /// <summary>Bytes that one call moves at most. Linux: <c>MAX_RW_COUNT</c>.</summary>
    public const long MaxCount = int.MaxValue & ~0xFFF;

    private readonly UserAccess? _user;
    private ReadOnlySpan<IoVector> _vectors;
    private Span<byte> _kernel;
    private ulong _address, _left;

    /// <summary>One range of the user's memory.</summary>
    public IovIter(UserAccess user, ulong address, long count)
    {
        _user = user;
        _address = address;
        _left = (ulong)count;
        Count = count;
    }

    /// <summary>Ranges of the user's memory.</summary>
    /// <param name="user">Access to it.</param>
    /// <param name="vectors">The ranges; they outlive the iterator.</param>
    /// <param name="count">Bytes in all.</param>
    public IovIter(UserAccess user, ReadOnlySpan<IoVector> vectors, long count)
    {
        _user = user;
        _vectors = vectors;
        Count = count;
    }

    /// <summary>Memory of the kernel's own.</summary>
    public IovIter(Span<byte> kernel)
    {
        _kernel = kernel;
        Count = kernel.Length;
    }

    /// <summary>Bytes left.</summary>
    public long Count { get; private set; }

    /// <summary>Goes on with fewer bytes. Linux: <c>iov_iter_truncate</c>.</summary>
    public void Truncate(long count) => Count = Math.Min(Count, count);

    /// <summary>Takes a truncation back. Linux: <c>iov_iter_reexpand</c>.</summary>
    public void Reexpand(long count) => Count = count;

    /// <summary>Passes over bytes. Linux: <c>iov_iter_advance</c>.</summary>
    public void Advance(long count)
    {
        Count -= count;
        if (_user == null)
        {
            _kernel = _kernel[(int)count..];
            return;
        }
        while ((ulong)count > _left)
        {
            count -= (long)_left;
            NextVector();
        }
        _address += (ulong)count;
        _left -= (ulong)count;
    }

    /// <summary>Copies data to it. Linux: <c>copy_to_iter</c>.</summary>
    /// <returns>Bytes copied.</returns>
    public int CopyTo(scoped ReadOnlySpan<byte> source)
    {
        if (source.Length > Count)
            source = source[..(int)Count];
        if (_user == null)
        {
            source.CopyTo(_kernel);
            Advance(source.Length);
            return source.Length;
        }
        int done = 0;
        while (done < source.Length)
        {
            int part = NextPart(source.Length - done);
            int left = _user.CopyTo(_address, source.Slice(done, part));
            done += part - left;
            Advance(part - left);
            if (left != 0)
                break;
        }
        return done;
    }

    /// <summary>Copies data from it. Linux: <c>copy_from_iter</c>.</summary>
    /// <returns>Bytes copied.</returns>
    public int CopyFrom(scoped Span<byte> destination)
    {
        if (destination.Length > Count)
            destination = destination[..(int)Count];
        if (_user == null)
        {
            _kernel[..destination.Length].CopyTo(destination);
            Advance(destination.Length);
            return destination.Length;
        }
        int done = 0;
        while (done < destination.Length)
        {
            int part = NextPart(destination.Length - done);
            int left = _user.CopyFrom(_address, destination.Slice(done, part));
            done += part - left;
            Advance(part - left);
            if (left != 0)
                break;
        }
        return done;
    }

    /// <summary>Fills it with zeros. Linux: <c>iov_iter_zero</c>.</summary>
    /// <returns>Bytes filled.</returns>
    public long Zero(long count)
    {
        count = Math.Min(count, Count);
        if (_user == null)
        {
            _kernel[..(int)count].Clear();
            Advance(count);
            return count;
        }
        long done = 0;
        while (done < count)
        {
            int part = NextPart(count - done);
            int left = (int)_user.Clear(_address, (ulong)part);
            done += part - left;
            Advance(part - left);
            if (left != 0)
                break;
        }
        return done;
    }

    /// <summary>Whether the next byte could be written to, so that data can be taken for it. Linux: <c>fault_in_iov_iter_writeable</c>.</summary>
    public readonly bool CanWrite()
    {
        if (_user == null || Count == 0)
            return true;
        IovIter probe = this;
        _ = probe.NextPart(1);
        return _user.ForEachPart(probe._address, 1, write: true, 0, static (_, _) => 0) == 0;
    }

    // Bytes that can be taken from the range at hand, of which there are some.
    private int NextPart(long wanted)
    {
        while (_left == 0)
            NextVector();
        return (int)Math.Min((ulong)wanted, _left);
    }

    private void NextVector()
    {
        _address = _vectors[0].Address;
        _left = _vectors[0].Length;
        _vectors = _vectors[1..];
    }
}

/// <summary>One transfer. Linux: <c>struct kiocb</c>.</summary>
/// <param name="task">Who asks for it.</param>
/// <param name="file">The open file.</param>
/// <param name="position">Where in the file; moved on by the transfer.</param>
/// <param name="flags">How.</param>
internal ref struct Kiocb(Task task, OpenFile file, ulong position, IoFlags flags)
{
    /// <summary>Who asks for it.</summary>
    public readonly Task Task = task;

    /// <summary>The open file. Linux: <c>ki_filp</c>.</summary>
    public readonly OpenFile File = file;

    /// <summary>Where in the file. Linux: <c>ki_pos</c>.</summary>
    public ulong Position = position;

    /// <summary>How. Linux: <c>ki_flags</c>.</summary>
    public IoFlags Flags = flags;

    /// <summary>Whether it may be suspended as long as nothing was moved.</summary>
    public readonly bool MaySuspend => (Flags & IoFlags.MaySuspend) != 0;

    /// <summary>Whether it must not wait.</summary>
    public readonly bool IsNonBlocking => (Flags & IoFlags.NoWait) != 0 || (File.Flags & OpenFlags.NonBlock) != 0;
}

/// <summary>Flags of preadv2 and pwritev2. Linux: include/uapi/linux/fs.h (<c>RWF_*</c>).</summary>
[Flags]
internal enum IoFlags
{
    None = 0,
    HighPriority = 1,
    DataSync = 2,
    Sync = 4,
    NoWait = 8,
    Append = 0x10,
    NoAppend = 0x20,

    /// <summary>The position was given with the call. Never the user's.</summary>
    Positioned = 0x10000,

    /// <summary>The call may be suspended and run again, see <see cref="WaitQueue.Suspend"/>. Never the user's.</summary>
    MaySuspend = 0x20000,

    Supported = HighPriority | DataSync | Sync | NoWait | Append | NoAppend,
}
