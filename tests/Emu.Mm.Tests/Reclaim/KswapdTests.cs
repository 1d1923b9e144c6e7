namespace Emu.Mm.Tests;

public class KswapdTests
{
    [Fact]
    public void Allocate_WakesKswapd_BelowTheLowWatermark_AndBalanceNodeReachesTheHighOne()
    {
        using TestMachine machine = new();
        MemoryManager manager = machine.Manager;
        Noted noted = new();
        manager.Vmscan.Kswapd = noted;
        manager.Sysctl.WatermarkBoostFactor = 0; // a boost alone is dropped without reclaim
        Assert.Equal(0, manager.Swap.SwapOn(new MemorySwapDevice(4096), "/dev/swap"u8.ToArray(), -1, isFile: false, out _));
        ulong start = (ulong)machine.Map(0, manager.TotalRamPages << MmConstants.PageShift);
        for (ulong page = 0; noted.Node == null; page++)
            machine.Write(start + (page << MmConstants.PageShift), 1);
        Node node = noted.Node;
        Assert.False(Vmscan.IsBalanced(node, 0));
        if (!manager.Vmscan.BalanceNode(node, 0)) // every page was used just now: a second look finds out which are not used any more
            Assert.True(manager.Vmscan.BalanceNode(node, 0));
        Assert.True(Vmscan.IsBalanced(node, 0));
        Assert.NotEqual(0, manager.Events[(int)VmEvent.StealKswapd]);
        machine.Check();
    }

    [Fact]
    public void BalanceNode_TakesTheBoostBack_WhenMarksWereRaised()
    {
        using TestMachine machine = new();
        Node node = machine.Manager.Nodes[0];
        foreach (Zone zone in node.ThisNodeZones)
            zone.WatermarkBoost = 64;
        machine.Manager.Vmscan.BalanceNode(node, 0);
        Assert.All(node.ThisNodeZones, static zone => Assert.Equal(0, zone.WatermarkBoost));
    }

    [Fact]
    public void Allocate_LeavesKswapdAlone_WhenItFoundNothingTooOften()
    {
        using MemoryManager manager = new(new MemoryLayout(4 << 20));
        Noted noted = new();
        manager.Vmscan.Kswapd = noted;
        while (manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0) != 0)
        {
        }
        for (int i = 0; i < 16; i++)
            Assert.False(manager.Vmscan.BalanceNode(manager.Nodes[0], 0));
        noted.Node = null;
        Assert.Equal(0u, manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0));
        Assert.Null(noted.Node);
    }

    private sealed class Noted : IKswapd
    {
        public Node? Node { get; set; }

        public void Wake(Node node, int order) => Node = node;
    }
}
