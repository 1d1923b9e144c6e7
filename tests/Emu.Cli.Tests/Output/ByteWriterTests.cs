using System.Globalization;
using System.Text;
using CsCheck;

namespace Emu.Cli.Tests;

public class ByteWriterTests
{
    [Fact]
    public void Add_WritesNumbers_AsInvariantTextDoes()
    {
        Gen.Select(Gen.Long, Gen.ULong).Sample((signed, unsigned) =>
        {
            ByteWriter writer = new(1);
            writer.Add(signed).Add((byte)' ').Add(unsigned).Add((byte)' ').AddHex(unsigned).Add((byte)' ').AddHex(unsigned, 20).Add((byte)' ').AddOctal(unsigned);

            string hex = unsigned.ToString("x", CultureInfo.InvariantCulture);
            Assert.Equal($"{signed} {unsigned} {hex} {hex.PadLeft(20, '0')} {Convert.ToString((long)unsigned, 8)}", Text(writer));
        });
    }

    [Fact]
    public void Columns_AreFilledWithSpaces()
    {
        ByteWriter writer = new();
        writer.Add("ab"u8).PadFrom(0, 5).AddRight(42, 4).AddPadded(7, 3);

        Assert.Equal("ab     42007", Text(writer));
    }

    [Fact]
    public void PadFrom_LeavesASpace_WhenTheColumnIsFull()
    {
        ByteWriter writer = new();
        writer.Add("abcdef"u8).PadFrom(0, 3);

        Assert.Equal("abcdef ", Text(writer));
    }

    [Fact]
    public void AddName_EscapesWhatCannotStandInAColumn()
    {
        ByteWriter writer = new();
        writer.AddName([.. "a b\\c\n"u8, 0xFF, .. "\u00e9"u8, 0xC3]);

        Assert.Equal("a\\040b\\134c\\012\\377\u00c3\u00a9\\303", Text(writer));
    }

    [Fact]
    public void AddText_KeepsSpaces() => Assert.Equal("a b\\011", Text(new ByteWriter().AddText("a b\t"u8)));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    public void AddCsv_QuotesFields_WhenTheyNeedIt(string field, string expected) => Assert.Equal(expected, Text(new ByteWriter().AddCsv(field)));

    private static string Text(ByteWriter writer) => Encoding.Latin1.GetString(writer.Written);
}
