namespace Emu.Mm.Tests;

/// <summary>What a maple tree must do, done naively: a sorted list of ranges.</summary>
internal sealed class MapleModel
{
    private readonly List<MapleRange<object>> _ranges = [];

    internal IReadOnlyList<MapleRange<object>> Ranges => _ranges;

    internal void Store(ulong first, ulong last, object? entry)
    {
        int at = _ranges.FindIndex(range => range.Last >= first);
        if (at < 0)
            at = _ranges.Count;
        List<MapleRange<object>> pieces = [];
        int end = at;
        for (; end < _ranges.Count && _ranges[end].First <= last; end++)
        {
            if (_ranges[end].First < first)
                pieces.Add(_ranges[end] with { Last = first - 1 });
            if (_ranges[end].Last > last)
                pieces.Add(_ranges[end] with { First = last + 1 });
        }

        if (entry is not null)
            pieces.Add(new MapleRange<object>(first, last, entry));
        pieces.Sort((a, b) => a.First.CompareTo(b.First));
        _ranges.RemoveRange(at, end - at);
        _ranges.InsertRange(at, pieces);
    }

    internal MapleRange<object>? At(ulong index)
    {
        foreach (MapleRange<object> range in _ranges)
        {
            if (range.First <= index && index <= range.Last)
                return range;
        }

        return null;
    }

    internal object? Erase(ulong index)
    {
        if (At(index) is not { } found)
            return null;
        _ranges.Remove(found);
        return found.Entry;
    }

    internal MapleRange<object>? FirstFrom(ulong start, ulong last)
    {
        foreach (MapleRange<object> range in _ranges)
        {
            if (range.Last >= start && range.First <= last)
                return range;
        }

        return null;
    }

    internal MapleRange<object>? Next(ulong index, ulong max)
    {
        foreach (MapleRange<object> range in _ranges)
        {
            if (range.First > index)
                return range.First <= max ? range : null;
        }

        return null;
    }

    internal MapleRange<object>? Prev(ulong index, ulong min)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            if (_ranges[i].Last < index)
                return _ranges[i].Last >= min ? _ranges[i] : null;
        }

        return null;
    }

    /// <summary>First index of the lowest or highest free range of a size, null if there is none.</summary>
    internal ulong? EmptyArea(ulong min, ulong max, ulong size, bool highest)
    {
        ulong? found = null;
        foreach ((ulong first, ulong last) in Gaps())
        {
            ulong low = Math.Max(first, min);
            ulong high = Math.Min(last, max);
            if (low > high || size == 0 || high - low < size - 1)
                continue;
            found = highest ? high - size + 1 : low;
            if (!highest)
                break;
        }

        return found;
    }

    private IEnumerable<(ulong First, ulong Last)> Gaps()
    {
        ulong next = 0;
        foreach (MapleRange<object> range in _ranges)
        {
            if (range.First > next)
                yield return (next, range.First - 1);
            next = range.Last + 1;
            if (next == 0)
                yield break;
        }

        yield return (next, ulong.MaxValue);
    }
}
