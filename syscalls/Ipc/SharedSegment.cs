using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A segment of System V shared memory. Linux: <c>struct shmid_kernel</c>.</summary>
internal sealed class SharedSegment : IpcObject
{
    /// <summary>In the mode: it goes with its last user. Linux: <c>SHM_DEST</c>.</summary>
    public const uint Removed = 0x200;

    /// <summary>In the mode: its pages stay in memory. Linux: <c>SHM_LOCKED</c>.</summary>
    public const uint Locked = 0x400;

    private UserAccount? _lockedBy;

    /// <summary>A new segment.</summary>
    /// <param name="owner">All segments.</param>
    /// <param name="file">Its memory; taken over.</param>
    /// <param name="key">Its key.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="mode">Permissions.</param>
    /// <param name="creator">Who makes it.</param>
    public SharedSegment(SharedMemory owner, VmFile file, int key, ulong size, uint mode, Task creator)
        : base(key, mode, creator.Credentials)
    {
        Owner = owner;
        File = file;
        Size = size;
        Creator = creator;
        CreatorProcess = creator.ProcessId;
        ChangeTime = owner.Now;
    }

    /// <summary>All segments.</summary>
    public SharedMemory Owner { get; }

    /// <summary>Its memory.</summary>
    public VmFile File { get; }

    /// <summary>Pages of it in memory.</summary>
    public ulong ResidentPages => File is HugetlbFile huge ? (ulong)huge.Object.PageCount << MmConstants.HugePageOrder : (ulong)File.Mapping!.PageCount;

    /// <summary>Bytes. Linux: <c>shm_segsz</c>.</summary>
    public ulong Size { get; }

    /// <summary>Pages that they take.</summary>
    public ulong Pages => MmConstants.PageAlign(Size) >> MmConstants.PageShift;

    /// <summary>Who made it, as long as it lives. Linux: <c>shm_creator</c>.</summary>
    public Task? Creator { get; set; }

    /// <summary>The process that made it, and the one that last attached or detached it; 0 for none. Linux: <c>shm_cprid</c>, <c>shm_lprid</c>.</summary>
    public int CreatorProcess { get; }

    /// <inheritdoc cref="CreatorProcess"/>
    public int LastProcess { get; private set; }

    /// <summary>Areas that it is mapped in. Linux: <c>shm_nattch</c>.</summary>
    public int Attached { get; private set; }

    /// <summary>Seconds since 1970; 0 for never. Linux: <c>shm_atim</c>, <c>shm_dtim</c>, <c>shm_ctim</c>.</summary>
    public long AttachTime { get; private set; }

    /// <inheritdoc cref="AttachTime"/>
    public long DetachTime { get; private set; }

    /// <inheritdoc cref="AttachTime"/>
    public long ChangeTime { get; set; }

    /// <summary>Another area maps it. Linux: <c>shm_open</c>.</summary>
    public void Attach()
    {
        AttachTime = Owner.Now;
        NoteProcess();
        Attached++;
    }

    /// <summary>An area is gone; the last may take the segment along. Linux: <c>shm_close</c>.</summary>
    public void Detach()
    {
        Bug.On(Attached <= 0, "a segment is detached more often than attached");
        NoteProcess();
        DetachTime = Owner.Now;
        Attached--;
        Owner.DestroyIfUnused(this);
    }

    /// <summary>Keeps its pages in memory. Linux: <c>shmem_lock</c>, <c>user_shm_lock</c>.</summary>
    /// <returns>0, or -ENOMEM beyond RLIMIT_MEMLOCK of the user.</returns>
    public int Lock(Task task)
    {
        if ((Mode & Locked) != 0 || File is HugetlbFile)
            return 0;
        ulong limit = task.Group.Limits.Current(Resource.Memlock);
        if (limit != MmLimits.Infinity && task.Account.LockedPages + Pages > limit >> MmConstants.PageShift &&
            !task.Credentials.Can(Capability.IpcLock))
        {
            return -Errno.ENOMEM;
        }
        _lockedBy = task.Account;
        _lockedBy.LockedPages += Pages;
        Mode |= Locked;
        File.Mapping!.SetLocked(true);
        return 0;
    }

    /// <summary>Lets its pages go out again. Linux: <c>shmem_lock</c>, <c>shmem_unlock_mapping</c>.</summary>
    public void Unlock()
    {
        if ((Mode & Locked) == 0)
            return;
        _lockedBy!.LockedPages -= Pages;
        Mode &= ~Locked;
        File.Mapping!.SetLocked(false);
    }

    // A process that ends counts as well.
    private void NoteProcess() => LastProcess = Owner.Current?.ProcessId ?? LastProcess;
}

/// <summary>A segment as it was attached once. Linux: the file of <c>do_shmat</c> with <c>struct shm_file_data</c>.</summary>
internal class AttachedSegment : VmFile
{
    private readonly SharedSegment _segment;
    private int _users = 1;

    /// <summary>A file of a segment.</summary>
    public AttachedSegment(SharedSegment segment, bool canWrite)
    {
        _segment = segment;
        CanWrite = canWrite;
        segment.File.Get();
    }

    /// <summary>The segment.</summary>
    public SharedSegment Segment => _segment;

    /// <inheritdoc/>
    public override PageCache? Mapping => _segment.File.Mapping;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite { get; }

    /// <inheritdoc/>
    public override bool CanMap => true;

    /// <inheritdoc/>
    public override byte[] MapsPath => _segment.File.MapsPath;

    /// <inheritdoc/>
    public override (uint Major, uint Minor) Device => _segment.File.Device;

    /// <inheritdoc/>
    public override ulong InodeNumber => (ulong)_segment.Id;

    /// <inheritdoc/>
    public override int Mmap(VmArea area)
    {
        area.Operations = SharedSegmentOperations.Instance;
        _segment.Attach();
        return 0;
    }

    /// <inheritdoc/>
    public override void Get() => _users++;

    /// <inheritdoc/>
    public override void Put()
    {
        if (--_users == 0)
            _segment.File.Put();
    }
}

/// <summary>Areas that map a segment. Linux: <c>shm_vm_ops</c>.</summary>
internal sealed class SharedSegmentOperations : ShmemOperations
{
    /// <summary>The operations; they keep no state.</summary>
    public static new SharedSegmentOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override bool HasClose => true;

    /// <inheritdoc/>
    public override void Open(VmArea area) => ((AttachedSegment)area.File!).Segment.Attach();

    /// <inheritdoc/>
    public override void Close(VmArea area) => ((AttachedSegment)area.File!).Segment.Detach();
}

/// <summary>A segment of huge pages as it was attached once. Linux: <c>shm_file_operations_huge</c>.</summary>
internal sealed class AttachedHugeSegment : AttachedSegment, IHugetlbFile
{
    /// <summary>A file of a segment.</summary>
    public AttachedHugeSegment(SharedSegment segment, bool canWrite)
        : base(segment, canWrite)
    {
    }

    /// <inheritdoc/>
    public HugetlbObject Object => ((HugetlbFile)Segment.File).Object;

    /// <inheritdoc/>
    public override bool WantsHugeAlignment => true;

    /// <inheritdoc/>
    public override int PrepareMmap(MemoryDescriptor mm, ulong length, ref VmFlags flags) => HugetlbOperations.Prepare(ref flags);

    /// <inheritdoc/>
    public override int Mmap(VmArea area)
    {
        int error = HugetlbOperations.Mmap(area, Object);
        if (error != 0)
            return error;
        area.Operations = SharedHugeOperations.Instance;
        Segment.Attach();
        return 0;
    }
}

/// <summary>Areas that map a segment of huge pages. Linux: <c>shm_vm_ops</c> over <c>hugetlb_vm_ops</c>.</summary>
internal sealed class SharedHugeOperations : HugetlbOperations
{
    /// <summary>The operations; they keep no state.</summary>
    public static new SharedHugeOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override void Open(VmArea area)
    {
        base.Open(area);
        ((AttachedSegment)area.File!).Segment.Attach();
    }

    /// <inheritdoc/>
    public override void Close(VmArea area)
    {
        base.Close(area);
        ((AttachedSegment)area.File!).Segment.Detach();
    }
}
