namespace Emu.Syscalls;

/// <summary>/sys/kernel/mm/hugepages. Linux: mm/hugetlb_sysfs.c.</summary>
internal static class SysHugepages
{
    /// <summary>The directory.</summary>
    public static PseudoEntry Directory { get; } = PseudoEntry.Directory("hugepages",
    [
        PseudoEntry.Directory("hugepages-2048kB",
        [
            SysAttribute.Number("nr_hugepages", static kernel => kernel.Memory.Hugetlb.Total, Resize, long.MaxValue),
            SysAttribute.Number("nr_hugepages_mempolicy", static kernel => kernel.Memory.Hugetlb.Total, Resize, long.MaxValue),
            SysAttribute.Number("nr_overcommit_hugepages", static kernel => kernel.Memory.Hugetlb.Overcommit, SetOvercommit, long.MaxValue),
            SysAttribute.Read("free_hugepages", static kernel => kernel.Memory.Hugetlb.Free),
            SysAttribute.Read("resv_hugepages", static kernel => kernel.Memory.Hugetlb.Reserved),
            SysAttribute.Read("surplus_hugepages", static kernel => kernel.Memory.Hugetlb.Surplus),
        ]),
    ]);

    private static int Resize(Kernel kernel, ulong count)
    {
        kernel.Memory.Hugetlb.Resize((long)count);
        return 0;
    }

    private static int SetOvercommit(Kernel kernel, ulong count)
    {
        kernel.Memory.Hugetlb.Overcommit = (long)count;
        return 0;
    }
}
