namespace Emu.Mm.Tests;

/// <summary>Single behaviours of the maple tree; the model tests cover the structure.</summary>
public class MapleTreeTests
{
    private const ulong Max = ulong.MaxValue;

    [Fact]
    public void Load_ReturnsNull_WhenTreeIsEmpty()
    {
        MapleTree<string> tree = new();
        Assert.Null(tree.Load(0));
        Assert.Null(tree.Load(Max));
        Assert.True(tree.IsEmpty);
        tree.Validate();
    }

    [Fact]
    public void Load_ReturnsEntry_WhenIndexIsAnEndOfItsRange()
    {
        MapleTree<string> tree = new();
        tree.StoreRange(10, 20, "a");
        Assert.Null(tree.Load(9));
        Assert.Equal("a", tree.Load(10));
        Assert.Equal("a", tree.Load(20));
        Assert.Null(tree.Load(21));
    }

    [Fact]
    public void Load_ReportsTheGap_WhenNothingIsStored()
    {
        MapleTree<string> tree = new();
        tree.StoreRange(10, 20, "a");
        tree.StoreRange(30, 40, "b");
        Assert.Null(tree.Load(25, out ulong first, out ulong last));
        Assert.Equal((21ul, 29ul), (first, last));
        Assert.Equal("b", tree.Load(33, out first, out last));
        Assert.Equal((30ul, 40ul), (first, last));
    }

    [Fact]
    public void StoreRange_CutsTheEntryInTwo_WhenItLiesInside()
    {
        MapleTree<string> tree = new();
        tree.StoreRange(0, 100, "a");
        tree.StoreRange(40, 60, null);
        tree.Validate();
        Assert.Equal([new(0, 39, "a"), new(61, 100, "a")], Ranges(tree));
        Assert.Equal(2, tree.Count);
    }

    [Fact]
    public void StoreRange_KeepsNeighboursApart_WhenEntriesAreTheSame()
    {
        MapleTree<string> tree = new();
        tree.StoreRange(0, 9, "a");
        tree.StoreRange(10, 19, "a");
        Assert.Equal(2, tree.Count);
        Assert.Equal([new(0, 9, "a"), new(10, 19, "a")], Ranges(tree));
    }

    [Fact]
    public void StoreRange_LeavesOneEntry_WhenItCoversAThousand()
    {
        MapleTree<string> tree = Row(1000);
        tree.StoreRange(5, Max, "all");
        tree.Validate();
        Assert.Equal([new(0, 4, "e0"), new(5, Max, "all")], Ranges(tree));
    }

    [Fact]
    public void StoreRange_Throws_WhenFirstIsAboveLast() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapleTree<string>().StoreRange(2, 1, "a"));

    [Fact]
    public void StoreRange_AllocatesNothing_WhenThePatternIsSteady()
    {
        MapleTree<string> tree = Row(1000);
        void Turn()
        {
            for (ulong i = 0; i < 900; i += 7)
            {
                tree.StoreRange(i * 20, (i * 20) + 600, null);
                tree.StoreRange((i * 20) + 100, (i * 20) + 110, "b");
                tree.Erase((i * 20) + 105);
                for (ulong k = 0; k <= 30; k++)
                    tree.StoreRange((i + k) * 20, ((i + k) * 20) + 9, "c");
            }
        }

        for (int i = 0; i < 5; i++)
            Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Turn();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Erase_ReturnsNull_WhenNothingIsStored() => Assert.Null(Row(3).Erase(15));

    [Fact]
    public void Erase_JoinsTheGaps_WhenNeighboursAreFree()
    {
        MapleTree<string> tree = Row(100);
        for (ulong i = 1; i < 99; i++)
        {
            Assert.Equal($"e{i}", tree.Erase((i * 20) + 3));
            tree.Validate();
        }

        Assert.True(tree.EmptyArea(0, Max, (98 * 20) + 10, out ulong first));
        Assert.Equal(10ul, first);
    }

    [Fact]
    public void Replace_ReturnsTheOldEntry_WhenThereIsOne()
    {
        MapleTree<string> tree = Row(50);
        Assert.Equal("e7", tree.Replace(145, "new"));
        Assert.Equal("new", tree.Load(140));
        Assert.Throws<InvalidOperationException>(() => tree.Replace(155, "new"));
    }

    [Fact]
    public void Find_StopsAtZero_WhenTheLastEntryEndsAtTheTop()
    {
        MapleTree<string> tree = new();
        tree.StoreRange(5, 9, "a");
        tree.StoreRange(Max, Max, "b");
        ulong index = 0;
        Assert.Equal("a", tree.Find(ref index, Max));
        Assert.Equal(10ul, index);
        Assert.Equal("b", tree.FindAfter(ref index, Max));
        Assert.Equal(0ul, index);
        Assert.Null(tree.FindAfter(ref index, Max));
    }

    [Fact]
    public void Next_SkipsTheEntryItself_WhenIndexIsInside()
    {
        MapleTree<string> tree = Row(40);
        Assert.Equal("e5", tree.Next(85, Max, out ulong first, out ulong last));
        Assert.Equal((100ul, 109ul), (first, last));
        Assert.Equal("e5", tree.Next(95, 100, out _, out _));
        Assert.Null(tree.Next(95, 99, out _, out _));
        Assert.Null(tree.Next(Max, Max, out _, out _));
    }

    [Fact]
    public void Prev_SkipsTheEntryItself_WhenIndexIsInside()
    {
        MapleTree<string> tree = Row(40);
        Assert.Equal("e3", tree.Prev(85, 0, out ulong first, out ulong last));
        Assert.Equal((60ul, 69ul), (first, last));
        Assert.Equal("e4", tree.Prev(95, 89, out _, out _));
        Assert.Null(tree.Prev(95, 90, out _, out _));
        Assert.Null(tree.Prev(0, 0, out _, out _));
    }

    [Fact]
    public void EmptyArea_ReturnsTheLowest_WhenSeveralGapsFit()
    {
        MapleTree<string> tree = Row(500);
        tree.Erase(20 * 100);
        tree.Erase(20 * 400);
        Assert.True(tree.EmptyArea(0, Max, 30, out ulong first));
        Assert.Equal((20ul * 100) - 10, first);
        Assert.True(tree.EmptyAreaRev(0, 9999, 30, out first));
        Assert.Equal((20ul * 400) - 10, first);
        Assert.False(tree.EmptyArea(0, 9999, 31, out first));
        Assert.Equal(0ul, first);
    }

    [Fact]
    public void EmptyArea_RespectsTheBounds_WhenTheyCutAGap()
    {
        MapleTree<string> tree = new();
        tree.StoreRange(100, 199, "a");
        Assert.False(tree.EmptyArea(60, 150, 41, out _));
        Assert.True(tree.EmptyArea(60, 150, 40, out ulong first));
        Assert.Equal(60ul, first);
        Assert.True(tree.EmptyAreaRev(60, 250, 51, out first));
        Assert.Equal(200ul, first);
        Assert.False(tree.EmptyArea(1, 0, 1, out _));
        Assert.False(tree.EmptyArea(0, Max, 0, out _));
    }

    [Fact]
    public void EmptyArea_FindsTheWholeSpaceButOne_WhenTreeIsEmpty()
    {
        MapleTree<string> tree = new();
        Assert.True(tree.EmptyArea(0, Max, Max, out ulong first));
        Assert.Equal(0ul, first);
        Assert.True(tree.EmptyAreaRev(0, Max, Max, out first));
        Assert.Equal(1ul, first);
    }

    [Fact]
    public void Iterate_GoesOn_WhenEntriesAreErasedAndReplaced()
    {
        MapleTree<string> tree = Row(200);
        List<string> seen = [];
        MapleCursor<string> cursor = tree.Iterate(15, 20 * 150);
        while (cursor.MoveNext())
        {
            seen.Add(cursor.Entry);
            if (seen.Count % 2 == 0)
                cursor.Replace("new");
            else
                tree.StoreRange(0, cursor.Last, null);
        }

        tree.Validate();
        Assert.Equal(Enumerable.Range(1, 150).Select(i => $"e{i}"), seen);
        Assert.Equal(50, tree.Count);
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void CursorReplace_Throws_WhenTheTreeHasChanged()
    {
        MapleTree<string> tree = Row(5);
        MapleCursor<string> cursor = tree.Iterate();
        Assert.True(cursor.MoveNext());
        tree.Erase(40);
        bool thrown = false;
        try
        {
            cursor.Replace("new");
        }
        catch (InvalidOperationException)
        {
            thrown = true;
        }

        Assert.True(thrown);
    }

    [Fact]
    public void DuplicateFrom_LeavesTheSourceAlone_WhenTheCopyChanges()
    {
        MapleTree<string> source = Row(3000);
        MapleTree<string> copy = new();
        copy.DuplicateFrom(source);
        copy.Validate();
        Assert.Equal(Ranges(source), Ranges(copy));
        copy.StoreRange(0, Max, null);
        copy.Validate();
        source.Validate();
        Assert.Equal(0, copy.Count);
        Assert.Equal(3000, Ranges(source).Count);
    }

    [Fact]
    public void Validate_SaysWhatIsWrong_WhenTheTreeIsBroken()
    {
        MapleTree<string> tree = Row(100);
        tree.LeafOf(500).Count = 2;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(tree.Validate);
        Assert.Contains("ends at 0x", error.Message);
    }

    /// <summary>Entries "e0", "e1", … of 10 indices each, 20 apart.</summary>
    private static MapleTree<string> Row(int entries)
    {
        MapleTree<string> tree = new();
        for (int i = 0; i < entries; i++)
            tree.StoreRange((ulong)i * 20, ((ulong)i * 20) + 9, $"e{i}");
        return tree;
    }

    private static List<MapleRange<string>> Ranges(MapleTree<string> tree)
    {
        List<MapleRange<string>> ranges = [];
        foreach (MapleRange<string> range in tree.Iterate())
            ranges.Add(range);
        return ranges;
    }
}
