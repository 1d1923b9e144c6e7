namespace Emu.Mm.Tests;

/// <summary>Single behaviours of the interval tree; the model tests cover the structure.</summary>
public class IntervalTreeTests
{
    [Fact]
    public void FirstOverlap_ReturnsNull_WhenTreeIsEmpty()
    {
        IntervalTree<string> tree = new();
        Assert.Null(tree.FirstOverlap(0, ulong.MaxValue));
        Assert.True(tree.IsEmpty);
        tree.Validate();
    }

    [Fact]
    public void FirstOverlap_CountsTheEnds_WhenTheyTouch()
    {
        IntervalTree<string> tree = new();
        Add(tree, "a", 10, 20);
        Assert.Null(tree.FirstOverlap(0, 9));
        Assert.Equal("a", tree.FirstOverlap(0, 10)?.Owner);
        Assert.Equal("a", tree.FirstOverlap(20, 30)?.Owner);
        Assert.Null(tree.FirstOverlap(21, 30));
    }

    [Fact]
    public void Overlaps_KeepsTheOrderOfInsertion_WhenStartsAreEqual()
    {
        IntervalTree<string> tree = new();
        IntervalNode<string> removed = Add(tree, "removed", 5, 5);
        foreach (string name in (string[])["a", "b", "c", "d", "e", "f", "g"])
            Add(tree, name, 5, (ulong)(200 - name[0]));
        Add(tree, "first", 4, 9);
        tree.Remove(removed);
        tree.Insert(removed, 5, 7);
        tree.Validate();
        Assert.Equal(["first", "a", "b", "c", "d", "e", "f", "g", "removed"], Owners(tree, 0, ulong.MaxValue));
    }

    [Fact]
    public void Overlaps_GoesOn_WhenThePresentIntervalIsRemoved()
    {
        IntervalTree<string> tree = new();
        for (int i = 0; i < 100; i++)
            Add(tree, $"{i}", (ulong)i, (ulong)i + 3);
        foreach (IntervalNode<string> node in tree.Overlaps(20, 30))
            tree.Remove(node);
        tree.Validate();
        Assert.Equal(100 - 14, tree.Count);
        Assert.Empty(Owners(tree, 20, 30));
    }

    [Fact]
    public void Remove_Throws_WhenTheNodeIsElsewhere()
    {
        IntervalTree<string> tree = new();
        IntervalTree<string> other = new();
        IntervalNode<string> node = Add(other, "a", 1, 2);
        Assert.Throws<InvalidOperationException>(() => tree.Remove(node));
        Assert.Throws<InvalidOperationException>(() => tree.Insert(node, 1, 2));
        Assert.Same(other, node.Tree);
    }

    [Fact]
    public void Insert_Throws_WhenStartIsAboveLast()
    {
        IntervalNode<string> node = new("a");
        Assert.Throws<ArgumentOutOfRangeException>(() => new IntervalTree<string>().Insert(node, 2, 1));
        Assert.False(node.IsLinked);
    }

    [Fact]
    public void Operations_AllocateNothing_WhenNodesExist()
    {
        IntervalTree<string> tree = new();
        IntervalNode<string>[] nodes = [.. Enumerable.Range(0, 500).Select(i => new IntervalNode<string>($"{i}"))];
        int Turn()
        {
            int seen = 0;
            for (int i = 0; i < nodes.Length; i++)
                tree.Insert(nodes[i], (ulong)(i * 37 % 501), (ulong)(i * 37 % 501) + 20);
            foreach (IntervalNode<string> node in tree.Overlaps(100, 200))
                seen += node.IsLinked ? 1 : 0;
            foreach (IntervalNode<string> node in nodes)
                tree.Remove(node);
            return seen;
        }

        int first = Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int second = Turn();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(first, second);
        Assert.True(tree.IsEmpty);
    }

    [Fact]
    public void Validate_SaysWhatIsWrong_WhenTheTreeIsBroken()
    {
        IntervalTree<string> tree = new();
        IntervalNode<string> node = Add(tree, "a", 1, 2);
        node.SubtreeLast = 9;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(tree.Validate);
        Assert.Contains("greatest end below [0x1-0x2]", error.Message);
    }

    private static IntervalNode<string> Add(IntervalTree<string> tree, string name, ulong start, ulong last)
    {
        IntervalNode<string> node = new(name);
        tree.Insert(node, start, last);
        return node;
    }

    private static List<string> Owners(IntervalTree<string> tree, ulong start, ulong last)
    {
        List<string> owners = [];
        foreach (IntervalNode<string> node in tree.Overlaps(start, last))
            owners.Add(node.Owner);
        return owners;
    }
}
