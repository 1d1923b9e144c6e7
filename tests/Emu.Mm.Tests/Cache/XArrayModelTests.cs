using CsCheck;

namespace Emu.Mm.Tests;

/// <summary>Random operations on an XArray and on a sorted dictionary, with the invariants after each step.</summary>
public class XArrayModelTests
{
    public enum Kind
    {
        Store,
        StoreValue,
        Erase,
        CompareExchange,
        SetMark,
        ClearMark,
        Fill,
        EraseRange,
        FindNext,
        FindMarked,
        Holes,
        Clear,
    }

    /// <summary>One operation; what Other and N mean depends on the kind.</summary>
    public readonly record struct Op(Kind Kind, ulong Index, ulong Other, int N, XaMark Mark);

    /// <summary>What an XArray must hold: entries with their marks.</summary>
    private sealed class Model : SortedDictionary<ulong, (ulong Entry, int Marks)>
    {
        internal ulong EntryAt(ulong index) => TryGetValue(index, out (ulong Entry, int Marks) found) ? found.Entry : 0;

        internal int MarksAt(ulong index) => TryGetValue(index, out (ulong Entry, int Marks) found) ? found.Marks : 0;

        internal void Put(ulong index, ulong entry)
        {
            if (entry == 0)
                Remove(index);
            else
                this[index] = (entry, MarksAt(index));
        }

        internal void Mark(ulong index, int bit, bool set)
        {
            if (TryGetValue(index, out (ulong Entry, int Marks) found))
                this[index] = (found.Entry, set ? found.Marks | bit : found.Marks & ~bit);
        }
    }

    private static readonly Gen<Kind> Kinds = Gen.Frequency(
        (25, Gen.Const(Kind.Store)), (10, Gen.Const(Kind.StoreValue)), (30, Gen.Const(Kind.Erase)),
        (5, Gen.Const(Kind.CompareExchange)), (20, Gen.Const(Kind.SetMark)), (10, Gen.Const(Kind.ClearMark)),
        (3, Gen.Const(Kind.Fill)), (3, Gen.Const(Kind.EraseRange)), (10, Gen.Const(Kind.FindNext)),
        (15, Gen.Const(Kind.FindMarked)), (10, Gen.Const(Kind.Holes)), (1, Gen.Const(Kind.Clear)));

    [Fact]
    public void Array_MatchesModel_WhenIndicesAreDense() => Check(Gen.ULong[0, 200], Gen.Int[1, 150]);

    [Fact]
    public void Array_MatchesModel_WhenOnlyTheFirstFewAreUsed() => Check(Gen.ULong[0, 2], Gen.Int[1, 3]);

    [Fact]
    public void Array_MatchesModel_WhenThereAreSeveralLevels() => Check(Gen.ULong[0, 20000], Gen.Int[1, 300]);

    [Fact]
    public void Array_MatchesModel_WhenIndicesAreSparse() =>
        Check(Gen.Select(Gen.Int[0, 63], Gen.ULong, (shift, index) => index >> shift), Gen.Int[1, 70]);

    [Fact]
    public void Array_MatchesModel_WhenIndicesAreExtreme() =>
        Check(
            Gen.OneOf(
                Gen.OneOf<ulong>([0, 1, 63, 64, ulong.MaxValue, ulong.MaxValue - 1, ulong.MaxValue - 64, 1UL << 63]),
                Gen.ULong[0, 130],
                Gen.ULong[ulong.MaxValue - 130, ulong.MaxValue]),
            Gen.Int[1, 100]);

    [Fact]
    public void Array_MatchesModel_WhenRunsAreLong() =>
        Check(Gen.ULong[0, 5000], Gen.Int[1, 100], length: 4000, samples: 2);

    private static void Check(Gen<ulong> index, Gen<int> number, int length = 250, int samples = 50) =>
        Gen.Select(Kinds, index, index, number, Gen.Enum<XaMark>(), (kind, a, b, n, mark) => new Op(kind, a, b, n, mark))
            .Array[0, length]
            .Sample(Run, iter: samples, print: ops => string.Join(Environment.NewLine, ops));

    private static void Run(Op[] ops)
    {
        XArray array = new();
        Model model = [];
        for (int step = 0; step < ops.Length; step++)
        {
            Change(array, model, ops[step], (ulong)step);
            Query(array, model, ops[step]);
            array.Validate();
            Assert.Equal(model.Count, array.Count);
            Assert.Equal(model.Count == 0, array.IsEmpty);
        }

        Assert.Equal(model.Select(pair => (pair.Key, pair.Value.Entry)), Entries(array.Iterate()));
        foreach (XaMark mark in Enum.GetValues<XaMark>())
        {
            IEnumerable<(ulong, ulong)> marked = model
                .Where(pair => (pair.Value.Marks & 1 << (int)mark) != 0).Select(pair => (pair.Key, pair.Value.Entry));
            Assert.Equal(marked, Entries(array.IterateMarked(mark)));
            Assert.Equal(marked.Any(), array.IsMarked(mark));
        }
    }

    private static void Change(XArray array, Model model, Op op, ulong step)
    {
        ulong entry = op.Kind == Kind.StoreValue ? XArray.MakeValue(step) : (step + 1) << 1;
        switch (op.Kind)
        {
            case Kind.Store or Kind.StoreValue:
                Assert.Equal(model.EntryAt(op.Index), array.Store(op.Index, entry));
                model.Put(op.Index, entry);
                break;
            case Kind.Erase:
                Assert.Equal(model.EntryAt(op.Index), array.Erase(op.Index));
                model.Remove(op.Index);
                break;
            case Kind.CompareExchange:
                ulong old = op.N % 2 == 0 ? model.EntryAt(op.Index) : 0;
                ulong wanted = op.N % 3 == 0 ? 0 : entry;
                Assert.Equal(model.EntryAt(op.Index), array.CompareExchange(op.Index, old, wanted));
                if (model.EntryAt(op.Index) == old)
                    model.Put(op.Index, wanted);
                break;
            case Kind.SetMark:
                array.SetMark(op.Index, op.Mark);
                model.Mark(op.Index, 1 << (int)op.Mark, set: true);
                break;
            case Kind.ClearMark:
                array.ClearMark(op.Index, op.Mark);
                model.Mark(op.Index, 1 << (int)op.Mark, set: false);
                break;
            case Kind.Clear:
                array.Clear();
                model.Clear();
                break;
            case Kind.Fill or Kind.EraseRange:
                ChangeRow(array, model, op, entry);
                break;
        }
    }

    private static void ChangeRow(XArray array, Model model, Op op, ulong entry)
    {
        for (int i = 0; i < op.N && op.Index + (ulong)i >= op.Index; i++)
        {
            ulong index = op.Index + (ulong)i;
            ulong wanted = op.Kind == Kind.Fill ? entry : 0;
            Assert.Equal(model.EntryAt(index), array.Store(index, wanted));
            model.Put(index, wanted);
            if (op.Kind != Kind.Fill || i % 3 != 0)
                continue;
            array.SetMark(index, op.Mark);
            model.Mark(index, 1 << (int)op.Mark, set: true);
        }
    }

    private static void Query(XArray array, Model model, Op op)
    {
        Assert.Equal(model.EntryAt(op.Other), array.Load(op.Other));
        foreach (XaMark mark in Enum.GetValues<XaMark>())
            Assert.Equal((model.MarksAt(op.Index) & 1 << (int)mark) != 0, array.GetMark(op.Index, mark));
        ulong found = op.Index;
        switch (op.Kind)
        {
            case Kind.FindNext:
                bool success = array.FindNext(ref found, op.Other, out ulong entry);
                Same(model, op, pair => true, (success, found, entry));
                break;
            case Kind.FindMarked:
                success = array.FindNextMarked(ref found, op.Other, op.Mark, out entry);
                Same(model, op, pair => (pair.Value.Marks & 1 << (int)op.Mark) != 0, (success, found, entry));
                break;
            case Kind.Holes:
                Holes(array, model, op);
                break;
        }
    }

    private static void Same(
        Model model, Op op, Func<KeyValuePair<ulong, (ulong Entry, int Marks)>, bool> filter, (bool, ulong, ulong) actual)
    {
        (bool, ulong, ulong) expected = (false, op.Index, 0);
        foreach (KeyValuePair<ulong, (ulong Entry, int Marks)> pair in model)
        {
            if (pair.Key < op.Index || pair.Key > op.Other || !filter(pair))
                continue;
            expected = (true, pair.Key, pair.Value.Entry);
            break;
        }

        Assert.Equal(expected, actual);
    }

    private static void Holes(XArray array, Model model, Op op)
    {
        bool IsHole(ulong index) => model.EntryAt(index) is 0 || XArray.IsValue(model.EntryAt(index));
        ulong hole = op.Index;
        int left = op.N;
        for (; left > 0 && !IsHole(hole); left--)
        {
            if (++hole == 0)
                left = 1;
        }

        Assert.Equal(left > 0, array.FindNextHole(op.Index, (ulong)op.N, out ulong found));
        Assert.Equal(hole, found);
        hole = op.Index;
        left = op.N;
        for (; left > 0 && !IsHole(hole); left--)
        {
            if (--hole == ulong.MaxValue)
                left = 1;
        }

        Assert.Equal(left > 0, array.FindPreviousHole(op.Index, (ulong)op.N, out found));
        Assert.Equal(hole, found);
    }

    private static List<(ulong, ulong)> Entries(XArrayCursor cursor)
    {
        List<(ulong, ulong)> entries = [];
        foreach ((ulong index, ulong entry) in cursor)
            entries.Add((index, entry));
        return entries;
    }
}
