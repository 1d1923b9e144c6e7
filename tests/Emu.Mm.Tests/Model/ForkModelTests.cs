using CsCheck;
using Xunit.Abstractions;

namespace Emu.Mm.Tests;

/// <summary>Random operations on address spaces that fork from each other, against arrays of pages, with the invariants after each step.</summary>
public class ForkModelTests(ITestOutputHelper output)
{
    private const ulong Arena = 0x1000_0000;
    private const int ArenaPages = 48, MaxSpaces = 5, FilePages = 8;

    private enum Action
    {
        MapPrivate,
        MapShared,
        MapPrivateFile,
        MapSharedFile,
        Unmap,
        ReadOnly,
        Writable,
        Write,
        Read,
        Fork,
        Exit,
    }

    private readonly record struct Step(Action Action, int Space, int Page, int Length, byte Value);

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency((2, Gen.Const(Action.MapPrivate)), (1, Gen.Const(Action.MapShared)), (1, Gen.Const(Action.MapPrivateFile)),
            (1, Gen.Const(Action.MapSharedFile)), (1, Gen.Const(Action.Unmap)), (1, Gen.Const(Action.ReadOnly)), (1, Gen.Const(Action.Writable)),
            (10, Gen.Const(Action.Write)), (3, Gen.Const(Action.Read)), (4, Gen.Const(Action.Fork)), (3, Gen.Const(Action.Exit))),
        Gen.Int[0, MaxSpaces - 1], Gen.Int[0, ArenaPages - 1], Gen.Int[1, 12], Gen.Byte,
        (action, space, page, length, value) => new Step(action, space, page, Math.Min(length, ArenaPages - page), value));

    [Fact]
    public void Forks_SeeWhatTheyShould_AndKeepInvariants() =>
        Steps.Array[1, 80].Sample(Run, iter: TestScale.Iterations(150), threads: 1, writeLine: output.WriteLine);

    private static void Run(Step[] steps)
    {
        using TestMachine machine = new();
        byte[] content = new byte[FilePages * 4096];
        new Random(3).NextBytes(content);
        TestFile file = new(machine.Manager, content);
        Cell[] cells = [.. Enumerable.Range(0, FilePages).Select(i => new Cell { Value = content[i * 4096] })];
        List<Space> spaces = [new Space(machine.Mm)];
        foreach (Step step in steps)
        {
            Apply(spaces, spaces[step.Space % spaces.Count], step, file, cells);
            machine.Check();
        }
        foreach (Space space in spaces)
        {
            for (int page = 0; page < ArenaPages; page++)
                Assert.Equal(space.Expected(page), space.Read(page));
        }
        foreach (Space space in spaces)
            space.Mm.Unmap(Arena, ArenaPages * 4096);
        foreach (Space space in spaces.Skip(1))
            space.Mm.Exit();
        file.Put();
    }

    private static void Apply(List<Space> spaces, Space space, Step step, TestFile file, Cell[] cells)
    {
        switch (step.Action)
        {
            case <= Action.MapSharedFile:
                space.Map(step, file, cells);
                break;
            case Action.Unmap:
                Assert.Equal(0, space.Mm.Unmap(AddressOf(step.Page), (ulong)step.Length * 4096));
                Array.Clear(space.Pages, step.Page, step.Length);
                break;
            case Action.ReadOnly or Action.Writable:
                space.Protect(step.Page, step.Length, step.Action == Action.Writable);
                break;
            case Action.Write:
                Assert.Equal(space.ExpectedWrite(step.Page, step.Value), space.Write(step.Page, step.Value));
                break;
            case Action.Read:
                Assert.Equal(space.Expected(step.Page), space.Read(step.Page));
                break;
            case Action.Fork when spaces.Count < MaxSpaces:
                spaces.Add(space.Fork());
                break;
            case Action.Exit when space != spaces[0]:
                space.Mm.Exit();
                spaces.Remove(space);
                break;
        }
    }

    private static ulong AddressOf(int page) => Arena + ((ulong)page * 4096);

    private sealed class Cell
    {
        public byte Value;
    }

    // A page as the program sees it: its own cell, or one that others see too.
    private sealed record View(Cell Cell, bool IsPrivate, bool IsWritable, Cell? CopyOf);

    private sealed class Space(MemoryDescriptor mm)
    {
        private readonly UserAccess _user = new(mm);

        public MemoryDescriptor Mm { get; } = mm;

        public View?[] Pages { get; } = new View?[ArenaPages];

        public void Map(Step step, TestFile file, Cell[] cells)
        {
            bool shared = step.Action is Action.MapShared or Action.MapSharedFile, isFile = step.Action >= Action.MapPrivateFile;
            int length = isFile ? Math.Min(step.Length, FilePages) : step.Length;
            MapFlags flags = MapFlags.Fixed | (shared ? MapFlags.Shared : MapFlags.Private) | (isFile ? MapFlags.None : MapFlags.Anonymous);
            long at = Mm.Map(new MapRequest
            {
                Address = AddressOf(step.Page),
                Length = (ulong)length * 4096,
                Protection = MemoryProtection.Read | MemoryProtection.Write,
                Flags = flags,
                File = isFile ? file : null,
            }, out _);
            Assert.Equal((long)AddressOf(step.Page), at);
            for (int i = 0; i < length; i++)
                Pages[step.Page + i] = new View(isFile && shared ? cells[i] : new Cell(), !shared, true, isFile && !shared ? cells[i] : null);
        }

        public void Protect(int page, int length, bool writable)
        {
            bool whole = Pages.AsSpan(page, length).IndexOf((View?)null) < 0;
            MemoryProtection protection = writable ? MemoryProtection.Read | MemoryProtection.Write : MemoryProtection.Read;
            Assert.Equal(whole ? 0 : -Errno.ENOMEM, Mm.Protect(AddressOf(page), (ulong)length * 4096, protection));
            for (int i = page; i < page + length && Pages[i] is { } view; i++)
                Pages[i] = view with { IsWritable = writable };
        }

        public int Expected(int page) => Pages[page] is { } view ? (view.CopyOf ?? view.Cell).Value : -1;

        public bool ExpectedWrite(int page, byte value)
        {
            if (Pages[page] is not { IsWritable: true } view)
                return false;
            Pages[page] = view with { CopyOf = null };
            view.Cell.Value = value;
            return true;
        }

        public int Read(int page) => _user.TryGet(AddressOf(page), out byte value) ? value : -1;

        public bool Write(int page, byte value) => _user.TryPut(AddressOf(page), value);

        public Space Fork()
        {
            Space child = new(Mm.TryFork(new MmLimits())!);
            for (int i = 0; i < ArenaPages; i++)
                child.Pages[i] = Pages[i] is { IsPrivate: true } view ? view with { Cell = new Cell { Value = view.Cell.Value } } : Pages[i];
            return child;
        }
    }
}
