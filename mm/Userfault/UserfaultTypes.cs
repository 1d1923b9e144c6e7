using System.Runtime.InteropServices;

namespace Emu.Mm;

/// <summary>What a userfaultfd can do, or was told to. Linux: <c>UFFD_FEATURE_*</c>.</summary>
[Flags]
public enum UserfaultFeatures : ulong
{
    /// <summary>Nothing beyond missing pages of anonymous memory.</summary>
    None = 0,

    /// <summary>Messages say whether a page was write-protected.</summary>
    PageFaultFlagWp = 1 << 0,

    /// <summary>fork is told of.</summary>
    EventFork = 1 << 1,

    /// <summary>mremap is told of.</summary>
    EventRemap = 1 << 2,

    /// <summary>MADV_DONTNEED and MADV_REMOVE are told of.</summary>
    EventRemove = 1 << 3,

    /// <summary>Missing pages of hugetlbfs.</summary>
    MissingHugetlbfs = 1 << 4,

    /// <summary>Missing pages of shmem.</summary>
    MissingShmem = 1 << 5,

    /// <summary>munmap is told of.</summary>
    EventUnmap = 1 << 6,

    /// <summary>No messages: the access gets SIGBUS.</summary>
    Sigbus = 1 << 7,

    /// <summary>Messages name the thread.</summary>
    ThreadId = 1 << 8,

    /// <summary>Pages of hugetlbfs that are there but not mapped.</summary>
    MinorHugetlbfs = 1 << 9,

    /// <summary>Pages of shmem that are there but not mapped.</summary>
    MinorShmem = 1 << 10,

    /// <summary>Messages give the address to the byte.</summary>
    ExactAddress = 1 << 11,

    /// <summary>Write protection of hugetlbfs and shmem.</summary>
    WpHugetlbfsShmem = 1 << 12,

    /// <summary>Anonymous pages that are not there can be write-protected too.</summary>
    WpUnpopulated = 1 << 13,

    /// <summary>UFFDIO_POISON.</summary>
    Poison = 1 << 14,

    /// <summary>A write takes the protection away without a message.</summary>
    WpAsync = 1 << 15,

    /// <summary>UFFDIO_MOVE.</summary>
    Move = 1 << 16,

    /// <summary>Everything that there is. Linux: <c>UFFD_API_FEATURES</c>.</summary>
    All = (1 << 17) - 1,
}

/// <summary>What a message is about. Linux: <c>UFFD_EVENT_*</c>.</summary>
public enum UserfaultEvent : byte
{
    /// <summary>An access waits.</summary>
    PageFault = 0x12,

    /// <summary>A fork: the child's userfaultfd comes with it.</summary>
    Fork = 0x13,

    /// <summary>mremap has moved a range.</summary>
    Remap = 0x14,

    /// <summary>The contents of a range are gone.</summary>
    Remove = 0x15,

    /// <summary>A range is not mapped any more.</summary>
    Unmap = 0x16,
}

/// <summary>What a message says of a fault. Linux: <c>UFFD_PAGEFAULT_FLAG_*</c>.</summary>
[Flags]
public enum UserfaultFlags : ulong
{
    /// <summary>A read of a missing page.</summary>
    None = 0,

    /// <summary>A write.</summary>
    Write = 1,

    /// <summary>The page was write-protected.</summary>
    Wp = 2,

    /// <summary>The page is there but not mapped.</summary>
    Minor = 4,
}

/// <summary>One message, as read gives it. Linux: <c>struct uffd_msg</c>; 32 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct UserfaultMessage
{
    /// <summary>What it is about.</summary>
    [FieldOffset(0)] public UserfaultEvent Event;

    /// <summary>
    /// First word: flags of a fault; from, for a remap; start, for a removal or an unmapping; the descriptor (set by who reads), for a fork.
    /// </summary>
    [FieldOffset(8)] public ulong Argument0;

    /// <summary>Second word: address of a fault; to, for a remap; end, for a removal or an unmapping.</summary>
    [FieldOffset(16)] public ulong Argument1;

    /// <summary>Third word: thread of a fault; length of a remap.</summary>
    [FieldOffset(24)] public ulong Argument2;
}

/// <summary>What the calls that fill memory are told. Linux: <c>UFFDIO_*_MODE_*</c>.</summary>
[Flags]
public enum UserfaultMode : ulong
{
    /// <summary>Who waits is woken.</summary>
    None = 0,

    /// <summary>Nobody is woken.</summary>
    DontWake = 1,

    /// <summary>The pages come write-protected.</summary>
    Wp = 2,
}

/// <summary>What a range is registered for. Linux: <c>UFFDIO_REGISTER_MODE_*</c>.</summary>
[Flags]
public enum UserfaultRegister : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Missing pages.</summary>
    Missing = 1,

    /// <summary>Writes to protected pages.</summary>
    Wp = 2,

    /// <summary>Pages that are there but not mapped.</summary>
    Minor = 4,
}
