using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The names that were looked up, by directory and name. Linux: fs/dcache.c.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class DentryCache
{
    private const int FirstSize = 1024;

    private readonly int _limit;
    private readonly Dentry _lru = new(null, [], null);
    private Dentry?[] _table = new Dentry?[FirstSize];
    private int _count;

    /// <summary>An empty cache.</summary>
    /// <param name="limit">Names that it keeps although nobody uses them.</param>
    public DentryCache(int limit = 16384)
    {
        _limit = limit;
        _lru.LruNext = _lru.LruPrevious = _lru;
    }

    /// <summary>Names in the cache.</summary>
    public int Count => _count;

    /// <summary>The dentry of a name, null if it is not in the cache. Linux: <c>d_lookup</c>.</summary>
    public Dentry? Find(Dentry parent, ReadOnlySpan<byte> name)
    {
        uint hash = HashOf(parent, name);
        for (Dentry? at = _table[hash & (uint)(_table.Length - 1)]; at != null; at = at.HashNext)
        {
            if (at.Hash != hash || !ReferenceEquals(at.Parent, parent) || !name.SequenceEqual(at.Name))
                continue;
            at.Referenced = true;
            return at;
        }
        return null;
    }

    /// <summary>Remembers a name. Linux: <c>d_alloc</c> and <c>d_add</c>.</summary>
    /// <param name="parent">Its directory's.</param>
    /// <param name="name">Nothing of that name is in the cache.</param>
    /// <param name="inode">What it names; the reference passes to the dentry.</param>
    public Dentry Add(Dentry parent, ReadOnlySpan<byte> name, Inode? inode)
    {
        Dentry dentry = new(parent, name.ToArray(), inode);
        Insert(dentry);
        return dentry;
    }

    /// <summary>A name that existed not names something now. Linux: <c>d_instantiate</c>.</summary>
    public void Instantiate(Dentry dentry, Inode inode)
    {
        Bug.On(dentry.Inode != null, "a name was made twice");
        dentry.Inode = inode;
        if (!dentry.IsHashed)
            Insert(dentry);
    }

    /// <summary>The name is gone: the dentry becomes negative, or nobody finds it any more. Linux: <c>d_delete</c>.</summary>
    public void Delete(Dentry dentry)
    {
        if (dentry.Users == 0 && dentry.Children == 0)
        {
            Inode? inode = dentry.Inode;
            dentry.Inode = null;
            inode?.Put();
            return;
        }
        Drop(dentry);
    }

    /// <summary>Forgets a name; who uses the dentry keeps it. Linux: <c>d_drop</c>.</summary>
    public void Drop(Dentry dentry)
    {
        if (dentry.IsHashed)
            Unhash(dentry);
        KillIfUnused(dentry);
    }

    /// <summary>One user less. Linux: <c>dput</c>.</summary>
    public void Put(Dentry dentry)
    {
        Bug.On(dentry.Users <= 0, "a dentry was put once too often");
        dentry.Users--;
        if (!dentry.IsHashed)
            KillIfUnused(dentry);
    }

    /// <summary>Gives a dentry another place; a dentry that has the place is forgotten. Linux: <c>d_move</c>.</summary>
    public void Move(Dentry dentry, Dentry target)
    {
        Dentry parent = target.Parent;
        byte[] name = target.Name;
        parent.Users++; // the last child of a forgotten directory may be the one that goes
        Drop(target);
        SetPlace(dentry, parent, name);
        parent.Users--;
    }

    /// <summary>Two dentries change places. Linux: <c>d_exchange</c>.</summary>
    public void Exchange(Dentry a, Dentry b)
    {
        (Dentry parent, byte[] name) = (a.Parent, a.Name);
        Unhash(b);
        SetPlace(a, b.Parent, b.Name);
        SetPlace(b, parent, name);
    }

    /// <summary>Forgets names that nobody uses until the cache is small enough. Linux: <c>prune_dcache_sb</c>.</summary>
    /// <remarks>Only where no function holds a dentry without using it.</remarks>
    public void Prune()
    {
        if (_count > _limit)
            PruneTo(_limit - (_limit / 8));
    }

    /// <summary>Forgets names that nobody uses until there are only so many. Linux: <c>shrink_dcache_sb</c>.</summary>
    public void PruneTo(int goal)
    {
        // A directory can go only after its children: a second round finds it.
        for (int left = _count * 3; left > 0 && _count > goal; left--)
        {
            Dentry oldest = _lru.LruPrevious!;
            if (ReferenceEquals(oldest, _lru))
                return;
            if (oldest.Referenced || oldest.Users != 0 || oldest.Children != 0 || oldest.Mounts != 0)
            {
                oldest.Referenced = false;
                Unlink(oldest);
                LinkFirst(oldest);
                continue;
            }
            Drop(oldest);
        }
    }

    private static uint HashOf(Dentry parent, ReadOnlySpan<byte> name)
    {
        ulong hash = (uint)System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(parent) * 0x9E3779B97F4A7C15UL;
        while (name.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(name)) * 0xFF51AFD7ED558CCDUL;
            hash ^= hash >> 29;
            name = name[8..];
        }
        foreach (byte letter in name)
            hash = (hash ^ letter) * 0x100000001B3UL;
        return (uint)(hash ^ (hash >> 32));
    }

    private void SetPlace(Dentry dentry, Dentry parent, byte[] name)
    {
        if (dentry.IsHashed)
            Unhash(dentry);
        Dentry old = dentry.Parent;
        parent.Children++;
        dentry.Parent = parent;
        dentry.Name = name;
        Insert(dentry);
        old.Children--;
        if (!old.IsHashed)
            KillIfUnused(old);
    }

    private void Insert(Dentry dentry)
    {
        if (_count >= _table.Length)
            Grow();
        dentry.Hash = HashOf(dentry.Parent, dentry.Name);
        ref Dentry? head = ref _table[dentry.Hash & (uint)(_table.Length - 1)];
        dentry.HashNext = head;
        head = dentry;
        dentry.IsHashed = true;
        _count++;
        LinkFirst(dentry);
    }

    private void Unhash(Dentry dentry)
    {
        ref Dentry? head = ref _table[dentry.Hash & (uint)(_table.Length - 1)];
        if (ReferenceEquals(head, dentry))
        {
            head = dentry.HashNext;
        }
        else
        {
            Dentry at = head!;
            while (!ReferenceEquals(at.HashNext, dentry))
                at = at.HashNext!;
            at.HashNext = dentry.HashNext;
        }
        dentry.HashNext = null;
        dentry.IsHashed = false;
        _count--;
        Unlink(dentry);
    }

    private void KillIfUnused(Dentry dentry)
    {
        while (!dentry.IsHashed && !dentry.IsRoot && dentry.Users == 0 && dentry.Children == 0 && dentry.Mounts == 0)
        {
            Dentry parent = dentry.Parent;
            Inode? inode = dentry.Inode;
            dentry.Inode = null;
            dentry.Parent = dentry; // not to be killed again
            inode?.Put();
            parent.Children--;
            dentry = parent;
        }
    }

    private void Grow()
    {
        Dentry?[] old = _table;
        _table = new Dentry?[old.Length * 2];
        foreach (Dentry? head in old)
        {
            for (Dentry? at = head; at != null;)
            {
                Dentry next = at;
                at = at.HashNext;
                ref Dentry? slot = ref _table[next.Hash & (uint)(_table.Length - 1)];
                next.HashNext = slot;
                slot = next;
            }
        }
    }

    private void LinkFirst(Dentry dentry)
    {
        Dentry first = _lru.LruNext!;
        dentry.LruPrevious = _lru;
        dentry.LruNext = first;
        first.LruPrevious = dentry;
        _lru.LruNext = dentry;
    }

    private static void Unlink(Dentry dentry)
    {
        dentry.LruPrevious!.LruNext = dentry.LruNext;
        dentry.LruNext!.LruPrevious = dentry.LruPrevious;
        dentry.LruNext = dentry.LruPrevious = null;
    }
}
