using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>Faults that are for the reader of a userfaultfd. Linux: <c>handle_userfault</c>.</content>
public sealed unsafe partial class FaultHandler
{
    /// <summary>Whether a missing page of an area is for a reader. Linux: <c>userfaultfd_missing</c>.</summary>
    internal static bool IsMissingServed(VmArea area) => (area.Flags & VmFlags.UffdMissing) != 0;

    /// <summary>Hands a fault to the reader: the access waits, and is tried again.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="reason">One of <see cref="VmFlags.UffdMissing"/>, <see cref="VmFlags.UffdWp"/>, <see cref="VmFlags.UffdMinor"/>.</param>
    internal static VmFaultResult Userfault(ref VmFault fault, VmFlags reason)
    {
        fault.Class = FaultClass.Userfault;
        if (fault.Area.Userfault is not { } context || !context.Serves(fault.Flags))
            return VmFaultResult.Sigbus;
        fault.Userfault = reason;
        return VmFaultResult.Retry;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FaultOutcome Ask(in VmFault fault, ulong address, in FaultContext context) =>
        FaultOutcome.WaitFor(fault.Area.Userfault!.Enqueue(fault, address, context.ThreadId));

    // A protected page is written: the reader is asked, or the protection simply goes. Linux: the head of do_wp_page
    private bool IsWriteServed(ref VmFault fault, out VmFaultResult result)
    {
        result = VmFaultResult.None;
        if ((fault.Original.Value & Pte.UffdWpBit) == 0 || (fault.Area.Flags & VmFlags.UffdWp) == 0 || (fault.Flags & FaultFlags.Unshare) != 0)
            return false;
        if (!fault.Area.Userfault!.Wants(UserfaultFeatures.WpAsync))
        {
            result = Userfault(ref fault, VmFlags.UffdWp);
            return true;
        }
        fault.Original = fault.Original.Without(Pte.UffdWpBit);
        *fault.Pte = fault.Original;
        return false;
    }

    // The protection of an address outlives the page that was there. Linux: vmf_orig_pte_uffd_wp
    private static Pte KeepProtection(in VmFault fault, Pte pte)
    {
        bool marked = fault.Original.IsSwap && SwapEntry.FromPte(fault.Original) is { IsMarker: true } entry &&
            (entry.MarkerFlags & PteMarker.UffdWp) != 0 && (fault.Area.Flags & VmFlags.UffdWp) != 0;
        return marked ? pte.UffdWp : pte;
    }
}
