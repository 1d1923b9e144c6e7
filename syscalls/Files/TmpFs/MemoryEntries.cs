namespace Emu.Syscalls;

/// <summary>The names of a directory in memory, each with a position that stays the same. Linux: fs/libfs.c (<c>simple_offset_ctx</c>).</summary>
internal sealed class MemoryEntries
{
    private const long FirstOffset = 2; // behind . and ..

    private readonly Dictionary<byte[], Entry> _byName = new(NameComparer.Instance);
    private readonly List<Entry> _byOffset = [];
    private long _nextOffset = FirstOffset;

    /// <summary>Names.</summary>
    public int Count => _byName.Count;

    /// <summary>What a name means, or null; without a reference.</summary>
    public Inode? Find(ReadOnlySpan<byte> name) =>
        _byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out Entry? entry) ? entry.Inode : null;

    /// <summary>Puts a name in.</summary>
    public void Add(ReadOnlySpan<byte> name, Inode inode)
    {
        Entry entry = new(name.ToArray(), inode, _nextOffset++);
        _byName.Add(entry.Name, entry);
        _byOffset.Add(entry);
    }

    /// <summary>Takes a name out.</summary>
    public void Remove(ReadOnlySpan<byte> name)
    {
        if (!_byName.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name, out _, out Entry? entry))
            return;
        entry.IsGone = true;
        if (_byOffset.Count > 32 && _byName.Count < _byOffset.Count / 2)
            _ = _byOffset.RemoveAll(static other => other.IsGone);
    }

    /// <summary>All names.</summary>
    public Dictionary<byte[], Entry>.ValueCollection All => _byName.Values;

    /// <summary>Lists the names, newest first, from the position of an open directory on.</summary>
    /// <returns>Whether all were taken.</returns>
    public bool Iterate(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (file.Position == long.MaxValue)
            return true;
        // The position is that of the next entry; behind the dots, the newest.
        int index = (long)file.Position <= FirstOffset ? _byOffset.Count - 1 : IndexAtOrBefore((long)file.Position);
        for (; index >= 0; index--)
        {
            Entry entry = _byOffset[index];
            if (entry.IsGone)
                continue;
            long position = entry.Offset + 1; // that of the dots is not to be met again
            if (!to.Emit(entry.Name, entry.Inode.Number, ModeBits.ToEntryType(entry.Inode.Type), position))
            {
                file.Position = (ulong)position;
                return false;
            }
        }
        file.Position = long.MaxValue;
        return true;
    }

    private int IndexAtOrBefore(long position)
    {
        int low = 0, high = _byOffset.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_byOffset[middle].Offset + 1 <= position)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }

    /// <summary>A name.</summary>
    internal sealed class Entry(byte[] name, Inode inode, long offset)
    {
        /// <summary>The name.</summary>
        public byte[] Name { get; } = name;

        /// <summary>What it names.</summary>
        public Inode Inode { get; } = inode;

        /// <summary>Its position.</summary>
        public long Offset { get; } = offset;

        /// <summary>Whether it was taken out.</summary>
        public bool IsGone { get; set; }
    }
}
