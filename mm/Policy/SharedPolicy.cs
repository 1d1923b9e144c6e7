namespace Emu.Mm;

/// <summary>The policies of the parts of a shmem object, which all who map it share. Linux: <c>struct shared_policy</c> (mm/mempolicy.c).</summary>
/// <remarks>Lock: <c>sp->lock</c>.</remarks>
public sealed class SharedPolicy
{
    private readonly List<Range> _ranges = [];

    private sealed record Range(ulong Start, ulong End, MemPolicy Policy);

    /// <summary>The policy of a page, null for none. Linux: <c>mpol_shared_policy_lookup</c>.</summary>
    public MemPolicy? Lookup(ulong index)
    {
        foreach (Range range in _ranges)
        {
            if (index >= range.Start && index < range.End)
                return range.Policy;
        }
        return null;
    }

    /// <summary>Sets the policy of [start, end); null takes it away. Linux: <c>shared_policy_replace</c>.</summary>
    public void Set(ulong start, ulong end, MemPolicy? policy)
    {
        List<Range> kept = [];
        foreach (Range range in _ranges)
        {
            if (range.Start < start)
                kept.Add(range with { End = Math.Min(range.End, start) });
            if (range.End > end)
                kept.Add(range with { Start = Math.Max(range.Start, end) });
        }
        if (policy != null)
            kept.Add(new Range(start, end, policy));
        _ranges.Clear();
        _ranges.AddRange(kept.OrderBy(static range => range.Start));
    }
}
