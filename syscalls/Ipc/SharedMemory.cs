using System.Globalization;
using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The segments of System V shared memory. Linux: ipc/shm.c; shmget(2).</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class SharedMemory(Kernel kernel)
{
    private const int HugeTlb = 0x800, NoReserve = 0x1000, HugeShift = 26, HugeMask = 0x3F, HugePageShift = 21;
    private const ulong NoLimit = ulong.MaxValue - (1UL << 24);

    private bool _removesOrphans;

    /// <summary>The segments.</summary>
    public IpcTable<SharedSegment> Segments { get; } = new();

    /// <summary>Pages of all segments. Linux: <c>shm_tot</c>.</summary>
    public ulong TotalPages { get; private set; }

    /// <summary>Bytes of the largest segment. Linux: <c>shm_ctlmax</c>, /proc/sys/kernel/shmmax.</summary>
    public ulong MostBytes { get; set; } = NoLimit;

    /// <summary>Pages that all segments may have. Linux: <c>shm_ctlall</c>, /proc/sys/kernel/shmall.</summary>
    public ulong MostPages { get; set; } = NoLimit;

    /// <summary>Segments that there may be. Linux: <c>shm_ctlmni</c>, /proc/sys/kernel/shmmni.</summary>
    public int MostSegments { get; set; } = 4096;

    /// <summary>Whether a segment goes with its last user, and with who made it. Linux: <c>shm_rmid_forced</c>.</summary>
    public bool RemovesOrphans
    {
        get => _removesOrphans;
        set
        {
            _removesOrphans = value;
            foreach (SharedSegment segment in Segments.Objects.Where(static segment => segment.Creator == null).ToList())
                DestroyIfUnused(segment);
        }
    }

    /// <summary>Who runs.</summary>
    public Task? Current => kernel.Scheduler.Current;

    /// <summary>Seconds since 1970.</summary>
    public long Now => kernel.Clock.Realtime / (long)Clock.Second;

    /// <summary>Finds or makes a segment. Linux: <c>ksys_shmget</c>.</summary>
    /// <returns>Its number or a negative errno.</returns>
    public int Get(Task task, int key, ulong size, int flags) => Segments.Get(task.Credentials, key, flags,
        segment => segment.Size < size ? -Errno.EINVAL : 0, () => Make(task, key, size, flags));

    /// <summary>A segment is to go: at once, or with its last user. Linux: <c>do_shm_rmid</c>.</summary>
    public void Remove(SharedSegment segment)
    {
        segment.Mode |= SharedSegment.Removed;
        segment.Key = IpcKey.Private; // it is not found any more
        DestroyIfUnused(segment);
    }

    /// <summary>Lets go of a segment that nobody uses and that is not to stay. Linux: <c>shm_may_destroy</c>, <c>shm_destroy</c>.</summary>
    public void DestroyIfUnused(SharedSegment segment)
    {
        if (segment.Attached != 0 || !(RemovesOrphans || (segment.Mode & SharedSegment.Removed) != 0))
            return;
        Segments.Remove(segment);
        TotalPages -= segment.Pages;
        segment.Unlock();
        segment.File.Put();
    }

    /// <summary>A task ends: what it made belongs to nobody any more. Linux: <c>exit_shm</c>.</summary>
    public void OnExit(Task task)
    {
        if (Segments.Count == 0)
            return;
        foreach (SharedSegment segment in Segments.Objects.Where(segment => segment.Creator == task).ToList())
        {
            segment.Creator = null;
            if (RemovesOrphans)
                DestroyIfUnused(segment);
        }
    }

    private int MakeFile(Task task, int key, ulong size, int flags, out VmFile? file)
    {
        file = null;
        byte[] name = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/SYSV{key:x8} (deleted)"));
        if ((flags & HugeTlb) != 0)
            return MakeHugeFile(task, name, size, flags, out file);
        bool uncounted = (flags & NoReserve) != 0 && kernel.Memory.Sysctl.OvercommitMemory != 2;
        file = Shmem.TryCreateFile(kernel.Memory, name, size, uncounted ? VmFlags.NoReserve : VmFlags.None, task.Group.Limits.Mm);
        return file == null ? -Errno.ENOMEM : 0;
    }

    // The pages are promised when the segment is made, and to those alone who may lock memory. Linux: hugetlb_file_setup
    private int MakeHugeFile(Task task, byte[] name, ulong size, int flags, out VmFile? file)
    {
        file = null;
        if ((flags >> HugeShift & HugeMask) is not (0 or HugePageShift))
            return -Errno.EINVAL;
        if (!task.Credentials.Can(Capability.IpcLock))
            return -Errno.EPERM;
        HugetlbFile huge = new(kernel.Memory, name, (size + MmConstants.PmdSize - 1) & MmConstants.PmdMask);
        if ((flags & NoReserve) == 0 && !huge.Object.TryReserveAll())
        {
            huge.Put();
            return -Errno.ENOMEM;
        }
        file = huge;
        return 0;
    }

    // Linux: newseg
    private int Make(Task task, int key, ulong size, int flags)
    {
        ulong pages = MmConstants.PageAlign(size) >> MmConstants.PageShift;
        if (size < 1 || size > MostBytes)
            return -Errno.EINVAL;
        if (pages << MmConstants.PageShift < size || TotalPages + pages < TotalPages || TotalPages + pages > MostPages)
            return -Errno.ENOSPC;
        int error = MakeFile(task, key, size, flags, out VmFile? file);
        if (file == null)
            return error;
        SharedSegment segment = new(this, file, key, size, (uint)flags, task);
        int id = Segments.Add(segment, MostSegments);
        if (id < 0)
            file.Put();
        else
            TotalPages += pages;
        return id;
    }
}
