namespace Emu.Host;

/// <summary>
/// Our own process as the host sees it: ids, names, limits, processors. Results are ≥ 0 or a negative errno.
/// </summary>
public static unsafe partial class HostProcess
{
    /// <summary>Bytes of <c>struct utsname</c>: six fields (uname(2)).</summary>
    public const int UtsnameSize = 6 * UtsnameFieldSize;

    private const int UtsnameFieldSize = 65;

    /// <summary>getpid(2).</summary>
    public static int GetPid() => Native.getpid();

    /// <summary>getppid(2).</summary>
    public static int GetParentPid() => Native.getppid();

    /// <summary>getpgrp(2).</summary>
    public static int GetProcessGroup() => Native.getpgrp();

    /// <summary>gettid(2): the host's number of the calling thread.</summary>
    public static int GetThreadId() => (int)Native.Syscall(SyscallNumber.Gettid);

    /// <summary>getresuid(2): the real, effective and saved user.</summary>
    public static int GetUserIds(out uint real, out uint effective, out uint saved)
    {
        uint* ids = stackalloc uint[3];
        int result = Native.Result(Native.getresuid(&ids[0], &ids[1], &ids[2]));
        (real, effective, saved) = (ids[0], ids[1], ids[2]);
        return result;
    }

    /// <summary>getresgid(2): the real, effective and saved group.</summary>
    public static int GetGroupIds(out uint real, out uint effective, out uint saved)
    {
        uint* ids = stackalloc uint[3];
        int result = Native.Result(Native.getresgid(&ids[0], &ids[1], &ids[2]));
        (real, effective, saved) = (ids[0], ids[1], ids[2]);
        return result;
    }

    /// <summary>
    /// getgroups(2): the number of supplementary groups, and the groups. An empty span only counts; <c>-EINVAL</c> when
    /// they do not fit.
    /// </summary>
    public static int GetGroups(Span<uint> groups)
    {
        fixed (uint* address = groups)
            return Native.Result(Native.getgroups(groups.Length, address));
    }

    /// <summary>umask(2): sets the mask of the whole process; the mask before.</summary>
    public static int SetUmask(uint mask) => (int)Native.umask(mask);

    /// <summary>
    /// prlimit(2): a limit of our process, by number (<c>RLIMIT_*</c>, include/uapi/asm-generic/resource.h); all ones is
    /// no limit.
    /// </summary>
    public static int GetLimit(int resource, out ulong soft, out ulong hard)
    {
        NativeRlimit limit = default;
        int result = Native.Result(Native.prlimit(0, resource, null, &limit));
        (soft, hard) = (limit.Soft, limit.Hard);
        return result;
    }

    /// <summary>prlimit(2): sets a limit of our process.</summary>
    public static int SetLimit(int resource, ulong soft, ulong hard)
    {
        NativeRlimit limit = new() { Soft = soft, Hard = hard };
        return Native.Result(Native.prlimit(0, resource, &limit, null));
    }

    /// <summary>sched_getaffinity(2) of the calling thread: the bytes of the mask that the host filled.</summary>
    public static int GetAffinity(Span<byte> mask)
    {
        fixed (byte* address = mask)
            return (int)Native.Syscall(SyscallNumber.SchedGetaffinity, 0, mask.Length, (nint)address);
    }

    /// <summary>The number of processors that the calling thread may run on.</summary>
    public static int GetAffinityCount()
    {
        Span<byte> mask = stackalloc byte[1024];
        int length = GetAffinity(mask);
        if (length < 0)
            return length;
        int count = 0;
        foreach (byte bits in mask[..length])
            count += byte.PopCount(bits);
        return count;
    }

    /// <summary>uname(2): <see cref="UtsnameSize"/> bytes; <c>-EINVAL</c> for a shorter buffer.</summary>
    public static int GetUtsname(Span<byte> utsname)
    {
        if (utsname.Length < UtsnameSize)
            return -HostErrno.EINVAL;
        fixed (byte* address = utsname)
            return Native.Result(Native.uname(address));
    }

    /// <summary>One field of what <see cref="GetUtsname"/> filled, without its NUL.</summary>
    public static ReadOnlySpan<byte> GetField(ReadOnlySpan<byte> utsname, HostUtsnameField field)
    {
        ReadOnlySpan<byte> bytes = utsname.Slice((int)field * UtsnameFieldSize, UtsnameFieldSize);
        return bytes[..CString.Length(bytes)];
    }

    /// <summary>
    /// getrandom(2): the bytes given. Flags are 0, 1 (<c>GRND_NONBLOCK</c>) and 2 (<c>GRND_RANDOM</c>); up to 256 bytes
    /// come whole.
    /// </summary>
    public static long GetRandom(Span<byte> buffer, uint flags = 0)
    {
        fixed (byte* address = buffer)
        {
            long result;
            do
                result = Native.Result(Native.getrandom(address, buffer.Length, flags));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }
}

/// <summary>The fields of <c>struct utsname</c> (uname(2)).</summary>
public enum HostUtsnameField
{
    /// <summary><c>sysname</c>: "Linux".</summary>
    System = 0,

    /// <summary><c>nodename</c>: the host's name.</summary>
    Node = 1,

    /// <summary><c>release</c>.</summary>
    Release = 2,

    /// <summary><c>version</c>.</summary>
    Version = 3,

    /// <summary><c>machine</c>.</summary>
    Machine = 4,

    /// <summary><c>domainname</c>: of NIS.</summary>
    Domain = 5,
}
