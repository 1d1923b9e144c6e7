using System.Runtime.InteropServices;

namespace Emu.Mm;

/// <summary>Reservations of host address space that back the guest's physical memory and the memory map.</summary>
/// <remarks>
/// A reservation is private, anonymous and NORESERVE: it costs nothing until a page of it is touched, reads as zeros, and
/// is left out of core dumps. Source: mmap(2), madvise(2).
/// </remarks>
internal static unsafe partial class HostMapping
{
    private const int ProtRead = 1, ProtWrite = 2;
    private const int MapPrivate = 0x02, MapAnonymous = 0x20, MapNoReserve = 0x4000;
    private const int MadvDontNeed = 4, MadvHugePage = 14, MadvDontDump = 16;

    /// <summary>Alignment of every reservation: a huge page of the host.</summary>
    public const ulong Alignment = 2UL << 20;

    /// <summary>Reserves <paramref name="length"/> bytes aligned to <see cref="Alignment"/>.</summary>
    /// <param name="length">Bytes; rounded up to the alignment.</param>
    /// <param name="hugePages">Whether the host is advised to back it with huge pages.</param>
    /// <exception cref="OutOfMemoryException">The host refuses the reservation.</exception>
    public static byte* Reserve(ulong length, bool hugePages)
    {
        ulong size = AlignUp(length);
        byte* raw = (byte*)Mmap(null, (nuint)(size + Alignment), ProtRead | ProtWrite,
            MapPrivate | MapAnonymous | MapNoReserve, -1, 0);
        if ((nint)raw == -1)
            throw new OutOfMemoryException($"the host cannot reserve {size >> 20} MiB of address space");
        byte* aligned = (byte*)AlignUp((ulong)raw);
        TrimEnds(raw, aligned, size);
        // Advice only: a host without THP or with core dumps disabled answers an error that changes nothing.
        _ = Madvise(aligned, (nuint)size, MadvDontDump);
        if (hugePages)
            _ = Madvise(aligned, (nuint)size, MadvHugePage);
        return aligned;
    }

    /// <summary>Gives back a reservation of <see cref="Reserve"/>.</summary>
    public static void Release(byte* address, ulong length) => _ = Munmap(address, (nuint)AlignUp(length));

    /// <summary>Drops the contents of host pages: they read as zeros when touched again.</summary>
    /// <returns>Whether the host did it; where it did not, the old contents stand.</returns>
    public static bool Discard(byte* address, ulong length) => Madvise(address, (nuint)length, MadvDontNeed) == 0;

    private static void TrimEnds(byte* raw, byte* aligned, ulong size)
    {
        ulong head = (ulong)(aligned - raw);
        if (head != 0)
            _ = Munmap(raw, (nuint)head);
        ulong tail = Alignment - head;
        if (tail != 0)
            _ = Munmap(aligned + size, (nuint)tail);
    }

    private static ulong AlignUp(ulong value) => (value + Alignment - 1) & ~(Alignment - 1);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);
}
