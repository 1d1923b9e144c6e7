using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary><c>struct msghdr</c> of a 64-bit host (recvmsg(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal unsafe struct NativeMessageHeader
{
    [FieldOffset(0)] internal void* Name;
    [FieldOffset(8)] internal uint NameLength;
    [FieldOffset(16)] internal NativeIoVec* Vector;
    [FieldOffset(24)] internal nint VectorCount;
    [FieldOffset(32)] internal void* Control;
    [FieldOffset(40)] internal nint ControlLength;
    [FieldOffset(48)] internal int Flags;
}

/// <summary>Foreign functions on sockets.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Libc)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Libc)]
    internal static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport(Libc)]
    internal static partial int bind(int fd, byte* address, uint length);

    [LibraryImport(Libc)]
    internal static partial int connect(int fd, byte* address, uint length);

    [LibraryImport(Libc)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport(Libc)]
    internal static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport(Libc)]
    internal static partial int shutdown(int fd, int how);

    [LibraryImport(Libc)]
    internal static partial int getsockname(int fd, byte* address, uint* length);

    [LibraryImport(Libc)]
    internal static partial int getpeername(int fd, byte* address, uint* length);

    [LibraryImport(Libc)]
    internal static partial int getsockopt(int fd, int level, int option, byte* value, uint* length);

    [LibraryImport(Libc)]
    internal static partial int setsockopt(int fd, int level, int option, byte* value, uint length);

    [LibraryImport(Libc)]
    internal static partial nint sendto(int fd, byte* data, nint size, int flags, byte* address, uint length);

    [LibraryImport(Libc)]
    internal static partial nint recvfrom(int fd, byte* data, nint size, int flags, byte* address, uint* length);

    [LibraryImport(Libc)]
    internal static partial nint sendmsg(int fd, NativeMessageHeader* message, int flags);

    [LibraryImport(Libc)]
    internal static partial nint recvmsg(int fd, NativeMessageHeader* message, int flags);
}
