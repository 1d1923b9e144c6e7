using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A lock on a range of a file. Linux: <c>struct file_lock</c>.</summary>
/// <param name="Owner">A table of descriptors for fcntl's locks, an open file for the others.</param>
/// <param name="ProcessId">What F_GETLK tells; -1 for the locks of open files.</param>
/// <param name="IsWrite">Whether it excludes all others.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Last byte.</param>
internal readonly record struct FileLock(object Owner, int ProcessId, bool IsWrite, ulong Start, ulong End)
{
    /// <summary>Whether two locks cannot be held at once. Linux: <c>posix_locks_conflict</c>.</summary>
    public bool Conflicts(in FileLock other) =>
        !ReferenceEquals(Owner, other.Owner) && (IsWrite || other.IsWrite) && Start <= other.End && other.Start <= End;
}

/// <summary>The locks on one file. Linux: <c>struct file_lock_context</c>, fs/locks.c.</summary>
/// <remarks>They hold among the guest's processes. Other processes of the host do not see them.</remarks>
internal sealed class FileLocks
{
    private readonly List<FileLock> _ranges = [];
    private readonly List<FileLock> _whole = [];

    /// <summary>Who waits for a lock to go.</summary>
    public WaitQueue Changed { get; } = new();

    /// <summary>A lock that is in the way of another. Linux: <c>posix_test_lock</c>.</summary>
    public bool FindConflict(in FileLock wanted, out FileLock found) => Find(_ranges, wanted, out found);

    /// <summary>Takes a lock on a range, in place of what the owner has there; the range must be free. Linux: <c>posix_lock_inode</c>.</summary>
    public void Set(in FileLock wanted)
    {
        Remove(wanted.Owner, wanted.Start, wanted.End);
        Merge(wanted);
    }

    /// <summary>Gives up what an owner has in a range.</summary>
    public void Remove(object owner, ulong start, ulong end)
    {
        bool changed = false;
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            FileLock held = _ranges[i];
            if (!ReferenceEquals(held.Owner, owner) || held.Start > end || held.End < start)
                continue;
            _ranges.RemoveAt(i);
            if (held.Start < start)
                Insert(held with { End = start - 1 });
            if (held.End > end)
                Insert(held with { Start = end + 1 });
            changed = true;
        }
        if (changed)
            Changed.Wake();
    }

    /// <summary>Takes, changes or gives up a lock on the whole file. Linux: <c>flock_lock_inode</c>.</summary>
    /// <param name="file">The owner.</param>
    /// <param name="wanted">Whether it is to exclude all others; null to give it up.</param>
    /// <returns>0 or -EAGAIN.</returns>
    public int SetWhole(OpenFile file, bool? wanted)
    {
        int held = _whole.FindIndex(other => ReferenceEquals(other.Owner, file));
        if (held >= 0 && wanted == _whole[held].IsWrite)
            return 0;
        // A lock that changes its kind is given up first: another may get in between.
        if (held >= 0)
        {
            _whole.RemoveAt(held);
            Changed.Wake();
        }
        if (wanted == null)
            return 0;
        FileLock taken = new(file, -1, wanted.Value, 0, ulong.MaxValue);
        if (Find(_whole, taken, out _))
            return -Errno.EAGAIN;
        _whole.Add(taken);
        return 0;
    }

    /// <summary>An open file is closed: its locks go. Linux: <c>locks_remove_file</c>.</summary>
    public void ReleaseFile(OpenFile file)
    {
        Remove(file, 0, ulong.MaxValue);
        _ = SetWhole(file, null); // giving up never fails
    }

    /// <summary>A process has closed the file: its locks go. Linux: <c>locks_remove_posix</c>.</summary>
    public void ReleaseOwner(FileTable owner) => Remove(owner, 0, ulong.MaxValue);

    /// <summary>All locks, those on ranges first, for /proc/locks.</summary>
    public IEnumerable<(FileLock Lock, bool IsWhole)> All()
    {
        foreach (FileLock held in _ranges)
            yield return (held, false);
        foreach (FileLock held in _whole)
            yield return (held, true);
    }

    private static bool Find(List<FileLock> list, in FileLock wanted, out FileLock found)
    {
        foreach (FileLock held in list)
        {
            if (!held.Conflicts(wanted))
                continue;
            found = held;
            return true;
        }
        found = default;
        return false;
    }

    // Joins it with those of the same owner and kind that touch it.
    private void Merge(FileLock wanted)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            FileLock held = _ranges[i];
            bool touches = (held.End == ulong.MaxValue || held.End + 1 >= wanted.Start) && (wanted.End == ulong.MaxValue || wanted.End + 1 >= held.Start);
            if (!ReferenceEquals(held.Owner, wanted.Owner) || held.IsWrite != wanted.IsWrite || !touches)
                continue;
            wanted = wanted with { Start = Math.Min(held.Start, wanted.Start), End = Math.Max(held.End, wanted.End) };
            _ranges.RemoveAt(i);
        }
        Insert(wanted);
    }

    // Those of an owner stand together, in the order of their starts; owners stand in the order in which they came.
    private void Insert(in FileLock added)
    {
        object owner = added.Owner;
        ulong start = added.Start;
        int last = _ranges.FindLastIndex(held => ReferenceEquals(held.Owner, owner));
        while (last >= 0 && ReferenceEquals(_ranges[last].Owner, owner) && _ranges[last].Start > start)
            last--;
        bool isFirst = last < 0 || !ReferenceEquals(_ranges[last].Owner, owner);
        int at = isFirst ? _ranges.FindIndex(held => ReferenceEquals(held.Owner, owner)) : last + 1;
        _ranges.Insert(at < 0 ? _ranges.Count : at, added);
    }
}
