using Emu.Mm;

namespace Emu.Cli;

/// <summary>Lets one page allocation of a run fail: --inject page_alloc:nth=N. Linux: <c>fail_page_alloc</c> with <c>times=1</c>.</summary>
/// <param name="nth">Which, counted from 1.</param>
internal sealed class AllocationFailure(ulong nth) : IAllocationFault
{
    private GfpFlags _gfp;
    private int _order;

    /// <summary>Allocations so far that could have failed.</summary>
    public ulong Count { get; private set; }

    /// <inheritdoc/>
    public bool ShouldFail(GfpFlags gfp, int order)
    {
        if (++Count != nth)
            return false;
        _gfp = gfp;
        _order = order;
        return true;
    }

    /// <summary>What was injected, for the user.</summary>
    public string Describe() => Count >= nth
        ? $"injected: page allocation {nth} of {Count} failed (order {_order}, {GfpNames.Format(_gfp)})"
        : $"injected: nothing; there were {Count} page allocations";
}
