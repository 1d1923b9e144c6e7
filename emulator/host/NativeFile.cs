using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary><c>struct iovec</c> (readv(2)).</summary>
internal unsafe struct NativeIoVec(void* address, int length)
{
    internal void* Base = address;
    internal nint Length = length;
}

/// <summary><c>struct flock</c> of a 64-bit host (fcntl(2)).</summary>
internal struct NativeFlock
{
    internal short Type;
    internal short Whence;
    internal long Start;
    internal long Length;
    internal int Pid;
}

/// <summary><c>struct timespec</c> of a 64-bit host.</summary>
internal struct NativeTimespec
{
    internal long Seconds;
    internal long Nanoseconds;
}

/// <summary>Foreign functions on files, directories and file systems.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Libc)]
    internal static partial int openat(int dirFd, byte* path, int flags, uint mode);

    [LibraryImport(Libc)]
    internal static partial int close(int fd);

    [LibraryImport(Libc)]
    internal static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport(Libc)]
    internal static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport(Libc)]
    internal static partial nint pread(int fd, byte* buffer, nint count, long offset);

    [LibraryImport(Libc)]
    internal static partial nint pwrite(int fd, byte* buffer, nint count, long offset);

    [LibraryImport(Libc)]
    internal static partial nint readv(int fd, NativeIoVec* vector, int count);

    [LibraryImport(Libc)]
    internal static partial nint writev(int fd, NativeIoVec* vector, int count);

    [LibraryImport(Libc)]
    internal static partial nint preadv(int fd, NativeIoVec* vector, int count, long offset);

    [LibraryImport(Libc)]
    internal static partial nint pwritev(int fd, NativeIoVec* vector, int count, long offset);

    [LibraryImport(Libc)]
    internal static partial nint lseek(int fd, long offset, int whence);

    [LibraryImport(Libc)]
    internal static partial int ftruncate(int fd, long length);

    [LibraryImport(Libc)]
    internal static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(Libc)]
    internal static partial int fsync(int fd);

    [LibraryImport(Libc)]
    internal static partial int fdatasync(int fd);

    [LibraryImport(Libc)]
    internal static partial int dup3(int oldFd, int newFd, int flags);

    [LibraryImport(Libc)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Libc)]
    internal static partial int flock(int fd, int operation);

    [LibraryImport(Libc)]
    internal static partial int memfd_create(byte* name, uint flags);

    [LibraryImport(Libc)]
    internal static partial int pipe2(int* fds, int flags);

    [LibraryImport(Libc)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Libc)]
    internal static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Libc)]
    internal static partial int mkdirat(int dirFd, byte* path, uint mode);

    [LibraryImport(Libc)]
    internal static partial int unlinkat(int dirFd, byte* path, int flags);

    [LibraryImport(Libc)]
    internal static partial int linkat(int oldDirFd, byte* oldPath, int newDirFd, byte* newPath, int flags);

    [LibraryImport(Libc)]
    internal static partial int symlinkat(byte* target, int dirFd, byte* path);

    [LibraryImport(Libc)]
    internal static partial nint readlinkat(int dirFd, byte* path, byte* buffer, nint size);

    [LibraryImport(Libc)]
    internal static partial int fchmod(int fd, uint mode);

    [LibraryImport(Libc)]
    internal static partial int fchmodat(int dirFd, byte* path, uint mode, int flags);

    [LibraryImport(Libc)]
    internal static partial int fchownat(int dirFd, byte* path, uint uid, uint gid, int flags);

    [LibraryImport(Libc)]
    internal static partial int futimens(int fd, NativeTimespec* times);

    [LibraryImport(Libc)]
    internal static partial int utimensat(int dirFd, byte* path, NativeTimespec* times, int flags);

    [LibraryImport(Libc)]
    internal static partial int faccessat(int dirFd, byte* path, int mode, int flags);

    [LibraryImport(Libc)]
    internal static partial int statfs(byte* path, HostStatfs* buffer);

    [LibraryImport(Libc)]
    internal static partial int fstatfs(int fd, HostStatfs* buffer);

    [LibraryImport(Libc)]
    internal static partial nint getxattr(byte* path, byte* name, byte* value, nint size);

    [LibraryImport(Libc)]
    internal static partial nint lgetxattr(byte* path, byte* name, byte* value, nint size);

    [LibraryImport(Libc)]
    internal static partial nint fgetxattr(int fd, byte* name, byte* value, nint size);

    [LibraryImport(Libc)]
    internal static partial int setxattr(byte* path, byte* name, byte* value, nint size, int flags);

    [LibraryImport(Libc)]
    internal static partial int lsetxattr(byte* path, byte* name, byte* value, nint size, int flags);

    [LibraryImport(Libc)]
    internal static partial int fsetxattr(int fd, byte* name, byte* value, nint size, int flags);

    [LibraryImport(Libc)]
    internal static partial nint listxattr(byte* path, byte* list, nint size);

    [LibraryImport(Libc)]
    internal static partial nint llistxattr(byte* path, byte* list, nint size);

    [LibraryImport(Libc)]
    internal static partial nint flistxattr(int fd, byte* list, nint size);

    [LibraryImport(Libc)]
    internal static partial int removexattr(byte* path, byte* name);

    [LibraryImport(Libc)]
    internal static partial int lremovexattr(byte* path, byte* name);

    [LibraryImport(Libc)]
    internal static partial int fremovexattr(int fd, byte* name);
}
