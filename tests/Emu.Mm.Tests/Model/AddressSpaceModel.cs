namespace Emu.Mm.Tests;

/// <summary>What is behind a mapping of the model.</summary>
internal enum Kind
{
    PrivateAnon,
    SharedAnon,
    PrivateFile,
    SharedFile,
}

/// <summary>What a program would see: for each page its first byte, and who else sees it.</summary>
internal sealed class AddressSpaceModel(byte[] file, int arenaPages, int filePages, ulong arena)
{
    private sealed class Cell
    {
        public byte Value;
    }

    private sealed class Mapped
    {
        public int Protection;
        public Kind Kind;
        public int FilePage = -1;
        public required Cell Cell;
        public Cell? PrivateCopyOf;
        public bool BeyondEnd, Locked, Guard, MayBeDropped;

        public bool IsPrivate => Kind is Kind.PrivateAnon or Kind.PrivateFile;
    }

    private readonly Mapped?[] _pages = new Mapped?[arenaPages];
    private readonly Cell[] _file = [.. Enumerable.Range(0, filePages).Select(i => new Cell { Value = file[i * 4096] })];

    public void Map(int page, int length, int protection, Kind kind, int offset)
    {
        for (int i = 0; i < length; i++)
        {
            int index = offset + i;
            bool isFile = kind is Kind.PrivateFile or Kind.SharedFile, within = isFile && index < filePages;
            _pages[page + i] = new Mapped
            {
                Protection = protection,
                Kind = kind,
                FilePage = within ? index : -1,
                BeyondEnd = isFile && !within,
                Cell = within && kind == Kind.SharedFile ? _file[index] : new Cell(),
                PrivateCopyOf = within && kind == Kind.PrivateFile ? _file[index] : null,
            };
        }
    }

    // Several areas keep their distances. What is at the destination of a gap stays; a range that begins in a gap is refused.
    public long Remap(int page, int length, int target)
    {
        if (page < target + length && target < page + length)
            return -Errno.EINVAL;
        if (_pages[page] == null)
            return -Errno.EFAULT;
        for (int i = 0; i < length; i++)
        {
            if (_pages[page + i] == null)
                continue;
            _pages[target + i] = _pages[page + i];
            _pages[page + i] = null;
        }
        return (long)(arena + ((ulong)target * 4096));
    }

    public void Unmap(int page, int length) => Array.Clear(_pages, page, length);

    // What lies before the first hole is changed even if the call fails.
    public int Protect(int page, int length, int protection)
    {
        for (int i = page; i < page + length; i++)
        {
            if (_pages[i] is not { } mapped)
                return -Errno.ENOMEM;
            mapped.Protection = protection;
        }
        return 0;
    }

    // What is private and writable gets its own copy ahead of the first write.
    public void Populate(int page, int length)
    {
        for (int i = page; i < page + length; i++)
            _ = _pages[i] is { } mapped ? PopulatePage(mapped) : 0;
    }

    // What comes before a hole is locked; without a hole everything is faulted in.
    public int Lock(int page, int length)
    {
        for (int i = page; i < page + length; i++)
        {
            if (_pages[i] is not { } mapped)
                return -Errno.ENOMEM;
            mapped.Locked = true;
        }
        for (int i = page; i < page + length; i++)
        {
            if (PopulatePage(_pages[i]!) != 0)
                return -Errno.ENOMEM;
        }
        return 0;
    }

    public int Unlock(int page, int length)
    {
        for (int i = page; i < page + length; i++)
        {
            if (_pages[i] is not { } mapped)
                return -Errno.ENOMEM;
            mapped.Locked = false;
        }
        return 0;
    }

    // Holes are passed over and reported at the end; a page that refuses ends the call.
    public int Advise(int page, int length, Advice advice)
    {
        int hole = 0;
        for (int i = page; i < page + length; i++)
        {
            bool populate = advice is Advice.PopulateRead or Advice.PopulateWrite;
            if (_pages[i] is not { } mapped)
            {
                if (populate)
                    return -Errno.ENOMEM;
                hole = -Errno.ENOMEM;
                continue;
            }
            int error = populate ? PopulateFor(mapped, advice == Advice.PopulateWrite) : Advise(mapped, advice);
            if (error != 0)
                return error;
        }
        return hole;
    }

    public bool Write(int page, byte value)
    {
        if (_pages[page] is not { BeyondEnd: false, Guard: false } mapped || (mapped.Protection & 2) == 0)
            return false;
        mapped.PrivateCopyOf = null;
        mapped.Cell.Value = value;
        mapped.MayBeDropped = false;
        return true;
    }

    // The byte, -1 where an access faults. A page that may be dropped reads as zero once it was.
    public int Read(int page, int actual)
    {
        if (_pages[page] is not { BeyondEnd: false, Guard: false } mapped || mapped.Protection == 0)
            return -1;
        if (mapped.MayBeDropped && actual == 0)
        {
            mapped.MayBeDropped = false;
            mapped.Cell.Value = 0;
        }
        return (mapped.PrivateCopyOf ?? mapped.Cell).Value;
    }

    private static int PopulatePage(Mapped mapped)
    {
        if (mapped.Protection == 0 || mapped.BeyondEnd || mapped.Guard)
            return -Errno.EFAULT;
        if (mapped.IsPrivate && (mapped.Protection & 2) != 0)
            CopyOwn(mapped);
        return 0;
    }

    private static int PopulateFor(Mapped mapped, bool write)
    {
        if ((mapped.Protection & (write ? 2 : 1)) == 0)
            return -Errno.EINVAL;
        if (mapped.BeyondEnd || mapped.Guard)
            return -Errno.EFAULT;
        if (write)
            CopyOwn(mapped);
        return 0;
    }

    private static void CopyOwn(Mapped mapped)
    {
        if (mapped.PrivateCopyOf is not { } original)
            return;
        mapped.Cell.Value = original.Value;
        mapped.PrivateCopyOf = null;
    }

    private int Advise(Mapped mapped, Advice advice)
    {
        switch (advice)
        {
            case Advice.DontNeed or Advice.GuardInstall when mapped.Locked:
            case Advice.Free when mapped.Locked || mapped.Kind != Kind.PrivateAnon:
            case Advice.Cold or Advice.PageOut or Advice.Remove when mapped.Locked:
            case Advice.WipeOnFork when mapped.Kind != Kind.PrivateAnon:
                return -Errno.EINVAL;
            case Advice.DontNeed or Advice.DontNeedLocked:
                Drop(mapped);
                return 0;
            case Advice.Free:
                mapped.MayBeDropped = true;
                return 0;
            case Advice.GuardInstall:
                Drop(mapped);
                mapped.Guard = true;
                return 0;
            case Advice.GuardRemove:
                mapped.Guard = false;
                return 0;
            case Advice.Remove:
                return Remove(mapped);
            default:
                return 0;
        }
    }

    private void Drop(Mapped mapped)
    {
        if (!mapped.IsPrivate)
            return;
        mapped.Cell.Value = 0;
        mapped.MayBeDropped = false;
        mapped.PrivateCopyOf = mapped.FilePage >= 0 ? _file[mapped.FilePage] : null;
    }

    private static int Remove(Mapped mapped)
    {
        switch (mapped.Kind)
        {
            case Kind.PrivateAnon:
                return -Errno.EINVAL;
            case Kind.PrivateFile:
                return -Errno.EACCES;
            case Kind.SharedFile:
                return -Errno.EOPNOTSUPP; // the test's file has no holes
            default:
                mapped.Cell.Value = 0;
                return 0;
        }
    }
}
