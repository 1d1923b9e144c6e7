using CsCheck;

namespace Emu.Mm.Tests;

/// <summary>Random operations on an interval tree and on a sorted list, with the invariants after each step.</summary>
public class IntervalTreeModelTests
{
    public enum Kind
    {
        Insert,
        Remove,
        RemoveOverlaps,
        Find,
    }

    /// <summary>One operation; A and B make an interval, N chooses a node.</summary>
    public readonly record struct Op(Kind Kind, ulong A, ulong B, int N);

    [Fact]
    public void Tree_MatchesModel_WhenIntervalsAreDense() => Check(Gen.ULong[0, 100], Gen.ULong[0, 10]);

    [Fact]
    public void Tree_MatchesModel_WhenStartsAreOftenEqual() => Check(Gen.ULong[0, 3], Gen.ULong[0, 5]);

    [Fact]
    public void Tree_MatchesModel_WhenIntervalsAreSparse() => Check(Gen.ULong, Gen.ULong);

    [Fact]
    public void Tree_MatchesModel_WhenPointsAreExtreme() =>
        Check(
            Gen.OneOf(Gen.OneOf<ulong>([0, 1, ulong.MaxValue, ulong.MaxValue - 1]), Gen.ULong[0, 9]),
            Gen.OneOf(Gen.Const(ulong.MaxValue), Gen.ULong[0, 9]));

    [Fact]
    public void Tree_MatchesModel_WhenRunsAreLong() => Check(Gen.ULong[0, 5000], Gen.ULong[0, 200], length: 3000, samples: 3);

    private static void Check(Gen<ulong> start, Gen<ulong> size, int length = 300, int samples = 100)
    {
        Gen<Kind> kinds = Gen.Frequency(
            (50, Gen.Const(Kind.Insert)), (30, Gen.Const(Kind.Remove)), (2, Gen.Const(Kind.RemoveOverlaps)),
            (20, Gen.Const(Kind.Find)));
        Gen.Select(kinds, start, size, Gen.Int[0, 10000], (kind, a, b, n) => new Op(kind, a, b, n))
            .Array[0, length]
            .Sample(Run, iter: samples, print: ops => string.Join(Environment.NewLine, ops));
    }

    private static void Run(Op[] ops)
    {
        IntervalTree<int> tree = new();
        List<IntervalNode<int>> model = [];
        for (int step = 0; step < ops.Length; step++)
        {
            Op op = ops[step];
            ulong last = op.A + Math.Min(op.B, ulong.MaxValue - op.A);
            Apply(tree, model, op, last, step);
            tree.Validate();
            Assert.Equal(model.Count, tree.Count);
            Assert.Equal(model.Count == 0, tree.IsEmpty);
            SameOverlaps(tree, model, op.A, last);
        }

        SameOverlaps(tree, model, 0, ulong.MaxValue);
    }

    private static void Apply(IntervalTree<int> tree, List<IntervalNode<int>> model, Op op, ulong last, int step)
    {
        switch (op.Kind)
        {
            case Kind.Insert:
                IntervalNode<int> node = new(step);
                tree.Insert(node, op.A, last);
                int at = model.FindIndex(other => other.Start > op.A);
                model.Insert(at < 0 ? model.Count : at, node);
                break;
            case Kind.Remove when model.Count > 0:
                node = model[op.N % model.Count];
                tree.Remove(node);
                model.Remove(node);
                Assert.False(node.IsLinked);
                break;
            case Kind.RemoveOverlaps:
                foreach (IntervalNode<int> found in tree.Overlaps(op.A, last))
                {
                    tree.Remove(found);
                    Assert.True(model.Remove(found));
                }

                Assert.DoesNotContain(model, other => other.Overlaps(op.A, last));
                break;
            case Kind.Find:
                SameOverlaps(tree, model, op.A, op.A);
                SameOverlaps(tree, model, last, ulong.MaxValue);
                SameOverlaps(tree, model, 0, op.A);
                break;
        }
    }

    private static void SameOverlaps(IntervalTree<int> tree, List<IntervalNode<int>> model, ulong start, ulong last)
    {
        IntervalNode<int>? node = tree.FirstOverlap(start, last);
        foreach (IntervalNode<int> expected in model)
        {
            if (expected.Last < start || expected.Start > last)
                continue;
            Assert.Same(expected, node);
            node = tree.NextOverlap(expected, start, last);
        }

        Assert.Null(node);
    }
}
