namespace Emu.Loader.Tests;

public class AuxiliaryVectorTests
{
    [Fact]
    public void ToBytes_EndsWithNull_WhenEmpty() => Assert.Equal(new byte[16], new AuxiliaryVector().ToBytes());

    [Fact]
    public void ToBytes_KeepsTheOrder_InPairsOfWords()
    {
        AuxiliaryVector vector = new();
        vector.Set(AuxiliaryVector.Entry, 0x0102030405060708);
        vector.Set(AuxiliaryVector.PageSize, 4096);
        byte[] expected = [9, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 16, .. new byte[6 + 16]];
        Assert.Equal(expected, vector.ToBytes());
    }

    [Fact]
    public void Set_ChangesAnEntryWhereItStands()
    {
        AuxiliaryVector vector = new();
        vector.Set(AuxiliaryVector.Entry, 1);
        vector.Set(AuxiliaryVector.PageSize, 2);
        vector.Set(AuxiliaryVector.Entry, 3);
        byte[] bytes = vector.ToBytes();
        Assert.Equal((48, 9, 3, 6), (bytes.Length, bytes[0], bytes[8], bytes[16]));
    }
}
