using CsCheck;

namespace Emu.Mm.Tests;

/// <summary>Random operations on a maple tree and on a naive model, with the invariants after each step.</summary>
public class MapleTreeModelTests
{
    public enum Kind
    {
        Store,
        EraseRange,
        EraseAt,
        Fill,
        Punch,
        FindFirst,
        Next,
        Prev,
        EmptyArea,
        EmptyAreaRev,
        Iterate,
        Duplicate,
        Clear,
    }

    /// <summary>One operation; what A, B and N mean depends on the kind.</summary>
    public readonly record struct Op(Kind Kind, ulong A, ulong B, ulong N);

    private static readonly Gen<Kind> Kinds = Gen.Frequency(
        (30, Gen.Const(Kind.Store)), (12, Gen.Const(Kind.EraseRange)), (12, Gen.Const(Kind.EraseAt)),
        (6, Gen.Const(Kind.Fill)), (3, Gen.Const(Kind.Punch)), (8, Gen.Const(Kind.FindFirst)),
        (6, Gen.Const(Kind.Next)), (6, Gen.Const(Kind.Prev)), (8, Gen.Const(Kind.EmptyArea)),
        (8, Gen.Const(Kind.EmptyAreaRev)), (4, Gen.Const(Kind.Iterate)), (1, Gen.Const(Kind.Duplicate)),
        (1, Gen.Const(Kind.Clear)));

    [Fact]
    public void Tree_MatchesModel_WhenRangesAreDense() =>
        Check(Gen.ULong[0, 400], Gen.ULong[1, 6], Gen.ULong[1, 60]);

    [Fact]
    public void Tree_MatchesModel_WhenRangesAreDenseAtTheTop() =>
        Check(Gen.ULong[ulong.MaxValue - 400, ulong.MaxValue], Gen.ULong[1, 6], Gen.ULong[1, 60]);

    [Fact]
    public void Tree_MatchesModel_WhenRangesAreSparse() =>
        Check(Gen.ULong, Gen.ULong[0, 60].Select(shift => 1UL << (int)shift), Gen.ULong[1, 60]);

    [Fact]
    public void Tree_MatchesModel_WhenRangesArePages() =>
        Check(Gen.ULong[0, 3000].Select(page => page << 12), Gen.ULong[1, 40].Select(pages => pages << 12), Gen.ULong[1, 200]);

    [Fact]
    public void Tree_MatchesModel_WhenStoresSpanManyNodes() =>
        Check(
            Gen.ULong[0, 20000], Gen.OneOf<ulong>(Gen.ULong[1, 5], Gen.ULong[1, 20000]), Gen.ULong[100, 700],
            length: 60, samples: 50);

    [Fact]
    public void Tree_MatchesModel_WhenIndicesAreExtreme() =>
        Check(
            Gen.OneOf<ulong>(
                Gen.OneOf<ulong>([0, 1, 2, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, (1UL << 63) - 1]),
                Gen.ULong[0, 50],
                Gen.ULong[ulong.MaxValue - 50, ulong.MaxValue],
                Gen.ULong),
            Gen.OneOf<ulong>(Gen.ULong[1, 4], Gen.ULong, Gen.Const(ulong.MaxValue)),
            Gen.ULong[1, 40]);

    [Fact]
    public void Tree_MatchesModel_WhenRunsAreLong() =>
        Check(Gen.ULong[0, 3000], Gen.ULong[1, 4], Gen.ULong[1, 100], length: 4000, samples: 2);

    private static void Check(Gen<ulong> index, Gen<ulong> size, Gen<ulong> number, int length = 250, int samples = 100) =>
        Gen.Select(Kinds, index, size, number, (kind, a, b, n) => new Op(kind, a, b, n))
            .Array[0, length]
            .Sample(Run, iter: samples, print: ops => string.Join(Environment.NewLine, ops));

    private static void Run(Op[] ops)
    {
        MapleTree<object> tree = new();
        MapleModel model = new();
        for (int step = 0; step < ops.Length; step++)
        {
            Apply(ref tree, model, ops[step], step);
            tree.Validate();
            Assert.Equal(model.Ranges.Count, tree.Count);
            int position = 0;
            foreach (MapleRange<object> range in tree.Iterate())
                Assert.Equal(model.Ranges[position++], range);
            Assert.Equal(position, tree.Count);
        }
    }

    private static void Apply(ref MapleTree<object> tree, MapleModel model, Op op, int step)
    {
        ulong last = op.A + Math.Min(op.B - 1, ulong.MaxValue - op.A);
        switch (op.Kind)
        {
            case Kind.Store:
            case Kind.EraseRange:
                object? entry = op.Kind == Kind.Store ? $"step {step}" : null;
                tree.StoreRange(op.A, last, entry);
                model.Store(op.A, last, entry);
                break;
            case Kind.EraseAt:
                Assert.Same(model.Erase(op.A), tree.Erase(op.A));
                break;
            case Kind.Fill:
            case Kind.Punch:
                Repeat(tree, model, op, $"step {step}");
                break;
            case Kind.Duplicate:
                MapleTree<object> copy = new();
                copy.StoreRange(op.A, last, "overwritten");
                copy.DuplicateFrom(tree);
                tree.Clear();
                tree.Validate();
                tree = copy;
                break;
            case Kind.Clear:
                tree.Clear();
                model.Store(0, ulong.MaxValue, null);
                break;
            default:
                Query(tree, model, op, last);
                break;
        }
    }

    /// <summary>Stores (or erases) a row of ranges, so that a few operations make a deep tree.</summary>
    private static void Repeat(MapleTree<object> tree, MapleModel model, Op op, string name)
    {
        ulong size = Math.Max(1, op.B / 2);
        ulong first = op.A;
        for (ulong i = 0; i < op.N; i++)
        {
            object? entry = op.Kind == Kind.Fill ? $"{name}.{i}" : null;
            ulong last = first + (size - 1);
            if (last < first)
                break;
            tree.StoreRange(first, last, entry);
            model.Store(first, last, entry);
            first = unchecked(last + 1 + (i % 3 == 0 ? 0 : size));
            if (first <= last)
                break;
        }
    }

    private static void Query(MapleTree<object> tree, MapleModel model, Op op, ulong last)
    {
        switch (op.Kind)
        {
            case Kind.FindFirst:
                Same(model.FirstFrom(op.A, last), tree.FindFirst(op.A, last, out ulong first, out ulong end), first, end);
                Assert.Same(model.At(op.A)?.Entry, tree.Load(op.A));
                Find(tree, model, op.A, last);
                break;
            case Kind.Next:
                Same(model.Next(op.A, last), tree.Next(op.A, last, out first, out end), first, end);
                break;
            case Kind.Prev:
                ulong min = op.A - Math.Min(op.A, op.B);
                Same(model.Prev(op.A, min), tree.Prev(op.A, min, out first, out end), first, end);
                break;
            case Kind.EmptyArea:
            case Kind.EmptyAreaRev:
                bool highest = op.Kind == Kind.EmptyAreaRev;
                foreach (ulong size in (ReadOnlySpan<ulong>)[op.N, op.N / 4 + 1, op.B, op.B / 2])
                {
                    EmptyArea(tree, model, (op.A, last, size), highest);
                    EmptyArea(tree, model, (0, ulong.MaxValue, size), highest);
                    EmptyArea(tree, model, (op.A / 2, ulong.MaxValue - op.A / 2, size), highest);
                }

                break;
            case Kind.Iterate:
                Iterate(tree, model, op.A, last);
                break;
        }
    }

    private static void Same(MapleRange<object>? expected, object? entry, ulong first, ulong last)
    {
        Assert.Same(expected?.Entry, entry);
        Assert.Equal(expected?.First ?? 0, first);
        Assert.Equal(expected?.Last ?? 0, last);
    }

    private static void Find(MapleTree<object> tree, MapleModel model, ulong start, ulong max)
    {
        ulong index = start;
        MapleRange<object>? expected = model.FirstFrom(start, max);
        Assert.Same(expected?.Entry, tree.Find(ref index, max));
        Assert.Equal(expected is { } range ? range.Last + 1 : start, index);
    }

    private static void EmptyArea(
        MapleTree<object> tree, MapleModel model, (ulong Min, ulong Max, ulong Size) wanted, bool highest)
    {
        ulong? expected = model.EmptyArea(wanted.Min, wanted.Max, wanted.Size, highest);
        bool found = highest
            ? tree.EmptyAreaRev(wanted.Min, wanted.Max, wanted.Size, out ulong first)
            : tree.EmptyArea(wanted.Min, wanted.Max, wanted.Size, out first);
        Assert.Equal(expected, found ? first : null);
        Assert.True(found || first == 0);
    }

    /// <summary>Walks a part of the tree while every second entry found is erased.</summary>
    private static void Iterate(MapleTree<object> tree, MapleModel model, ulong min, ulong max)
    {
        List<MapleRange<object>> expected = [.. model.Ranges.Where(range => range.Last >= min && range.First <= max)];
        int position = 0;
        foreach (MapleRange<object> range in tree.Iterate(min, max))
        {
            Assert.Equal(expected[position], range);
            if (position++ % 2 == 0)
                Assert.Same(model.Erase(range.First), tree.Erase(range.First));
        }

        Assert.Equal(expected.Count, position);
    }
}
