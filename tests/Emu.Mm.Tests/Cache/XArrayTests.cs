namespace Emu.Mm.Tests;

/// <summary>Single behaviours of the XArray; the model tests cover the structure.</summary>
public class XArrayTests
{
    private const ulong Max = ulong.MaxValue;

    [Fact]
    public void Load_ReturnsZero_WhenArrayIsEmpty()
    {
        XArray array = new();
        Assert.Equal(0ul, array.Load(0));
        Assert.Equal(0ul, array.Load(Max));
        Assert.True(array.IsEmpty);
        array.Validate();
    }

    [Fact]
    public void Store_AllocatesNoNode_WhenOnlyIndexZeroIsUsed()
    {
        XArray array = new();
        array.Store(0, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ulong replaced = array.Store(0, 10);
        array.SetMark(0, XaMark.Mark1);
        ulong erased = array.Erase(0);
        array.Store(0, 12);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal((8ul, 10ul), (replaced, erased));
        Assert.False(array.GetMark(0, XaMark.Mark1));
        Assert.Equal(12ul, array.Load(0));
    }

    [Fact]
    public void Store_KeepsMarks_WhenItReplacesAnEntry()
    {
        XArray array = new();
        array.Store(70, 8);
        array.SetMark(70, XaMark.Mark0);
        Assert.Equal(8ul, array.Store(70, 10));
        Assert.True(array.GetMark(70, XaMark.Mark0));
        array.Store(70, 0);
        Assert.False(array.IsMarked(XaMark.Mark0));
        Assert.True(array.IsEmpty);
    }

    [Fact]
    public void Store_CarriesMarksAlong_WhenTheTreeGrowsAndShrinks()
    {
        XArray array = new();
        array.Store(0, 8);
        array.SetMark(0, XaMark.Mark2);
        array.Store(Max, 10);
        array.Validate();
        Assert.True(array.GetMark(0, XaMark.Mark2));
        array.Erase(Max);
        array.Validate();
        Assert.True(array.GetMark(0, XaMark.Mark2));
        Assert.False(array.GetMark(0, XaMark.Mark1));
    }

    [Fact]
    public void Store_AllocatesNothing_WhenThePatternIsSteady()
    {
        XArray array = new();
        void Turn()
        {
            for (ulong i = 0; i < 600; i++)
                array.Store(i, (i + 1) << 1);
            for (ulong i = 0; i < 600; i++)
                array.Erase(i);
        }

        Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Turn();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void SetMark_DoesNothing_WhenThereIsNoEntry()
    {
        XArray array = new();
        array.SetMark(0, XaMark.Mark0);
        array.Store(100, 2);
        array.SetMark(99, XaMark.Mark0);
        array.SetMark(5000, XaMark.Mark0);
        Assert.False(array.IsMarked(XaMark.Mark0));
        array.Validate();
    }

    [Fact]
    public void CompareExchange_LeavesTheEntry_WhenItIsAnother()
    {
        XArray array = new();
        Assert.Equal(0ul, array.CompareExchange(9, 0, 4));
        Assert.Equal(4ul, array.CompareExchange(9, 6, 8));
        Assert.Equal(4ul, array.Load(9));
        Assert.Equal(4ul, array.CompareExchange(9, 4, 0));
        Assert.True(array.IsEmpty);
    }

    [Fact]
    public void FindNextMarked_SkipsTheUnmarked_WhenTheyLieBetween()
    {
        XArray array = new();
        for (ulong i = 0; i < 10000; i++)
            array.Store(i, (i + 1) << 1);
        array.SetMark(9000, XaMark.Mark1);
        ulong index = 3;
        Assert.True(array.FindNextMarked(ref index, Max, XaMark.Mark1, out ulong entry));
        Assert.Equal((9000ul, 18002ul), (index, entry));
        index = 3;
        Assert.False(array.FindNextMarked(ref index, 8999, XaMark.Mark1, out entry));
        Assert.Equal((3ul, 0ul), (index, entry));
    }

    [Fact]
    public void FindNextHole_StopsAtAValueEntry_WhenPagesPrecedeIt()
    {
        XArray array = new();
        for (ulong i = 10; i < 200; i++)
            array.Store(i, 2);
        array.Store(150, XArray.MakeValue(7));
        Assert.True(array.FindNextHole(10, 1000, out ulong hole));
        Assert.Equal(150ul, hole);
        Assert.False(array.FindNextHole(10, 100, out hole));
        Assert.Equal(110ul, hole);
        Assert.True(array.FindNextHole(5, 1, out hole));
        Assert.Equal(5ul, hole);
    }

    [Fact]
    public void FindPreviousHole_StopsBeforeTheFirst_WhenAllArePages()
    {
        XArray array = new();
        for (ulong i = 0; i < 200; i++)
            array.Store(i, 2);
        Assert.False(array.FindPreviousHole(150, 1000, out ulong hole));
        Assert.Equal(Max, hole);
        Assert.False(array.FindPreviousHole(150, 100, out hole));
        Assert.Equal(50ul, hole);
        Assert.True(array.FindPreviousHole(250, 100, out hole));
        Assert.Equal(250ul, hole);
    }

    [Fact]
    public void Iterate_GoesOn_WhenThePresentEntryIsErased()
    {
        XArray array = new();
        for (ulong i = 0; i < 1000; i++)
            array.Store(i * 3, (i + 1) << 1);
        ulong sum = 0;
        foreach ((ulong index, ulong entry) in array.Iterate(30, 2999))
        {
            Assert.Equal(entry, array.Erase(index));
            sum++;
        }

        Assert.Equal(990ul, sum);
        Assert.Equal(10, array.Count);
        array.Validate();
    }

    [Fact]
    public void ToValue_ReturnsTheValue_WhenMadeFromIt()
    {
        ulong entry = XArray.MakeValue(Max >> 1);
        Assert.True(XArray.IsValue(entry));
        Assert.Equal(Max >> 1, XArray.ToValue(entry));
        Assert.False(XArray.IsValue(2));
    }
}
