using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>All System V objects of one kind. Linux: <c>struct ipc_ids</c> (ipc/util.c).</summary>
/// <remarks>Lock: the kernel lock.</remarks>
/// <typeparam name="T">The kind.</typeparam>
internal sealed class IpcTable<T>
    where T : IpcObject
{
    // Linux: IPCMNI, ipc_min_cycle (RADIX_TREE_MAP_SIZE)
    private const int MostObjects = 1 << IpcKey.SequenceShift, ShortestCycle = 64;

    // Linux: ipcid_seq_max
    private const int Sequences = int.MaxValue >> IpcKey.SequenceShift;

    private readonly SortedDictionary<int, T> _objects = [];
    private int _next, _last = -1, _sequence;

    /// <summary>Objects that there are. Linux: <c>in_use</c>.</summary>
    public int Count => _objects.Count;

    /// <summary>All of them, by place.</summary>
    public IEnumerable<T> Objects => _objects.Values;

    /// <summary>The highest place in use; 0 if none is. Linux: <c>ipc_get_maxidx</c> as the calls return it.</summary>
    public int HighestPlace => _objects.Count == 0 ? 0 : _objects.Keys.Max();

    /// <summary>Finds or makes the object of a key. Linux: <c>ipcget</c>.</summary>
    /// <param name="credentials">On whose behalf.</param>
    /// <param name="key">The key.</param>
    /// <param name="flags">IPC_CREAT, IPC_EXCL, permissions.</param>
    /// <param name="check">Says what is wrong with an object that exists: 0 or a negative errno.</param>
    /// <param name="make">Makes a new one and adds it: its number or a negative errno.</param>
    /// <returns>The number or a negative errno.</returns>
    public int Get(Credentials credentials, int key, int flags, Func<T, int> check, Func<int> make)
    {
        if (key == IpcKey.Private)
            return make();
        T? found = _objects.Values.FirstOrDefault(candidate => candidate.Key == key);
        if (found == null)
            return (flags & IpcKey.Create) != 0 ? make() : -Errno.ENOENT;
        if ((flags & (IpcKey.Create | IpcKey.Exclusive)) == (IpcKey.Create | IpcKey.Exclusive))
            return -Errno.EEXIST;
        int error = check(found);
        if (error != 0)
            return error;
        return found.Allows(credentials, (uint)flags) ? found.Id : -Errno.EACCES;
    }

    /// <summary>Adds an object and gives it its number. Linux: <c>ipc_addid</c>.</summary>
    /// <param name="added">The object.</param>
    /// <param name="limit">Objects that there may be.</param>
    /// <returns>The number, or -ENOSPC.</returns>
    public int Add(T added, int limit)
    {
        if (Count >= Math.Min(limit, MostObjects))
            return -Errno.ENOSPC;
        int place = FreePlace(Math.Min(Math.Max((Count * 3 / 2) + 1, ShortestCycle), MostObjects));
        if (place <= _last && ++_sequence >= Sequences)
            _sequence = 0;
        _last = place;
        _next = place + 1;
        added.Id = (_sequence << IpcKey.SequenceShift) + place;
        _objects.Add(place, added);
        return added.Id;
    }

    /// <summary>The object of a number. Linux: <c>ipc_obtain_object_check</c>.</summary>
    public T? Find(int id) => FindPlace(id) is { } found && found.Id == id ? found : null;

    /// <summary>The object at a place. Linux: <c>ipc_obtain_object_idr</c>.</summary>
    public T? FindPlace(int id) => _objects.GetValueOrDefault(id & (MostObjects - 1));

    /// <summary>Takes an object out. Linux: <c>ipc_rmid</c>.</summary>
    public void Remove(T removed) => _objects.Remove(removed.Id & (MostObjects - 1));

    // Places are given out in turn, so that a number that was removed is not taken for a new one. Linux: idr_alloc_cyclic
    private int FreePlace(int end)
    {
        for (int place = _next; place < end; place++)
        {
            if (!_objects.ContainsKey(place))
                return place;
        }
        int first = 0;
        while (_objects.ContainsKey(first))
            first++;
        return first;
    }
}
