namespace Emu.Host;

/// <content>Bytes in and out: read, write, the positional and the scattered forms, seeking, size and durability.</content>
public static unsafe partial class HostFile
{
    private const int MaxVector = 4;

    /// <summary>read(2): the bytes read, 0 at the end.</summary>
    public static long Read(int fd, Span<byte> buffer)
    {
        long result;
        do
            result = ReadInterruptible(fd, buffer);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>read(2) that answers <c>-EINTR</c> when a signal came before any byte.</summary>
    public static long ReadInterruptible(int fd, Span<byte> buffer)
    {
        fixed (byte* address = buffer)
            return Native.Result(Native.read(fd, address, buffer.Length));
    }

    /// <summary>
    /// write(2): the bytes written, perhaps fewer than given. The runtime ignores SIGPIPE, so a pipe without a reader
    /// is <c>-EPIPE</c> and no more.
    /// </summary>
    public static long Write(int fd, ReadOnlySpan<byte> buffer)
    {
        long result;
        do
            result = WriteInterruptible(fd, buffer);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="Write"/> that answers <c>-EINTR</c> when a signal came before any byte.</summary>
    public static long WriteInterruptible(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* address = buffer)
            return Native.Result(Native.write(fd, address, buffer.Length));
    }

    /// <summary>pread(2): the bytes read at an offset, 0 at the end.</summary>
    public static long PRead(int fd, Span<byte> buffer, long offset)
    {
        fixed (byte* address = buffer)
        {
            long result;
            do
                result = Native.Result(Native.pread(fd, address, buffer.Length, offset));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }

    /// <summary>pwrite(2): the bytes written at an offset (at the end, on Linux, when the file is opened to append).</summary>
    public static long PWrite(int fd, ReadOnlySpan<byte> buffer, long offset)
    {
        fixed (byte* address = buffer)
        {
            long result;
            do
                result = Native.Result(Native.pwrite(fd, address, buffer.Length, offset));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }

    /// <summary>readv(2) into up to four buffers in turn, answering <c>-EINTR</c>; empty ones are passed over.</summary>
    public static long ReadVInterruptible(int fd, Span<byte> a, Span<byte> b, Span<byte> c = default, Span<byte> d = default)
    {
        fixed (byte* pa = a, pb = b, pc = c, pd = d)
        {
            NativeIoVec* vector = stackalloc NativeIoVec[MaxVector];
            Fill(vector, new(pa, a.Length), new(pb, b.Length), new(pc, c.Length), new(pd, d.Length));
            return Native.Result(Native.readv(fd, vector, MaxVector));
        }
    }

    /// <summary>writev(2) from up to four buffers in turn, as one write, answering <c>-EINTR</c>.</summary>
    public static long WriteVInterruptible(
        int fd, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default)
    {
        fixed (byte* pa = a, pb = b, pc = c, pd = d)
        {
            NativeIoVec* vector = stackalloc NativeIoVec[MaxVector];
            Fill(vector, new(pa, a.Length), new(pb, b.Length), new(pc, c.Length), new(pd, d.Length));
            return Native.Result(Native.writev(fd, vector, MaxVector));
        }
    }

    /// <summary>preadv(2) at an offset into up to four buffers in turn; empty ones are passed over.</summary>
    public static long PReadV(
        int fd, long offset, Span<byte> a, Span<byte> b, Span<byte> c = default, Span<byte> d = default)
    {
        fixed (byte* pa = a, pb = b, pc = c, pd = d)
        {
            NativeIoVec* vector = stackalloc NativeIoVec[MaxVector];
            Fill(vector, new(pa, a.Length), new(pb, b.Length), new(pc, c.Length), new(pd, d.Length));
            long result;
            do
                result = Native.Result(Native.preadv(fd, vector, MaxVector, offset));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }

    /// <summary>pwritev(2) at an offset from up to four buffers in turn; empty ones are passed over.</summary>
    public static long PWriteV(
        int fd, long offset, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b,
        ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default)
    {
        fixed (byte* pa = a, pb = b, pc = c, pd = d)
        {
            NativeIoVec* vector = stackalloc NativeIoVec[MaxVector];
            Fill(vector, new(pa, a.Length), new(pb, b.Length), new(pc, c.Length), new(pd, d.Length));
            long result;
            do
                result = Native.Result(Native.pwritev(fd, vector, MaxVector, offset));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }

    /// <summary>
    /// lseek(2): the new position. Origins are <see cref="HostSeek"/>; <c>-ENXIO</c> when no data or hole follows.
    /// </summary>
    public static long Seek(int fd, long offset, int whence) => Native.Result(Native.lseek(fd, offset, whence));

    /// <summary>ftruncate(2).</summary>
    public static int Truncate(int fd, long length)
    {
        int result;
        do
            result = Native.Result(Native.ftruncate(fd, length));
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>fallocate(2). Modes are <see cref="HostFallocate"/>; <c>-EOPNOTSUPP</c> where the file system cannot.</summary>
    public static int Allocate(int fd, int mode, long offset, long length)
    {
        int result;
        do
            result = Native.Result(Native.fallocate(fd, mode, offset, length));
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>fsync(2): data and metadata are on the device.</summary>
    public static int Sync(int fd)
    {
        int result;
        do
            result = Native.Result(Native.fsync(fd));
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>fdatasync(2): the data, and what is needed to read it back, are on the device.</summary>
    public static int DataSync(int fd)
    {
        int result;
        do
            result = Native.Result(Native.fdatasync(fd));
        while (result == -HostErrno.EINTR);
        return result;
    }

    private static void Fill(NativeIoVec* vector, NativeIoVec a, NativeIoVec b, NativeIoVec c, NativeIoVec d)
    {
        vector[0] = a;
        vector[1] = b;
        vector[2] = c;
        vector[3] = d;
    }
}
