using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>
/// <c>struct sigaction</c> as glibc and musl declare it on both architectures (sigaction(3)); its set of signals is
/// 128 bytes, unlike the kernel's.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 152)]
internal struct NativeSigaction
{
    [FieldOffset(0)] internal nint Handler;
    [FieldOffset(8)] internal ulong MaskLow;
    [FieldOffset(136)] internal int Flags;
    [FieldOffset(144)] internal nint Restorer;
}

/// <summary><c>struct rlimit</c> of a 64-bit host (getrlimit(2)).</summary>
internal struct NativeRlimit
{
    internal ulong Soft;
    internal ulong Hard;
}

/// <summary>Foreign functions on the process, its threads, signals and clocks.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Libc)]
    internal static partial int getpid();

    [LibraryImport(Libc)]
    internal static partial int getppid();

    [LibraryImport(Libc)]
    internal static partial int getpgrp();

    [LibraryImport(Libc)]
    internal static partial int getresuid(uint* real, uint* effective, uint* saved);

    [LibraryImport(Libc)]
    internal static partial int getresgid(uint* real, uint* effective, uint* saved);

    [LibraryImport(Libc)]
    internal static partial int getgroups(int size, uint* list);

    [LibraryImport(Libc)]
    internal static partial uint umask(uint mask);

    [LibraryImport(Libc)]
    internal static partial int prlimit(int pid, int resource, NativeRlimit* newLimit, NativeRlimit* oldLimit);

    [LibraryImport(Libc)]
    internal static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport(Libc)]
    internal static partial int uname(byte* buffer);

    [LibraryImport(Libc)]
    internal static partial nint getrandom(byte* buffer, nint size, uint flags);

    [LibraryImport(Libc)]
    internal static partial void _exit(int status);

    [LibraryImport(Libc)]
    internal static partial int sigaction(int signal, NativeSigaction* action, NativeSigaction* old);

    /// <summary>Answered by the vDSO for the common clocks: too short to pay for a transition.</summary>
    [LibraryImport(Libc)]
    [SuppressGCTransition]
    internal static partial int clock_gettime(int clock, NativeTimespec* time);

    [LibraryImport(Libc)]
    internal static partial int clock_getres(int clock, NativeTimespec* resolution);

    /// <summary>Returns a positive errno, not -1 (clock_nanosleep(2)).</summary>
    [LibraryImport(Libc)]
    internal static partial int clock_nanosleep(int clock, int flags, NativeTimespec* request, NativeTimespec* remain);

    private const int SigBlock = 0;
    private const int SigUnblock = 1;
    private const int SigSetMask = 2;

    /// <summary>Blocks the signals of a mask for the calling thread; returns the mask before (rt_sigprocmask(2)).</summary>
    internal static ulong BlockSignals(ulong mask) => ChangeSignalMask(SigBlock, mask);

    /// <summary>Unblocks the signals of a mask for the calling thread; returns the mask before.</summary>
    internal static ulong UnblockSignals(ulong mask) => ChangeSignalMask(SigUnblock, mask);

    /// <summary>Sets the calling thread's mask of blocked signals.</summary>
    internal static void SetSignalMask(ulong mask) => ChangeSignalMask(SigSetMask, mask);

    private static ulong ChangeSignalMask(int how, ulong mask)
    {
        ulong old = 0;
        Syscall(SyscallNumber.RtSigprocmask, how, (nint)(&mask), (nint)(&old), sizeof(ulong));
        return old;
    }
}
