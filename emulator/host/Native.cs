using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>
/// The foreign functions of the layer and the one rule by which their results become "a value, or a negative errno".
/// </summary>
/// <remarks>
/// The declarations stand in the parts of this class by concern. All are blittable and none uses
/// <c>SetLastError</c>, which would cost two more foreign calls on every success. The error is fetched from
/// <c>__errno_location</c> only after a failure; the runtime keeps errno across its own work between two foreign
/// calls (garbage collection, binding, compilation), and <c>SuppressGCTransition</c> leaves no such work on the way to
/// it. Calls that the oldest supported glibc (2.27) does not wrap, or wraps with another meaning, go through
/// <c>syscall(2)</c> with the numbers of <see cref="SyscallNumber"/>.
/// </remarks>
internal static unsafe partial class Native
{
    /// <summary>The library of all declarations; the runtime maps the name to the C library of the host.</summary>
    internal const string Libc = "libc";

    /// <summary>True when the process runs on arm64; everything else is x86-64.</summary>
    internal static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport(Libc)]
    [SuppressGCTransition]
    private static partial int* __errno_location();

    [LibraryImport(Libc)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    /// <summary>The value of a call, or the negative errno of the calling thread when the call failed.</summary>
    /// <remarks>Must be handed the result of a foreign call directly, before any other foreign call.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Result(int value) => value >= 0 ? value : Failure();

    /// <inheritdoc cref="Result(int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Result(nint value) => value >= 0 ? value : Failure();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Failure() => -*__errno_location();

    /// <summary><c>syscall(2)</c> with up to six words: the result, or a negative errno.</summary>
    internal static long Syscall(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0) =>
        Result(syscall(number, a, b, c, d, e, f));
}

/// <summary>
/// Numbers of the system calls that are made without a libc wrapper
/// (<c>arch/x86/entry/syscalls/syscall_64.tbl</c>; <c>include/uapi/asm-generic/unistd.h</c> for arm64).
/// </summary>
internal static class SyscallNumber
{
    internal static nint RtSigprocmask => Native.IsArm64 ? 135 : 14;
    internal static nint Getcwd => Native.IsArm64 ? 17 : 79;
    internal static nint Futex => Native.IsArm64 ? 98 : 202;
    internal static nint Gettid => Native.IsArm64 ? 178 : 186;
    internal static nint SchedGetaffinity => Native.IsArm64 ? 123 : 204;
    internal static nint Getdents64 => Native.IsArm64 ? 61 : 217;
    internal static nint Tgkill => Native.IsArm64 ? 131 : 234;
    internal static nint Mknodat => Native.IsArm64 ? 33 : 259;
    internal static nint Ppoll => Native.IsArm64 ? 73 : 271;
    internal static nint Renameat2 => Native.IsArm64 ? 276 : 316;
    internal static nint Statx => Native.IsArm64 ? 291 : 332;

    /// <summary>From 424 on all architectures share one table.</summary>
    internal const nint Openat2 = 437;
    internal const nint Faccessat2 = 439;
    internal const nint Fchmodat2 = 452;
}
