using CsCheck;
using Xunit.Abstractions;

namespace Emu.Mm.Tests;

/// <summary>Random operations on an address space against an array of pages, with the invariants after each step.</summary>
public class AddressSpaceModelTests(ITestOutputHelper output)
{
    private const ulong Arena = 0x1000_0000;
    private const int FilePages = 12;

    /// <summary>How large the arena and the steps in it are, and what the machine is like.</summary>
    private sealed record Setting(int Pages, int MaxLength, ulong Megabytes, ThpMode Thp = ThpMode.Never, ulong SwapPages = 0, long FreePages = long.MaxValue, long GroupPages = 0)
    {
        // Where memory is short, what is locked may be all there is.
        public bool Locks => SwapPages == 0;
    }

    private static readonly Setting Small = new(96, 24, 16);
    private static readonly Setting Pressed = new(96, 24, 1, SwapPages: 512, FreePages: 70);
    private static readonly Setting Huge = new(3 * 512, 900, 16, ThpMode.Always);
    private static readonly Setting HugePressed = new(3 * 512, 900, 8, ThpMode.Always, SwapPages: 4096, FreePages: 900);

    private static readonly Setting Limited = new(96, 24, 16, SwapPages: 512, GroupPages: 40);

    private abstract record Step;

    private sealed record MapStep(int Page, int Length, int Protection, Kind Kind, int Offset) : Step;

    private sealed record UnmapStep(int Page, int Length) : Step;

    private sealed record ProtectStep(int Page, int Length, int Protection) : Step;

    private sealed record WriteStep(int Page, byte Value) : Step;

    private sealed record ReadStep(int Page) : Step;

    private sealed record PopulateStep(int Page, int Length) : Step;

    private sealed record RemapStep(int Page, int Length, int Target) : Step;

    private sealed record AdviseStep(int Page, int Length, Advice Advice) : Step;

    private sealed record CollapseStep(int Page, int Length) : Step;

    private sealed record KsmStep(int Pages) : Step;

    private sealed record MoveStep(int Page, int Length) : Step;

    private sealed record CompactStep : Step;

    private sealed record LockStep(int Page, int Length, bool Lock) : Step;

    private static readonly Gen<int> Protection = Gen.OneOf([0, 1, 3, 3, 3, 5, 7]);

    private static readonly Gen<Advice> Advices = Gen.OneOf(
    [
        Advice.DontNeed, Advice.DontNeed, Advice.Free, Advice.Free, Advice.Cold, Advice.PageOut, Advice.PageOut, Advice.WillNeed,
        Advice.DontNeedLocked, Advice.Remove, Advice.GuardInstall, Advice.GuardRemove, Advice.PopulateRead, Advice.PopulateWrite,
        Advice.Mergeable, Advice.Mergeable, Advice.Unmergeable, Advice.Sequential, Advice.Normal, Advice.WipeOnFork, Advice.DontDump,
    ]);

    private static Gen<Step> Steps(Setting setting)
    {
        Gen<int> page = Gen.Int[0, setting.Pages - setting.MaxLength - 1], any = Gen.Int[0, setting.Pages - 1], length = Gen.Int[1, setting.MaxLength];
        return Gen.Frequency(
            (3, Gen.Select(page, length, Protection, Gen.Enum<Kind>(), Gen.Int[0, 3], (p, l, r, k, o) => (Step)new MapStep(p, l, r, k, o))),
            (2, Gen.Select(page, length, (p, l) => (Step)new UnmapStep(p, l))),
            (3, Gen.Select(page, length, Protection, (p, l, r) => (Step)new ProtectStep(p, l, r))),
            (6, Gen.Select(any, Gen.Byte, (p, v) => (Step)new WriteStep(p, v))),
            (3, any.Select(p => (Step)new ReadStep(p))),
            (1, Gen.Select(page, length, (p, l) => (Step)new PopulateStep(p, l))),
            (2, Gen.Select(page, length, page, (p, l, t) => (Step)new RemapStep(p, l, t))),
            (1, Gen.Select(page, length, (p, l) => (Step)new MoveStep(p, l))),
            (1, Gen.Const((Step)new CompactStep())),
            (5, Gen.Select(page, length, Advices, (p, l, a) => (Step)new AdviseStep(p, l, a))),
            (3, Gen.Int[1, 2000].Select(n => (Step)new KsmStep(n))),
            (setting.Thp == ThpMode.Always ? 2 : 0, Gen.Select(page, length, (p, l) => (Step)new CollapseStep(p, l < setting.MaxLength / 4 ? 1 : l))),
            (setting.Locks ? 2 : 0, Gen.Select(page, length, Gen.Bool, (p, l, k) => (Step)new LockStep(p, l, k))));
    }

    [Fact]
    public void RandomOperations_AgreeWithPages_AndKeepInvariants() => Sample(Small, steps: 60, samples: 200);

    [Fact]
    public void RandomOperations_AgreeWithPages_UnderPressure() => Sample(Pressed, steps: 120, samples: 150);

    [Fact]
    public void RandomOperations_AgreeWithPages_OnHugePages() => Sample(Huge, steps: 60, samples: 100);

    [Fact]
    public void RandomOperations_AgreeWithPages_OnHugePagesUnderPressure() => Sample(HugePressed, steps: 60, samples: 60);

    [Fact]
    public void RandomOperations_AgreeWithPages_InAGroupWithALimit() => Sample(Limited, steps: 100, samples: 100);

    private void Sample(Setting setting, int steps, int samples) => Steps(setting).Array[1, steps]
        .Sample(array => Run(setting, array), iter: TestScale.Iterations(samples), threads: 1, writeLine: output.WriteLine);

    // Under pressure all but a few frames are taken away: pages go to swap and come back all the time.
    private static void Run(Setting setting, Step[] steps)
    {
        using MemorySwapDevice swap = new(Math.Max(setting.SwapPages, 1));
        using TestMachine machine = new(setting.Megabytes);
        machine.Manager.Thp.Enabled = setting.Thp;
        if (setting.SwapPages != 0)
            Assert.Equal(0, machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out _));
        if (setting.GroupPages != 0)
        {
            MemoryCgroup group = machine.Manager.Memcg.Create(machine.Manager.Memcg.Root, "box");
            machine.Mm.MemoryCgroup = group;
            machine.Manager.InitTask.Mm = machine.Mm;
            machine.Manager.Memcg.SetMax(group, setting.GroupPages);
        }
        List<uint> hog = [];
        while (machine.Manager.FreePages > setting.FreePages)
            hog.Add(machine.Manager.Allocator.Allocate(GfpFlags.Kernel, 0));
        Run(machine, setting, steps);
        hog.ForEach(machine.Manager.PutPage);
    }

    private static void Run(TestMachine machine, Setting setting, Step[] steps)
    {
        byte[] content = new byte[(FilePages * 4096) - 100];
        new Random(7).NextBytes(content);
        TestFile file = new(machine.Manager, content);
        AddressSpaceModel model = new((byte[])content.Clone(), setting.Pages, FilePages, Arena);
        foreach (Step step in steps)
        {
            Apply(machine, file, model, step);
            machine.Check();
        }
        for (int page = 0; page < setting.Pages; page++)
            CheckRead(machine, model, page);
        machine.Check();
        machine.Mm.Unmap(Arena, (ulong)setting.Pages * 4096);
        file.Put();
    }

    private static unsafe void Move(TestMachine machine, int page, int length)
    {
        List<uint> folios = [];
        for (int i = page; i < page + length; i++)
        {
            Pte* entry = machine.Mm.PageTable.Walk(AddressOf(i), out int level);
            if (!entry->IsPresent || entry->IsSpecial || (level != 0 && !entry->IsLarge))
                continue;
            uint folio = machine.Manager.Memory.FolioOf(entry->Pfn);
            if (Isolator.TryIsolate(machine.Manager, folio))
                folios.Add(folio);
        }
        machine.Manager.Migration.Migrate(folios, source => machine.Manager.Page(source).Has(PageFlags.Head)
            ? machine.Manager.Allocator.Allocate(GfpFlags.TransHuge | GfpFlags.NoRetry, machine.Manager.Page(source).Order)
            : machine.Manager.Allocator.Allocate(GfpFlags.HighUserMovable, 0), MigrateReason.Syscall, out _);
    }

    private static ulong AddressOf(int page) => Arena + ((ulong)page * 4096);

    private static void Apply(TestMachine machine, TestFile file, AddressSpaceModel model, Step step)
    {
        switch (step)
        {
            case MoveStep move:
                Move(machine, move.Page, move.Length);
                break;
            case CompactStep:
                machine.Manager.Compaction.CompactNode(machine.Manager.Nodes[0]);
                break;
            case MapStep map:
                MapFlags flags = (map.Kind is Kind.SharedAnon or Kind.SharedFile ? MapFlags.Shared : MapFlags.Private) | MapFlags.Fixed;
                bool anonymous = map.Kind is Kind.PrivateAnon or Kind.SharedAnon;
                long at = machine.Map(AddressOf(map.Page), (ulong)map.Length * 4096, (MemoryProtection)map.Protection,
                    anonymous ? flags | MapFlags.Anonymous : flags, anonymous ? null : file, anonymous ? 0 : (ulong)map.Offset);
                Assert.Equal((long)AddressOf(map.Page), at);
                model.Map(map.Page, map.Length, map.Protection, map.Kind, map.Offset);
                break;
            case UnmapStep unmap:
                Assert.Equal(0, machine.Mm.Unmap(AddressOf(unmap.Page), (ulong)unmap.Length * 4096));
                model.Unmap(unmap.Page, unmap.Length);
                break;
            case ProtectStep protect:
                int expected = model.Protect(protect.Page, protect.Length, protect.Protection);
                Assert.Equal(expected, machine.Mm.Protect(AddressOf(protect.Page), (ulong)protect.Length * 4096, (MemoryProtection)protect.Protection));
                break;
            case WriteStep write:
                Assert.Equal(model.Write(write.Page, write.Value), machine.Write(AddressOf(write.Page), write.Value));
                break;
            case ReadStep read:
                CheckRead(machine, model, read.Page);
                break;
            case PopulateStep populate:
                // Page by page: where one fails the rest of its area would be left.
                for (int page = populate.Page; page < populate.Page + populate.Length; page++)
                    machine.Mm.Populate(AddressOf(page), 4096, default);
                model.Populate(populate.Page, populate.Length);
                break;
            case RemapStep remap:
                Assert.Equal(model.Remap(remap.Page, remap.Length, remap.Target), machine.Mm.Remap(AddressOf(remap.Page),
                    (ulong)remap.Length * 4096, (ulong)remap.Length * 4096, RemapFlags.MayMove | RemapFlags.Fixed, AddressOf(remap.Target), out _));
                break;
            case AdviseStep advise:
                Assert.Equal(model.Advise(advise.Page, advise.Length, advise.Advice),
                    machine.Mm.Advise(AddressOf(advise.Page), (ulong)advise.Length * 4096, advise.Advice, default));
                break;
            case CollapseStep collapse:
                // Whether there is a huge page is luck; the contents must not change either way. Length 1 stands for khugepaged.
                if (collapse.Length == 1)
                    machine.Manager.Khugepaged.Scan();
                else
                    _ = machine.Mm.Advise(AddressOf(collapse.Page), (ulong)collapse.Length * 4096, Advice.Collapse, default);
                break;
            case KsmStep ksm:
                machine.Manager.Ksm.SetRun(KsmRun.Merge);
                machine.Manager.Ksm.Settings.PagesToScan = (uint)ksm.Pages;
                machine.Manager.Ksm.Settings.UseZeroPages = ksm.Pages % 2 == 0;
                // A page is merged in the third pass that finds it unchanged.
                for (int pass = 0; pass < 3; pass++)
                    machine.Manager.Ksm.Scan();
                break;
            case LockStep locked:
                ulong bytes = (ulong)locked.Length * 4096;
                Assert.Equal(locked.Lock ? model.Lock(locked.Page, locked.Length) : model.Unlock(locked.Page, locked.Length),
                    locked.Lock ? machine.Mm.Lock(AddressOf(locked.Page), bytes, onFault: false, default) : machine.Mm.Unlock(AddressOf(locked.Page), bytes));
                break;
        }
    }

    private static void CheckRead(TestMachine machine, AddressSpaceModel model, int page)
    {
        int actual = machine.Read(AddressOf(page));
        Assert.Equal(model.Read(page, actual), actual);
    }
}
