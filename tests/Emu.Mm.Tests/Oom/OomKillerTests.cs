namespace Emu.Mm.Tests;

public class OomKillerTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Fault_KillsTheLargest_AndGoesOn_WhenMemoryRunsOut()
    {
        using Bench bench = new();
        MemoryDescriptor large = bench.AddProcess("large", pages: 2500), small = bench.AddProcess("small", pages: 200);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        for (ulong i = 0; bench.Killed.Count == 0; i++)
            Assert.True(user.TryPut(At + (i * 4096), (byte)1));
        Assert.Equal(["large"], bench.Killed);
        Assert.True(large.IsOomVictim);
        Assert.Equal(0, large.Rss[(int)RssKind.Anon]);
        Assert.Equal(200, small.Rss[(int)RssKind.Anon]);
        Assert.Equal(1, bench.Manager.Events[(int)VmEvent.OomKill]);
        bench.Check();
    }

    [Fact]
    public void Fault_Fails_WhenTheFaultingProcessItselfIsTheVictim()
    {
        using Bench bench = new();
        bench.AddProcess("other", pages: 500);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        ulong i = 0;
        while (user.TryPut(At + (i * 4096), (byte)1))
            i++;
        Assert.Equal(["current"], bench.Killed);
        Assert.True(bench.Current.Mm.Rss[(int)RssKind.Anon] > 2000);
        FaultOutcome outcome = bench.Manager.Faults.HandlePageFault(bench.Current.Mm, At + (i * 4096), PageFaultError.User | PageFaultError.Write, default);
        Assert.Equal(FaultStatus.OutOfMemory, outcome.Status);
        bench.Check();
    }

    [Fact]
    public void ScoreAdjust_DecidesWhoIsKilled()
    {
        using Bench bench = new();
        bench.AddProcess("large", pages: 1500, adjust: -1000);
        bench.AddProcess("small", pages: 100, adjust: 1000);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        for (ulong i = 0; bench.Killed.Count == 0; i++)
            Assert.True(user.TryPut(At + (i * 4096), (byte)1));
        Assert.Equal(["small"], bench.Killed);
    }

    [Fact]
    public void PendingVictim_IsWaitedFor_BeforeAnotherIsKilled()
    {
        using Bench bench = new();
        MemoryDescriptor first = bench.AddProcess("first", pages: 300, adjust: 1000);
        bench.AddProcess("second", pages: 300, adjust: 900);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        ulong i = 0;
        while (user.TryPut(At + (i * 4096), (byte)1))
            i++;
        Assert.Equal(["first"], bench.Killed); // the fault fails: its caller lets the victim run and tries again
        bench.Exit(first);
        while (user.TryPut(At + (i * 4096), (byte)1))
            i++;
        Assert.Equal(["first", "second"], bench.Killed);
    }

    [Fact]
    public void NobodyToKill_Panics()
    {
        using Bench bench = new(currentAdjust: -1000);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        ulong i = 0;
        while (user.TryPut(At + (i * 4096), (byte)1))
            i++;
        Assert.Empty(bench.Killed);
        Assert.Contains("Out of memory and no killable processes...", bench.Log);
        Assert.Equal("System is deadlocked on memory", bench.PanicMessage);
    }

    [Fact]
    public void KillAllocatingTask_TakesWhoAsked()
    {
        using Bench bench = new();
        bench.Manager.Sysctl.OomKillAllocatingTask = true;
        bench.AddProcess("large", pages: 2000);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        ulong i = 0;
        while (user.TryPut(At + (i * 4096), (byte)1))
            i++;
        Assert.Equal(["current"], bench.Killed);
    }

    [Fact]
    public void Report_IsTheKernelsText()
    {
        using Bench bench = new();
        bench.AddProcess("large", pages: 2500);
        Bench.Map(bench.Current.Mm, 4000);
        UserAccess user = new(bench.Current.Mm);
        for (ulong i = 0; bench.Killed.Count == 0; i++)
            Assert.True(user.TryPut(At + (i * 4096), (byte)1));
        Assert.Equal("current invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP), order=0, oom_score_adj=0", bench.Log[0]);
        Assert.Equal("Mem-Info:", bench.Log[1]);
        Assert.StartsWith("active_anon:", bench.Log[2], StringComparison.Ordinal);
        Assert.Contains("Tasks state (memory values in pages):", bench.Log);
        Assert.Contains("[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name", bench.Log);
        Assert.Contains("[    101]   100   101     2500     2500     2500        0         0    28672        0             0 large", bench.Log);
        Assert.Equal("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=large,pid=101,uid=100", bench.Log[^2]);
        Assert.Equal("Out of memory: Killed process 101 (large) total-vm:10000kB, anon-rss:10000kB, file-rss:0kB, shmem-rss:0kB, UID:100 pgtables:28kB oom_score_adj:0", bench.Log[^1]);
    }

    [Fact]
    public void GroupLimit_KillsInTheGroupAlone()
    {
        using Bench bench = new();
        bench.AddProcess("outside", pages: 1500);
        MemoryCgroup group = bench.Manager.Memcg.Create(bench.Manager.Memcg.Root, "box");
        MemoryDescriptor inside = bench.AddProcess("inside", pages: 200, group: group);
        bench.Current.Mm.MemoryCgroup = group;
        bench.Manager.Memcg.SetMax(group, 300);
        Bench.Map(bench.Current.Mm, 400);
        UserAccess user = new(bench.Current.Mm);
        for (ulong i = 0; bench.Killed.Count == 0; i++)
            Assert.True(user.TryPut(At + (i * 4096), (byte)1));
        Assert.Equal(["inside"], bench.Killed);
        Assert.True(inside.IsOomVictim);
        Assert.Equal(1, group.Events[(int)MemcgEvent.OomKill]);
        Assert.Equal(1, group.Events[(int)MemcgEvent.Oom]);
        Assert.Contains("memory: usage 1200kB, limit 1200kB, failcnt 17", bench.Log);
        Assert.Contains("Memory cgroup stats for /box:", bench.Log);
        Assert.Contains(bench.Log, static line => line.StartsWith("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/box,task_memcg=/box,task=inside", StringComparison.Ordinal));
        Assert.StartsWith("Memory cgroup out of memory: Killed process ", bench.Log[^1], StringComparison.Ordinal);
        bench.Check();
    }

    [Fact]
    public void OomGroup_KillsEverybodyInIt()
    {
        using Bench bench = new();
        MemoryCgroup group = bench.Manager.Memcg.Create(bench.Manager.Memcg.Root, "box");
        group.OomGroup = true;
        bench.AddProcess("one", pages: 100, group: group);
        bench.AddProcess("two", pages: 50, group: group);
        bench.AddProcess("spared", pages: 50, group: group, adjust: -1000);
        bench.AddProcess("outside", pages: 500);
        bench.Current.Mm.MemoryCgroup = group;
        bench.Manager.Memcg.SetMax(group, 400);
        Bench.Map(bench.Current.Mm, 500);
        UserAccess user = new(bench.Current.Mm);
        ulong i = 0;
        while (user.TryPut(At + (i * 4096), (byte)1))
            i++;
        Assert.Equal(["current", "one", "two"], bench.Killed.Order());
        Assert.Equal(1, group.Events[(int)MemcgEvent.OomGroupKill]);
        Assert.Contains("Tasks in /box are going to be killed due to memory.oom.group set", bench.Log);
    }

    [Fact]
    public void OomScore_IsTheKernelsScale()
    {
        using Bench bench = new();
        OomKiller oom = bench.Manager.Oom;
        MemoryDescriptor mm = bench.AddProcess("x", pages: 100);
        long total = (long)bench.Manager.TotalRamPages;
        Assert.Equal((1000 + (103 * 1000 / total)) * 2 / 3, oom.Score(Bench.Describe(5, "x", mm, 0)));
        Assert.Equal(0, oom.Score(Bench.Describe(5, "x", mm, -1000)));
        Assert.Equal((1000 + ((103 + (1000 * (total / 1000))) * 1000 / total)) * 2 / 3, oom.Score(Bench.Describe(5, "x", mm, 1000)));
    }

    /// <summary>A machine of 16 MiB with processes, the first of which runs.</summary>
    private sealed class Bench : IOomPort, IDisposable
    {
        private readonly List<OomProcess> _processes = [];
        private readonly TestMachine _machine = new(megabytes: 16);

        public Bench(int currentAdjust = 0)
        {
            Manager.Oom.Port = this;
            Manager.Log = line => Log.Add(line);
            Manager.InitTask.Mm = _machine.Mm;
            Current = Describe(100, "current", _machine.Mm, currentAdjust);
            _processes.Add(Current);
        }

        public MemoryManager Manager => _machine.Manager;

        public OomProcess Current { get; }

        public List<string> Killed { get; } = [];

        public List<string> Log { get; } = [];

        public string? PanicMessage { get; private set; }

        public static OomProcess Describe(int id, string name, MemoryDescriptor mm, int adjust) =>
            new() { ProcessId = id, Uid = 100, Name = name, Mm = mm, ScoreAdjust = adjust };

        public static void Map(MemoryDescriptor mm, ulong pages) => Assert.Equal((long)At, mm.Map(new MapRequest
        {
            Address = At,
            Length = pages * 4096,
            Protection = MemoryProtection.Read | MemoryProtection.Write,
            Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
        }, out _));

        public MemoryDescriptor AddProcess(string name, ulong pages, int adjust = 0, MemoryCgroup? group = null)
        {
            MemoryDescriptor mm = MemoryDescriptor.TryCreate(Manager, new MmLimits())!;
            mm.MemoryCgroup = group ?? Manager.Memcg.Root;
            Map(mm, pages);
            UserAccess user = new(mm);
            for (ulong i = 0; i < pages; i++)
                Assert.True(user.TryPut(At + (i * 4096), (byte)1));
            _processes.Add(Describe(100 + _processes.Count, name, mm, adjust));
            return mm;
        }

        public void Exit(MemoryDescriptor mm)
        {
            _processes.RemoveAll(process => process.Mm == mm);
            mm.Exit();
        }

        public IEnumerable<OomProcess> Processes() => _processes;

        OomProcess? IOomPort.Current => Current;

        public void Kill(OomProcess process) => Killed.Add(process.Name);

        public void Panic(string message) => PanicMessage = message;

        public void Check() => _machine.Check();

        public void Dispose()
        {
            foreach (OomProcess process in _processes.Where(process => process != Current).ToList())
                process.Mm.Exit();
            _machine.Dispose();
        }
    }
}
