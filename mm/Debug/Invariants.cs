using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>What must always hold between two operations of mm. Tests call it after each.</summary>
/// <remarks>
/// The cost grows with the number of frames and mappings. Lock: the kernel lock, with no operation half done. What is wrong is reported as
/// <see cref="EmulatorBugException"/> with everything that was found.
/// </remarks>
public static class Invariants
{
    private const int MaxReported = 20;

    /// <summary>Checks everything.</summary>
    /// <exception cref="EmulatorBugException">Something does not hold.</exception>
    public static void Check(MemoryManager manager)
    {
        Findings findings = new();
        MappingRecount mappings = new(manager);
        new FrameInvariants(manager, findings).Check(mappings);
        foreach (MemoryDescriptor mm in manager.AddressSpaces)
            new VmaInvariants(mm, findings).Check(mappings);
        new RmapInvariants(manager, findings).Check(mappings);
        new CacheInvariants(manager, findings).Check();
        new SwapInvariants(manager, findings).Check(mappings);
        new MemcgInvariants(manager, findings).Check(mappings);
        new HugetlbInvariants(manager, findings).Check(mappings);
        CheckCommitted(manager, findings);
        if (findings.Count != 0)
            throw new EmulatorBugException($"invariants of mm do not hold:\n{findings}");
    }

    /// <summary>Checks, when no address space is left, that no page is held but those of caches and the kernel's own.</summary>
    /// <exception cref="EmulatorBugException">Pages leaked.</exception>
    public static void CheckNoLeak(MemoryManager manager)
    {
        Bug.On(manager.AddressSpaces.Count != 0, "leaks are looked for while address spaces live");
        Findings findings = new();
        foreach (MemoryRange range in manager.Nodes.SelectMany(static node => node.Zones).SelectMany(static zone => zone.RangesInUse()))
        {
            for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn++)
            {
                ref Page page = ref manager.Page(pfn);
                bool held = page.RefCount > 0 && page.Type == PageType.None && !page.Has(PageFlags.Reserved) && pfn != manager.HugeZeroPfn;
                bool cached = page.Has(PageFlags.SwapCache) || (!page.Mapping.IsNone && !page.IsAnonymous);
                findings.Require(!held || cached, $"frame {pfn:x} is held {page.RefCount} times and belongs to nothing");
            }
        }
        if (findings.Count != 0)
            throw new EmulatorBugException($"memory leaked:\n{findings}");
    }

    // What address spaces and objects were promised is what the machine promised.
    private static void CheckCommitted(MemoryManager manager, Findings findings)
    {
        long promised = manager.ReservedByObjects;
        foreach (MemoryDescriptor mm in manager.AddressSpaces)
        {
            foreach ((_, _, VmArea area) in mm.Areas.Iterate())
                promised += (area.Flags & VmFlags.Account) != 0 ? (long)area.Pages : 0;
        }
        findings.Require(promised == manager.CommittedPages, $"{manager.CommittedPages} pages are committed, {promised} are accounted for");
    }

    /// <summary>Collects what is wrong.</summary>
    internal sealed class Findings
    {
        private readonly List<string> _lines = [];

        /// <summary>How much was found.</summary>
        public int Count { get; private set; }

        /// <summary>Notes what is wrong unless the condition holds.</summary>
        public void Require(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Invariant.Message message)
        {
            if (!condition && Count++ < MaxReported)
                _lines.Add(message.Text);
        }

        /// <inheritdoc/>
        public override string ToString() => string.Join('\n', _lines) + (Count > MaxReported ? $"\n… {Count - MaxReported} more" : "");
    }
}
