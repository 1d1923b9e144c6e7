using System.Text;

namespace Emu.Mm.Tests;

public class MemoryCgroupTests
{
    private const ulong At = 0x2000_0000;
    private const long Page = 4096;

    [Fact]
    public void Charge_CountsAnonFileShmemAndTables_ForTheGroupAndAbove()
    {
        using Bench bench = new();
        TestFile file = new(bench.Manager, new byte[16 * Page]);
        bench.Machine.MapFixed(At, 32 * (ulong)Page);
        bench.Machine.Map(At + 0x100000, 16 * (ulong)Page, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        bench.Machine.MapFixed(At + 0x200000, 8 * (ulong)Page, flags: MapFlags.Shared);
        bench.Touch(At, 20);
        Assert.Equal(0, bench.Machine.Read(At + 0x100000));
        bench.Touch(At + 0x200000, 8);
        bench.Machine.Check();
        Assert.Equal(20, bench.Child.Stat(NodeStat.AnonMapped));
        Assert.Equal(16, bench.Child.Stat(NodeStat.FilePages) - bench.Child.Stat(NodeStat.Shmem));
        Assert.Equal(8, bench.Child.Stat(NodeStat.Shmem));
        Assert.Equal(bench.Child.KernelPages, bench.Child.Stat(NodeStat.PageTable));
        Assert.True(bench.Child.KernelPages >= 3);
        Assert.Equal(20 + 16 + 8 + bench.Child.KernelPages, bench.Child.Memory.Usage);
        Assert.Equal(bench.Child.Memory.Usage, bench.Parent.Memory.Usage);
        Assert.Equal(20, bench.Parent.Stat(NodeStat.AnonMapped));
        bench.Machine.Mm.Unmap(At, 0x400000);
        file.Put();
        bench.Machine.Check();
        Assert.Equal(0, bench.Child.Stat(NodeStat.AnonMapped));
    }

    [Fact]
    public void Max_ReclaimsFromTheGroupAlone_WhenItIsMet()
    {
        using Bench bench = new(swapPages: 1024);
        MemoryDescriptor other = MemoryDescriptor.TryCreate(bench.Manager, new MmLimits())!;
        other.MemoryCgroup = bench.Manager.Memcg.Root;
        UserAccess outsider = new(other);
        other.Map(new MapRequest { Address = At, Length = 64 * 4096, Protection = (MemoryProtection)3, Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed }, out _);
        for (ulong i = 0; i < 64; i++)
            Assert.True(outsider.TryPut(At + (i * 4096), (byte)1));
        bench.Manager.Memcg.SetMax(bench.Child, 80);
        bench.Machine.MapFixed(At, 300 * (ulong)Page);
        for (ulong i = 0; i < 300; i++)
            Assert.True(bench.Machine.Write(At + (i * 4096), (byte)i));
        Assert.True(bench.Child.Memory.Usage <= 80);
        Assert.True(bench.Child.Swap.Usage >= 200);
        Assert.Equal(bench.Child.Swap.Usage, bench.Parent.Swap.Usage);
        Assert.True(bench.Child.Events[(int)MemcgEvent.Max] > 0);
        Assert.Equal(0, bench.Child.Events[(int)MemcgEvent.Oom]);
        Assert.Equal(64, other.Rss[(int)RssKind.Anon]);
        bench.Machine.Check();
        for (ulong i = 0; i < 300; i++)
            Assert.Equal((byte)i, bench.Machine.Read(At + (i * 4096)));
        bench.Machine.Check();
        other.Exit();
    }

    [Fact]
    public void SwapMax_KeepsPagesInMemory_AndTheChargeFails()
    {
        using Bench bench = new(swapPages: 1024);
        bench.Manager.Memcg.SetMax(bench.Child, 40);
        MemoryCgroups.SetSwapMax(bench.Child, 10);
        bench.Machine.MapFixed(At, 100 * (ulong)Page);
        int written = 0;
        while (written < 100 && bench.Machine.Write(At + ((ulong)written * 4096), 1))
            written++;
        Assert.InRange(written, 30, 50);
        Assert.Equal(10, bench.Child.Swap.Usage);
        Assert.True(bench.Child.Events[(int)MemcgEvent.SwapMax] > 0);
        Assert.True(bench.Child.Events[(int)MemcgEvent.SwapFail] > 0);
        Assert.True(bench.Child.Events[(int)MemcgEvent.Oom] > 0);
        bench.Machine.Check();
    }

    [Fact]
    public void ParentsMax_BindsTheChild()
    {
        using Bench bench = new(swapPages: 512);
        bench.Manager.Memcg.SetMax(bench.Parent, 50);
        bench.Machine.MapFixed(At, 100 * (ulong)Page);
        bench.Touch(At, 100);
        Assert.True(bench.Child.Memory.Usage <= 50);
        Assert.Equal(0, bench.Child.LocalEvents[(int)MemcgEvent.Max]);
        Assert.True(bench.Parent.LocalEvents[(int)MemcgEvent.Max] > 0);
        bench.Machine.Check();
    }

    [Fact]
    public void SetMax_ReclaimsAtOnce()
    {
        using Bench bench = new(swapPages: 512);
        bench.Machine.MapFixed(At, 200 * (ulong)Page);
        bench.Touch(At, 200);
        bench.Manager.Memcg.SetMax(bench.Child, 100);
        Assert.True(bench.Child.Memory.Usage <= 100);
        bench.Machine.Check();
    }

    [Fact]
    public void Min_KeepsAGroupFromReclaim_AndLowUntilNothingElseIsLeft()
    {
        using Bench bench = new(swapPages: 1024);
        MemoryCgroup sibling = bench.Manager.Memcg.Create(bench.Parent, "sibling");
        MemoryCgroups.SetLow(bench.Child, 1000);
        bench.Machine.MapFixed(At, 100 * (ulong)Page);
        bench.Touch(At, 100);
        long before = bench.Child.Memory.Usage;
        bench.Machine.Mm.MemoryCgroup = sibling;
        bench.Machine.MapFixed(At + 0x1000000, 100 * (ulong)Page);
        bench.Touch(At + 0x1000000, 100);
        Assert.Equal(0, bench.Manager.Memcg.Reclaim(bench.Parent, 50));
        Assert.Equal(before, bench.Child.Memory.Usage);
        Assert.True(sibling.Memory.Usage <= 60);
        MemoryCgroups.SetMin(bench.Child, 1000);
        Assert.Equal(-Errno.EAGAIN, bench.Manager.Memcg.Reclaim(bench.Parent, 150));
        Assert.Equal(before, bench.Child.Memory.Usage);
        MemoryCgroups.SetMin(bench.Child, 0);
        Assert.Equal(0, bench.Manager.Memcg.Reclaim(bench.Parent, 20));
        Assert.True(bench.Child.Memory.Usage < before);
        Assert.True(bench.Child.Events[(int)MemcgEvent.Low] > 0);
        bench.Machine.Mm.MemoryCgroup = bench.Child;
        bench.Machine.Check();
    }

    [Theory]
    [InlineData(100, 100, 50, 50, 200, 200, 50, 50)] // the parent promises enough: each gets its own
    [InlineData(100, 100, 100, 100, 100, 100, 50, 50)] // half as much as the children want: each gets half
    [InlineData(30, 100, 100, 100, 130, 130, 30, 100)] // what is not used is not protected
    public void Low_IsSharedByUsage_WhenTheParentPromisesLess(long usage1, long usage2, long low1, long low2, long parentLow, long grandLow, long effective1, long effective2)
    {
        using Bench bench = new();
        MemoryCgroups groups = bench.Manager.Memcg;
        MemoryCgroup middle = groups.Create(bench.Parent, "middle"), one = groups.Create(middle, "one"), two = groups.Create(middle, "two");
        MemoryCgroups.SetLow(bench.Parent, grandLow);
        MemoryCgroups.SetLow(middle, parentLow);
        MemoryCgroups.SetLow(one, low1);
        MemoryCgroups.SetLow(two, low2);
        one.Memory.Charge(usage1);
        two.Memory.Charge(usage2);
        foreach (MemoryCgroup group in groups.Root.Subtree())
            group.Memory.CalculateProtection(groups.Root.Memory, recursive: false);
        Assert.Equal(effective1, one.Memory.EffectiveLow);
        Assert.Equal(effective2, two.Memory.EffectiveLow);
        one.Memory.Uncharge(usage1);
        two.Memory.Uncharge(usage2);
    }

    [Fact]
    public void High_LetsTheChargeThrough_AndMakesTheTaskWait()
    {
        using Bench bench = new();
        bench.Manager.Memcg.SetHigh(bench.Child, 20);
        bench.Machine.MapFixed(At, 400 * (ulong)Page);
        bench.Touch(At, 200);
        TaskMemory task = bench.Manager.Current;
        Assert.True(task.PagesOverHigh > 150);
        Assert.Equal(2_000_000_000, bench.Manager.Memcg.HandleOverHigh(task)); // no swap: nothing to reclaim, the longest wait
        Assert.Equal(0, task.PagesOverHigh);
        Assert.True(bench.Child.Events[(int)MemcgEvent.High] > 0);
        Assert.Equal(0, bench.Manager.Memcg.HandleOverHigh(task));
    }

    [Fact]
    public void High_IsReclaimedTo_WhenThereIsSwap()
    {
        using Bench bench = new(swapPages: 1024);
        bench.Manager.Memcg.SetHigh(bench.Child, 50);
        bench.Machine.MapFixed(At, 400 * (ulong)Page);
        bench.Touch(At, 60);
        Assert.Equal(0, bench.Manager.Memcg.HandleOverHigh(bench.Manager.Current));
        Assert.True(bench.Child.Memory.Usage <= 60);
        bench.Touch(At, 400);
        bench.Manager.Memcg.SetHigh(bench.Child, 40);
        Assert.True(bench.Child.Memory.Usage <= 40);
        bench.Machine.Check();
    }

    [Fact]
    public void Remove_KeepsTheChargesAlive_UntilTheLastPageGoes()
    {
        using Bench bench = new(swapPages: 256);
        MemoryCgroup doomed = bench.Manager.Memcg.Create(bench.Parent, "doomed");
        bench.Machine.Mm.MemoryCgroup = doomed;
        bench.Machine.MapFixed(At, 50 * (ulong)Page);
        bench.Touch(At, 50);
        bench.Manager.Memcg.Reclaim(doomed, 10);
        bench.Manager.Memcg.Remove(doomed);
        Assert.Same(bench.Parent, bench.Machine.Mm.MemoryCgroup);
        Assert.Contains(doomed, bench.Parent.Children);
        bench.Machine.Check();
        bench.Touch(At, 50); // pages that come back from swap are the parent's
        Assert.True(bench.Parent.LocalPages > 0);
        bench.Machine.Mm.Unmap(At, 50 * (ulong)Page);
        bench.Machine.Mm.MemoryCgroup = bench.Child;
        bench.Machine.Exit();
        Assert.DoesNotContain(doomed, bench.Parent.Children);
    }

    [Fact]
    public void Fork_InheritsTheGroup_AndCopiesAreChargedToIt()
    {
        using Bench bench = new();
        bench.Machine.MapFixed(At, 10 * (ulong)Page);
        bench.Touch(At, 10);
        MemoryDescriptor child = bench.Machine.Mm.TryFork(new MmLimits())!;
        Assert.Same(bench.Child, child.MemoryCgroup);
        long before = bench.Child.Stat(NodeStat.AnonMapped);
        Assert.True(new UserAccess(child).TryPut(At, (byte)7));
        Assert.Equal(before + 1, bench.Child.Stat(NodeStat.AnonMapped));
        bench.Machine.Check();
        child.Exit();
    }

    [Fact]
    public void HugePage_IsChargedWhole_AndItsPartsWhenItIsSplit()
    {
        using Bench bench = new(megabytes: 32);
        bench.Manager.Thp.Enabled = ThpMode.Always;
        bench.Machine.MapFixed(0x4000_0000, 4 << 20);
        Assert.True(bench.Machine.Write(0x4000_0000, 1));
        Assert.Equal(512, bench.Child.Stat(NodeStat.AnonMapped));
        Assert.Equal(1, bench.Child.Stat(NodeStat.AnonHuge));
        bench.Machine.Check();
        bench.Machine.Mm.Unmap(0x4000_0000, 1 << 20);
        bench.Machine.Check();
        Assert.Equal(256, bench.Child.Stat(NodeStat.AnonMapped));
        bench.Manager.Splitter.SplitDeferred(10);
        bench.Machine.Check();
        Assert.True(bench.Child.LocalPages < 300);
    }

    [Fact]
    public void Peak_IsOfAllTime_AndSinceTheReset()
    {
        using Bench bench = new();
        using PeakWatch first = new(bench.Child.Memory), second = new(bench.Child.Memory);
        bench.Machine.MapFixed(At, 100 * (ulong)Page);
        bench.Touch(At, 60);
        long peak = first.Peak;
        bench.Machine.Mm.Unmap(At, 100 * (ulong)Page);
        Assert.True(peak >= 60);
        first.Reset();
        Assert.True(first.Peak < 10);
        Assert.Equal(peak, second.Peak);
        bench.Machine.MapFixed(At, 100 * (ulong)Page);
        bench.Touch(At, 20);
        Assert.InRange(first.Peak, 20, 35);
        second.Reset();
        Assert.InRange(first.Peak, 20, 35);
    }

    [Theory]
    [InlineData("max", PageCounter.NoLimit)]
    [InlineData("64M", 16384)]
    [InlineData("4096", 1)]
    [InlineData("0x3000", 3)]
    [InlineData("8191", 1)]
    [InlineData("1g", 262144)]
    public void Limit_IsReadAsTheKernelDoes(string text, long pages)
    {
        Assert.Equal(0, MemcgFiles.TryParseLimit(text, out long parsed));
        Assert.Equal(pages, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("12q")]
    [InlineData("1M 2")]
    public void Limit_IsRefused_WhenItIsNoNumber(string text) => Assert.Equal(-Errno.EINVAL, MemcgFiles.TryParseLimit(text, out _));

    [Fact]
    public void Stat_PrintsTheKernelsRows()
    {
        using Bench bench = new();
        bench.Machine.MapFixed(At, 10 * (ulong)Page);
        bench.Touch(At, 10);
        ProcWriter writer = new();
        MemcgFiles.WriteStat(bench.Manager, bench.Child, writer);
        string[] lines = Encoding.ASCII.GetString(writer.Text).Split('\n');
        Assert.Equal("anon 40960", lines[0]);
        Assert.Equal("file 0", lines[1]);
        Assert.StartsWith("kernel ", lines[2], StringComparison.Ordinal);
        Assert.Contains("slab 0", lines);
        Assert.Contains("pgscan 0", lines);
        Assert.Contains("pgfault 10", lines);
        Assert.Equal("numa_hint_faults 0", lines[^2]);
        writer.Clear();
        MemcgFiles.WriteEvents(bench.Child, local: false, writer);
        Assert.Equal("low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n", Encoding.ASCII.GetString(writer.Text));
    }

    /// <summary>A machine whose address space is charged to /parent/child.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly MemorySwapDevice? _swap;

        public Bench(ulong megabytes = 16, ulong swapPages = 0)
        {
            Machine = new TestMachine(megabytes);
            Parent = Manager.Memcg.Create(Manager.Memcg.Root, "parent");
            Child = Manager.Memcg.Create(Parent, "child");
            Machine.Mm.MemoryCgroup = Child;
            Manager.InitTask.Mm = Machine.Mm;
            if (swapPages == 0)
                return;
            _swap = new MemorySwapDevice(swapPages);
            Assert.Equal(0, Manager.Swap.SwapOn(_swap, "swap"u8.ToArray(), -1, isFile: false, out _));
        }

        public TestMachine Machine { get; }

        public MemoryManager Manager => Machine.Manager;

        public MemoryCgroup Parent { get; }

        public MemoryCgroup Child { get; }

        public void Touch(ulong address, int pages)
        {
            for (int i = 0; i < pages; i++)
                Assert.True(Machine.Write(address + ((ulong)i * 4096), (byte)i));
        }

        public void Dispose()
        {
            Machine.Dispose();
            _swap?.Dispose();
        }
    }
}
