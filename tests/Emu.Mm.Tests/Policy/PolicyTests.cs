namespace Emu.Mm.Tests;

public class PolicyTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Bind_TakesItsNodesAlone_AndSplitsTheArea()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 40 * 4096);
        Assert.Equal(0, machine.Mm.Bind(At + (10 * 4096), 10 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.None));
        Assert.Equal(3, machine.Mm.MapCount);
        Assert.Equal(0, machine.Mm.Bind(At + (20 * 4096), 5 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.None));
        Assert.Equal(3, machine.Mm.MapCount);
        Assert.Equal(0, machine.Mm.Bind(At, 40 * 4096, null, default, BindFlags.None));
        Assert.Equal(1, machine.Mm.MapCount);
        Assert.Equal(0, machine.Mm.Bind(At + (10 * 4096), 10 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.None));
        Touch(machine, 40);
        Assert.Equal([0, 1, 0, 0], new[] { 5, 15, 25, 35 }.Select(page => NodeOf(machine, page)));
        machine.Check();
    }

    [Fact]
    public void Bind_Strict_ComplainsOfPagesElsewhere_AndMoveMovesThem()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 40 * 4096);
        Touch(machine, 40);
        MemPolicy second = Make(PolicyMode.Bind, 2);
        Assert.Equal(-Errno.EIO, machine.Mm.Bind(At, 40 * 4096, second, new NodeMask(2), BindFlags.Strict));
        Assert.Null(machine.Mm.Lookup(At)!.Policy);
        Assert.Equal(0, machine.Mm.Bind(At, 40 * 4096, Make(PolicyMode.Bind, 1), new NodeMask(1), BindFlags.Strict));
        Assert.Equal(0, machine.Mm.Bind(At, 20 * 4096, second, new NodeMask(2), BindFlags.Strict | BindFlags.Move));
        Assert.Equal([1, 1, 0, 0], new[] { 0, 19, 20, 39 }.Select(page => NodeOf(machine, page)));
        for (int i = 0; i < 40; i++)
            Assert.Equal((byte)i, machine.Read(At + ((ulong)i * 4096)));
        machine.Check();
    }

    [Fact]
    public void Move_LeavesWhatOthersShare_AndMoveAllDoesNot()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 4 * 4096);
        Touch(machine, 4);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.Equal(0, machine.Mm.Bind(At, 4 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.Move));
        Assert.Equal(0, NodeOf(machine, 0));
        Assert.Equal(0, machine.Mm.Bind(At, 4 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.MoveAll));
        Assert.Equal(1, NodeOf(machine, 0));
        Assert.Equal(1, child.NodeOfPage(At));
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void Bind_FailsAtAHole_UnlessItIsTheDefault()
    {
        using TestMachine machine = new(nodes: 2);
        machine.MapFixed(At, 4 * 4096);
        machine.Mm.Unmap(At + 4096, 4096);
        Assert.Equal(-Errno.EFAULT, machine.Mm.Bind(At, 4 * 4096, Make(PolicyMode.Bind, 1), new NodeMask(1), BindFlags.None));
        Assert.Equal(0, machine.Mm.Bind(At, 4 * 4096, null, default, BindFlags.None));
        Assert.Equal(-Errno.EFAULT, machine.Mm.Bind(At + 4096, 4096, null, default, BindFlags.None));
    }

    [Fact]
    public void Interleave_FollowsTheOffset_AndTheWeights()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 40 * 4096);
        machine.Mm.Bind(At, 20 * 4096, Make(PolicyMode.Interleave, 3), new NodeMask(3), BindFlags.None);
        machine.Mm.Bind(At + (20 * 4096), 20 * 4096, Make(PolicyMode.WeightedInterleave, 3), new NodeMask(3), BindFlags.None);
        machine.Manager.NodeChoice.Weights[0] = 3;
        for (int i = 39; i >= 0; i--)
            Assert.True(machine.Write(At + ((ulong)i * 4096), 1));
        Assert.Equal(10, Enumerable.Range(0, 20).Count(page => NodeOf(machine, page) == 0));
        Assert.All(Enumerable.Range(0, 19), page => Assert.NotEqual(NodeOf(machine, page), NodeOf(machine, page + 1)));
        Assert.Equal(15, Enumerable.Range(20, 20).Count(page => NodeOf(machine, page) == 0));
        Assert.True(machine.Manager.Nodes.Sum(node => node.Zones.Sum(zone => zone.NumaStats[(int)NumaStat.NumaInterleave])) >= 40);
        machine.Check();
    }

    [Fact]
    public void TaskPolicy_Counts_WhereTheAreaHasNone()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 8 * 4096);
        machine.Manager.InitTask.SetPolicy(Make(PolicyMode.Preferred, 2));
        Touch(machine, 2);
        Assert.Equal(1, NodeOf(machine, 0));
        machine.Manager.InitTask.SetPolicy(null);
        Assert.True(machine.Write(At + (4 * 4096), 1));
        Assert.Equal(0, NodeOf(machine, 4));
        machine.Mm.Bind(At, 8 * 4096, Make(PolicyMode.PreferredMany, 2), new NodeMask(2), BindFlags.None);
        Assert.True(machine.Write(At + (5 * 4096), 1));
        Assert.Equal(1, NodeOf(machine, 5));
    }

    [Fact]
    public void SharedPolicy_IsTheObjects()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 8 * 4096, flags: MapFlags.Shared);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        machine.Mm.Bind(At + (2 * 4096), 2 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.None);
        UserAccess user = new(child);
        for (ulong i = 0; i < 8; i++)
            Assert.True(user.TryPut(At + (i * 4096), (byte)1));
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 0], Enumerable.Range(0, 8).Select(page => child.NodeOfPage(At + ((ulong)page * 4096))));
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void MigrateNodes_ExchangesNodes()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 8 * 4096);
        machine.Mm.Bind(At + (4 * 4096), 4 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.None);
        Touch(machine, 8);
        Assert.Equal(0, machine.Mm.MigrateNodes(new NodeMask(1), new NodeMask(2), moveAll: false));
        Assert.All(Enumerable.Range(0, 8), page => Assert.Equal(1, NodeOf(machine, page)));
        Assert.Equal(0, machine.Mm.MigrateNodes(new NodeMask(3), new NodeMask(1), moveAll: false));
        Assert.All(Enumerable.Range(0, 8), page => Assert.Equal(0, NodeOf(machine, page)));
        for (int i = 0; i < 8; i++)
            Assert.Equal((byte)i, machine.Read(At + ((ulong)i * 4096)));
        machine.Check();
    }

    [Fact]
    public void MovePage_TellsWhatCameOfEachPage()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.MapFixed(At, 8 * 4096);
        Touch(machine, 1);
        machine.Read(At + 4096);
        Assert.Equal(1, machine.Mm.MovePage(At, 1, moveAll: false));
        Assert.Equal(1, machine.Mm.NodeOfPage(At));
        Assert.Equal(-Errno.EFAULT, machine.Mm.MovePage(At + 4096, 1, moveAll: false));
        Assert.Equal(-Errno.ENOENT, machine.Mm.MovePage(At + 8192, 1, moveAll: false));
        Assert.Equal(-Errno.EFAULT, machine.Mm.MovePage(0x1000, 1, moveAll: false));
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.Equal(-Errno.EACCES, machine.Mm.MovePage(At, 0, moveAll: false));
        Assert.Equal(0, machine.Mm.MovePage(At, 0, moveAll: true));
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void Balancing_MovesAPageToTheNodeThatUsesIt()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        NumaBalancing balancing = machine.Manager.NumaBalancing;
        machine.MapFixed(At, 8 * 4096);
        machine.Mm.Bind(At, 8 * 4096, Make(PolicyMode.Bind, 2), new NodeMask(2), BindFlags.None);
        Touch(machine, 8);
        machine.Mm.Bind(At, 8 * 4096, null, default, BindFlags.None);
        Assert.Equal(0, balancing.Scan(machine.Mm));
        balancing.Enabled = true;
        Assert.Equal(8, balancing.Scan(machine.Mm));
        machine.Check();
        Assert.Equal(3, machine.Read(At + (3 * 4096)));
        Assert.Equal(0, NodeOf(machine, 3));
        Assert.Equal(1, NodeOf(machine, 4));
        Assert.True(machine.Write(At + (4 * 4096), 44));
        Assert.Equal(0, NodeOf(machine, 4));
        Assert.Equal(2, machine.Manager.Events[(int)VmEvent.NumaHintFaults]);
        Assert.Equal(2, machine.Manager.Events[(int)VmEvent.NumaPagesMigrated]);
        Assert.Equal(44, machine.Read(At + (4 * 4096)));
        machine.Check();
    }

    [Fact]
    public void Balancing_LeavesHugePagesWhole()
    {
        using TestMachine machine = new(megabytes: 64, nodes: 2);
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.Manager.NumaBalancing.Enabled = true;
        machine.MapFixed(0x4000_0000, 2 << 20);
        machine.Mm.Bind(0x4000_0000, 2 << 20, Make(PolicyMode.Preferred, 2), new NodeMask(2), BindFlags.None);
        Assert.True(machine.Write(0x4000_0000, 5));
        Assert.Equal(1, machine.Mm.NodeOfPage(0x4000_0000));
        machine.Mm.Bind(0x4000_0000, 2 << 20, null, default, BindFlags.None);
        Assert.Equal(1, machine.Manager.NumaBalancing.Scan(machine.Mm));
        machine.Check();
        Assert.True(machine.Write(0x4000_0000 + 0x54321, 6));
        Assert.Equal(0, machine.Mm.NodeOfPage(0x4000_0000));
        Assert.Equal(5, machine.Read(0x4000_0000));
        Assert.Equal(1, machine.Manager.Stat(NodeStat.AnonHuge));
        machine.Check();
    }

    [Theory]
    [InlineData(2, 1UL, 0)]
    [InlineData(2, 4UL, -Errno.EINVAL)]
    [InlineData(0, 1UL, -Errno.EINVAL)]
    [InlineData(0, 0UL, 0)]
    [InlineData(4, 1UL, -Errno.EINVAL)]
    [InlineData(1, 0UL, 0)]
    [InlineData(3, 0UL, -Errno.EINVAL)]
    public void Create_ChecksTheNodes(int mode, ulong nodes, int error)
    {
        ulong[] mask = new ulong[16];
        mask[0] = nodes;
        Assert.Equal(error, MemPolicy.TryCreate((PolicyMode)mode, PolicyFlags.None, mask, new NodeMask(3), out _));
    }

    private static MemPolicy Make(PolicyMode mode, ulong nodes)
    {
        ulong[] mask = new ulong[16];
        mask[0] = nodes;
        Assert.Equal(0, MemPolicy.TryCreate(mode, PolicyFlags.None, mask, new NodeMask(3), out MemPolicy? policy));
        return policy!;
    }

    private static void Touch(TestMachine machine, int pages)
    {
        for (int i = 0; i < pages; i++)
            Assert.True(machine.Write(At + ((ulong)i * 4096), (byte)i));
    }

    private static int NodeOf(TestMachine machine, int page) => machine.Mm.NodeOfPage(At + ((ulong)page * 4096));
}
