namespace Emu.Mm;

/// <content>Huge pages now. Linux: <c>madvise_collapse</c>.</content>
public sealed partial class MemoryDescriptor
{
    private int AdviseCollapse(ref Advised advised)
    {
        VmArea area = advised.Area;
        if (!Manager.IsCollapsible(area, forced: true))
            return -Errno.EINVAL;
        ulong start = (advised.Start + MmConstants.PmdSize - 1) & MmConstants.PmdMask, end = advised.End & MmConstants.PmdMask;
        ScanResult failure = start > end ? ScanResult.Fail : ScanResult.Succeed;
        for (ulong at = start; at < end; at += MmConstants.PmdSize)
        {
            ScanResult result = Manager.Collapser.Collapse(area, at, forced: true);
            if (result is ScanResult.Succeed or ScanResult.PmdMapped)
                continue;
            failure = result;
            if (!MayGoOn(result))
                break;
        }
        return ToErrno(failure);
    }

    // Failures that say nothing of the next range.
    private static bool MayGoOn(ScanResult result) => result is ScanResult.PmdNull or ScanResult.PteNonPresent or ScanResult.PteUffdWp or
        ScanResult.LackReferencedPage or ScanResult.PageNull or ScanResult.PageCount or ScanResult.PageLru;

    // Linux: madvise_collapse_errno
    private static int ToErrno(ScanResult result) => result switch
    {
        ScanResult.Succeed => 0,
        ScanResult.AllocHugePageFail => -Errno.ENOMEM,
        ScanResult.ExceedNonePte => -Errno.EBUSY,
        ScanResult.PageCount or ScanResult.PageLru => -Errno.EAGAIN,
        _ => -Errno.EINVAL,
    };
}
