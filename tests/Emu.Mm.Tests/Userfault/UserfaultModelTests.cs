using CsCheck;
using Xunit.Abstractions;

namespace Emu.Mm.Tests;

/// <summary>Random operations on memory that a userfaultfd serves, against an array of pages: contents, messages and invariants after each step.</summary>
public class UserfaultModelTests(ITestOutputHelper output)
{
    private const ulong Arena = 0x1000_0000, Source = 0x3000_0000;
    private const int Pages = 40, MaxLength = 12;
    private const byte Filled = 0xF0;

    private enum Operation
    {
        Map,
        Unmap,
        RegisterMissing,
        RegisterWp,
        RegisterBoth,
        Unregister,
        Protect,
        Unprotect,
        DontNeed,
        PageOut,
        Move,
        Zero,
        Fork,
    }

    private abstract record Step;

    private sealed record RangeStep(Operation Operation, int Page, int Length, int Target) : Step;

    private sealed record AccessStep(int Page, byte Value, bool Write) : Step;

    private static readonly Gen<int> Page = Gen.Int[0, Pages - MaxLength - 1];

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (4, Gen.Select(Gen.Enum<Operation>(), Page, Gen.Int[1, MaxLength], Page, (o, p, l, t) => (Step)new RangeStep(o, p, l, t))),
        (4, Gen.Select(Gen.Int[0, Pages - 1], Gen.Byte, Gen.Bool, (p, v, w) => (Step)new AccessStep(p, v, w))));

    [Fact]
    public void RandomOperations_AgreeWithPages_AndWithMessages() => Steps.Array[1, 60]
        .Sample(Run, iter: TestScale.Iterations(300), threads: 1, writeLine: output.WriteLine);

    private static ulong AddressOf(int page) => Arena + ((ulong)page * 4096);

    private static void Run(Step[] steps)
    {
        using MemorySwapDevice swap = new(256);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out _);
        machine.MapFixed(Source, 4096);
        machine.Write(Source, Filled);
        UserfaultReader reader = new(machine, UserfaultFeatures.None, (context, message) => Serve(machine, context, message));
        Trial trial = new(machine, reader);
        foreach (Step step in steps)
        {
            reader.Messages.Clear();
            if (step is RangeStep range)
                trial.Apply(range);
            else
                trial.Access((AccessStep)step);
            machine.Check();
        }
        reader.Context.Close();
        machine.Check();
    }

    private static void Serve(TestMachine machine, UserfaultContext context, UserfaultMessage message)
    {
        if (((UserfaultFlags)message.Argument0 & UserfaultFlags.Wp) != 0)
            Assert.Equal(0, context.WriteProtect(message.Argument1, 4096, UserfaultMode.None));
        else
            Assert.Equal(4096, context.Copy(message.Argument1, machine.User, Source, 4096, UserfaultMode.None));
    }

    /// <summary>One run: the machine and the model of its pages.</summary>
    private sealed class Trial(TestMachine machine, UserfaultReader reader)
    {
        private sealed class Mapped
        {
            public byte Value;
            public bool Present, Missing, Wp, Protected;
        }

        private readonly Mapped?[] _pages = new Mapped?[Pages];

        public void Access(AccessStep step)
        {
            Mapped? page = _pages[step.Page];
            List<UserfaultFlags> expected = [];
            UserfaultFlags write = step.Write ? UserfaultFlags.Write : UserfaultFlags.None;
            if (page is { Present: false, Missing: true })
            {
                expected.Add(write);
                page.Value = Filled;
            }
            if (page != null)
                page.Present = true;
            if (page is { Protected: true } && step.Write)
            {
                expected.Add(UserfaultFlags.Write | UserfaultFlags.Wp);
                page.Protected = false;
            }
            if (step.Write)
            {
                Assert.Equal(page != null, machine.Write(AddressOf(step.Page), step.Value));
                if (page != null)
                    page.Value = step.Value;
            }
            else
            {
                Assert.Equal(page?.Value ?? -1, machine.Read(AddressOf(step.Page)));
            }
            Assert.Equal(expected, reader.Messages.Select(m => (UserfaultFlags)m.Argument0));
        }

        public void Apply(RangeStep step)
        {
            ulong start = AddressOf(step.Page), length = (ulong)step.Length * 4096;
            Span<Mapped?> pages = _pages.AsSpan(step.Page, step.Length);
            switch (step.Operation)
            {
                case Operation.Map:
                    machine.MapFixed(start, length);
                    foreach (ref Mapped? page in pages)
                        page = new Mapped();
                    break;
                case Operation.Unmap:
                    machine.Mm.Unmap(start, length);
                    pages.Clear();
                    break;
                case Operation.RegisterMissing or Operation.RegisterWp or Operation.RegisterBoth:
                    Register(step, start, length, pages);
                    break;
                case Operation.Unregister:
                    Assert.Equal(Any(pages) ? 0 : -Errno.EINVAL, reader.Context.Unregister(start, length));
                    foreach (Mapped? page in pages)
                        _ = page == null || (page.Missing = page.Wp = page.Protected = false);
                    break;
                case Operation.Protect or Operation.Unprotect:
                    Protect(step.Operation == Operation.Protect, start, length, pages);
                    break;
                case Operation.DontNeed:
                    _ = machine.Mm.Advise(start, length, Advice.DontNeed, default);
                    foreach (Mapped? page in pages)
                    {
                        if (page == null)
                            continue;
                        page.Present = page.Protected = false;
                        page.Value = 0;
                    }
                    break;
                case Operation.PageOut:
                    _ = machine.Mm.Advise(start, length, Advice.PageOut, default);
                    break;
                case Operation.Zero:
                    Zero(start, length, pages);
                    break;
                case Operation.Fork:
                    MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
                    machine.Check();
                    child.Exit();
                    break;
                default:
                    MoveRange(step, start, length);
                    break;
            }
        }

        private static bool Any(Span<Mapped?> pages)
        {
            foreach (Mapped? page in pages)
            {
                if (page != null)
                    return true;
            }
            return false;
        }

        // Registering again for less changes nothing; for something else it replaces what was.
        private void Register(RangeStep step, ulong start, ulong length, Span<Mapped?> pages)
        {
            bool missing = step.Operation != Operation.RegisterWp, wp = step.Operation != Operation.RegisterMissing;
            UserfaultRegister mode = (missing ? UserfaultRegister.Missing : UserfaultRegister.None) | (wp ? UserfaultRegister.Wp : UserfaultRegister.None);
            Assert.Equal(Any(pages) ? 0 : -Errno.EINVAL, reader.Context.Register(start, length, mode, out _));
            foreach (Mapped? page in pages)
            {
                if (page == null || ((page.Missing || !missing) && (page.Wp || !wp) && (page.Missing || page.Wp)))
                    continue;
                page.Missing = missing;
                page.Protected &= wp;
                page.Wp = wp;
            }
        }

        private void Protect(bool enable, ulong start, ulong length, Span<Mapped?> pages)
        {
            int expected = -Errno.ENOENT;
            foreach (Mapped? page in pages)
            {
                if (page == null)
                    continue;
                if (!page.Wp)
                {
                    expected = -Errno.ENOENT;
                    break;
                }
                page.Protected = enable && page.Present;
                expected = 0;
            }
            Assert.Equal(expected, reader.Context.WriteProtect(start, length, enable ? UserfaultMode.Wp : UserfaultMode.None));
        }

        private void Zero(ulong start, ulong length, Span<Mapped?> pages)
        {
            long filled = reader.Context.ZeroPage(start, length, UserfaultMode.None);
            for (int i = 0; i < filled / 4096; i++)
            {
                Assert.False(pages[i]!.Present);
                pages[i]!.Present = true;
            }
            if (filled == -Errno.EEXIST)
                Assert.True(pages[0]!.Present);
        }

        // Without the event for it, the new place is served by nobody.
        private void MoveRange(RangeStep step, ulong start, ulong length)
        {
            bool overlaps = step.Page < step.Target + step.Length && step.Target < step.Page + step.Length;
            if (overlaps || _pages.AsSpan(step.Page, step.Length).Contains(null) || !IsUniform(step))
                return;
            ulong target = AddressOf(step.Target);
            Assert.Equal((long)target, machine.Mm.Remap(start, length, length, RemapFlags.MayMove | RemapFlags.Fixed, target, out _));
            for (int i = 0; i < step.Length; i++)
            {
                Mapped page = _pages[step.Page + i]!;
                page.Missing = page.Wp = page.Protected = false;
                _pages[step.Target + i] = page;
                _pages[step.Page + i] = null;
            }
        }

        // mremap refuses several areas if one of them is served.
        private bool IsUniform(RangeStep step) => machine.Mm.Lookup(AddressOf(step.Page))!.End >= AddressOf(step.Page + step.Length);
    }
}
