using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>The kernel's access to a task's memory, with the faults it takes. Linux: <c>copy_from_user</c> and its kin.</summary>
/// <remarks>
/// It walks the page tables as the MMU does and calls the same fault handler. No host pointer is kept across a fault. A write to a frame
/// that is watched is told to the watcher. Not for two threads at a time.
/// </remarks>
public sealed unsafe class UserAccess
{
    private FaultContext _context;

    /// <summary>Access to the memory of an address space.</summary>
    public UserAccess(MemoryDescriptor mm) => Mm = mm;

    /// <summary>The address space; another after exec.</summary>
    public MemoryDescriptor Mm { get; set; }

    /// <summary>Whose accesses they are: copied into events.</summary>
    public ref FaultContext Context => ref _context;

    /// <summary>
    /// What the task forbids itself, two bits a protection key: any access, writing. Linux: the kernel's accesses obey PKRU too. Opaque to mm but
    /// for that; set by whoever enters the kernel.
    /// </summary>
    public uint ForbiddenKeys { get; set; }

    /// <summary>Whether a range can be the user's at all. Linux: <c>access_ok</c>.</summary>
    public static bool IsUserRange(ulong address, ulong length) => length <= MmConstants.TaskSize && address <= MmConstants.TaskSize - length;

    /// <summary>Copies from the user.</summary>
    /// <returns>Bytes left uncopied: 0 if all went well.</returns>
    public int CopyFrom(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            byte* source = Translate(address, write: false, out int left);
            if (source == null)
                return destination.Length;
            int length = Math.Min(left, destination.Length);
            new ReadOnlySpan<byte>(source, length).CopyTo(destination);
            destination = destination[length..];
            address += (ulong)length;
        }
        return 0;
    }

    /// <summary>Copies to the user.</summary>
    /// <returns>Bytes left uncopied.</returns>
    public int CopyTo(ulong address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            byte* destination = Translate(address, write: true, out int left);
            if (destination == null)
                return source.Length;
            int length = Math.Min(left, source.Length);
            source[..length].CopyTo(new Span<byte>(destination, length));
            Wrote(destination, length);
            source = source[length..];
            address += (ulong)length;
        }
        return 0;
    }

    /// <summary>Zeroes the user's memory. Linux: <c>clear_user</c>.</summary>
    /// <returns>Bytes left as they were.</returns>
    public ulong Clear(ulong address, ulong length)
    {
        while (length != 0)
        {
            byte* destination = Translate(address, write: true, out int left);
            if (destination == null)
                return length;
            int part = (int)Math.Min((ulong)left, length);
            new Span<byte>(destination, part).Clear();
            Wrote(destination, part);
            length -= (ulong)part;
            address += (ulong)part;
        }
        return 0;
    }

    /// <summary>Reads a value. Linux: <c>get_user</c>.</summary>
    /// <returns>Whether it could be read.</returns>
    public bool TryGet<T>(ulong address, out T value)
        where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        fixed (T* pointer = &value)
            return CopyFrom(address, new Span<byte>(pointer, sizeof(T))) == 0;
    }

    /// <summary>Writes a value. Linux: <c>put_user</c>.</summary>
    /// <returns>Whether it could be written.</returns>
    public bool TryPut<T>(ulong address, T value)
        where T : unmanaged => CopyTo(address, new ReadOnlySpan<byte>(&value, sizeof(T))) == 0;

    /// <summary>Copies a string up to its NUL. Linux: <c>strncpy_from_user</c>.</summary>
    /// <param name="address">Where it starts.</param>
    /// <param name="destination">Takes the bytes before the NUL.</param>
    /// <returns>Its length; the length of <paramref name="destination"/> if no NUL came up to there; -EFAULT.</returns>
    public int CopyStringFrom(ulong address, Span<byte> destination)
    {
        int copied = 0;
        while (copied < destination.Length)
        {
            byte* source = Translate(address, write: false, out int left);
            if (source == null)
                return -Errno.EFAULT;
            ReadOnlySpan<byte> part = new(source, Math.Min(left, destination.Length - copied));
            int end = part.IndexOf((byte)0);
            part[..(end < 0 ? part.Length : end)].CopyTo(destination[copied..]);
            if (end >= 0)
                return copied + end;
            copied += part.Length;
            address += (ulong)part.Length;
        }
        return copied;
    }

    /// <summary>
    /// Passes the user's memory to <paramref name="part"/> page by page, without a copy. The span is valid during the call only, which must
    /// not touch this address space.
    /// </summary>
    /// <param name="address">Where it starts.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="write">Whether the parts will be written.</param>
    /// <param name="state">Passed on.</param>
    /// <param name="part">Handles one part and returns the bytes it took, or a negative errno to stop with.</param>
    /// <returns>Bytes handled before the first fault, short part or error; the error if there were none; -EFAULT if the first byte faults.</returns>
    public long ForEachPart<TState>(ulong address, ulong length, bool write, TState state, SpanFunc<byte, TState, int> part)
    {
        long done = 0;
        while ((ulong)done < length)
        {
            byte* host = Translate(address + (ulong)done, write, out int left);
            if (host == null)
                return done != 0 ? done : -Errno.EFAULT;
            int size = (int)Math.Min((ulong)left, length - (ulong)done);
            int result = part(new Span<byte>(host, size), state);
            if (result < 0)
                return done != 0 ? done : result;
            if (write && result != 0)
                Wrote(host, result);
            done += result;
            if (result < size)
                break;
        }
        return done;
    }

    /// <summary>
    /// The frame behind an address for an atomic operation of the kernel (futex). The frame is only valid until the next fault.
    /// </summary>
    /// <returns>Null if the access faults.</returns>
    public ref uint TryPin32(ulong address, bool write)
    {
        byte* host = (address & 3) == 0 ? Translate(address, write, out _) : null;
        return ref host == null ? ref Unsafe.NullRef<uint>() : ref *(uint*)host;
    }

    // Host address of a user address, with the fault taken if need be; null if it cannot be accessed.
    private byte* Translate(ulong address, bool write, out int left)
    {
        left = (int)(MmConstants.PageSize - (address & ~MmConstants.PageMask));
        if (address >= MmConstants.TaskSize)
            return null;
        while (true)
        {
            Pte* entry = Mm.PageTable.Walk(address, out int level);
            ulong needed = Pte.PresentBit | Pte.UserBit | (write ? Pte.WriteBit : 0);
            if ((entry->Value & needed) == needed && (level == 0 || entry->IsLarge))
            {
                if (ForbiddenKeys != 0 && IsForbidden(*entry, write))
                    return null;
                Interlocked.Or(ref *(ulong*)entry, Pte.AccessedBit | (write ? Pte.DirtyBit : 0));
                ulong offset = address & (PageTable.SpanOf(level) - 1);
                return Mm.Manager.Memory.Frame(entry->Pfn) + offset;
            }
            PageFaultError error = write ? PageFaultError.Write : PageFaultError.None;
            if ((entry->Value & Pte.PresentBit) != 0 && (level == 0 || entry->IsLarge))
                error |= PageFaultError.Present;
            if (!Resolve(address, error))
                return null;
        }
    }

    private bool IsForbidden(Pte entry, bool write)
    {
        uint rights = ForbiddenKeys >> (entry.ProtectionKey * 2);
        return (rights & (write ? 3u : 1u)) != 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Resolve(ulong address, PageFaultError error)
    {
        FaultOutcome outcome = Mm.Manager.Faults.HandlePageFault(Mm, address, error, _context);
        return outcome.Status == FaultStatus.Resolved || (outcome.Status == FaultStatus.Retry && Mm.Manager.WaitForFault(outcome));
    }

    private void Wrote(byte* host, int length)
    {
        PhysicalMemory memory = Mm.Manager.Memory;
        ulong physical = (ulong)(host - memory.Ram);
        Mm.Manager.KernelWrote((uint)(physical >> MmConstants.PageShift), (uint)(physical & ~MmConstants.PageMask), (uint)length);
    }
}

/// <summary>A function over a span that returns a value.</summary>
public delegate TResult SpanFunc<T, in TState, out TResult>(Span<T> span, TState state);
