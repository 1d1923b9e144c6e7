using Emu.Mm;

namespace Emu.Loader.Tests;

public class InitialStackTests
{
    private const ulong Unlimited = ulong.MaxValue, EightMebibytes = 8 << 20;

    private static readonly byte[] Random = [.. Enumerable.Range(1, 16).Select(static i => (byte)i)];

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(System.Text.Encoding.Latin1.GetBytes)];

    private static InitialStack Put(LoadedProgram program, byte[][] arguments, byte[][] environment, AuxiliaryVector? vector = null, bool executable = false)
    {
        InitialStack stack = new(program.User);
        Assert.Equal(0, stack.PutStrings("/bin/name"u8.ToArray(), arguments, environment, executable));
        Assert.Equal(0, stack.PutTables(vector ?? new AuxiliaryVector(), arguments, environment, Random));
        Invariants.Check(program.Manager);
        return stack;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(7, 7)]
    public void PutTables_LeavesRspAligned_WithArgcAndBothListsAboveIt(int argumentCount, int variableCount)
    {
        using LoadedProgram program = new();
        byte[][] arguments = Texts([.. Enumerable.Range(0, argumentCount).Select(static i => $"argument{i}")]);
        byte[][] environment = Texts([.. Enumerable.Range(0, variableCount).Select(static i => $"V{i}={i}")]);
        ulong at = Put(program, arguments, environment).StackPointer;
        Assert.Equal(0UL, at & 15);
        Assert.Equal((ulong)argumentCount, program.WordAt(at));
        at += 8;
        for (int i = 0; i < argumentCount; i++, at += 8)
            Assert.Equal($"argument{i}", program.StringAt(program.WordAt(at)));
        Assert.Equal(0UL, program.WordAt(at));
        at += 8;
        for (int i = 0; i < variableCount; i++, at += 8)
            Assert.Equal($"V{i}={i}", program.StringAt(program.WordAt(at)));
        Assert.Equal(0UL, program.WordAt(at));
    }

    [Fact]
    public void PutStrings_StandAsTheKernelPutsThem_FromTheTopDown()
    {
        using LoadedProgram program = new();
        Put(program, Texts("a", "", "ccc"), Texts("X=1", "Y="));
        const string Image = "a\0\0ccc\0X=1\0Y=\0/bin/name\0\0\0\0\0\0\0\0\0";
        ulong at = InitialStack.Top - (ulong)Image.Length;
        for (int i = 0; i < Image.Length; i++)
            Assert.Equal(Image[i], (char)program.ByteAt(at + (ulong)i));
        MmLayout layout = program.Mm.Layout;
        Assert.Equal((at, at + 7), (layout.ArgStart, layout.ArgEnd));
        Assert.Equal((at + 7, at + 14), (layout.EnvStart, layout.EnvEnd));
    }

    [Fact]
    public void PutStrings_KeepsBytesThatAreNoText()
    {
        using LoadedProgram program = new();
        byte[] odd = [0xff, 0xfe, (byte)'\n', 0x80];
        ulong at = Put(program, [odd], []).StackPointer;
        Assert.Equal("\xff\xfe\n\x80", program.StringAt(program.WordAt(at + 8)));
    }

    [Fact]
    public void PutTables_PointsTheVectorAtNameRandomAndPlatform()
    {
        using LoadedProgram program = new();
        AuxiliaryVector vector = new();
        vector.Set(AuxiliaryVector.PageSize, 4096);
        vector.Set(AuxiliaryVector.ExecFileName, 0);
        ulong at = Put(program, Texts("one"), Texts("A=b"), vector).StackPointer + 40;
        Dictionary<ulong, ulong> entries = [];
        for (; program.WordAt(at) != 0; at += 16)
            entries[program.WordAt(at)] = program.WordAt(at + 8);
        Assert.Equal(0UL, program.WordAt(at + 8));
        Assert.Equal(4096UL, entries[AuxiliaryVector.PageSize]);
        Assert.Equal("/bin/name", program.StringAt(entries[AuxiliaryVector.ExecFileName]));
        Assert.Equal("x86_64", program.StringAt(entries[AuxiliaryVector.Platform]));
        Assert.Equal(Random, Enumerable.Range(0, 16).Select(i => program.ByteAt(entries[AuxiliaryVector.Random] + (ulong)i)));
        Assert.Equal(4, entries.Count);
        Assert.Equal(program.Mm.Layout.AuxiliaryVector.Length, (entries.Count + 1) * 16);
    }

    [Fact]
    public void PutStrings_MakesAStackOfItsOwn_WithRoomBelow()
    {
        using LoadedProgram program = new();
        InitialStack stack = Put(program, [], []);
        VmArea area = program.Mm.FindArea(stack.StackPointer)!;
        Assert.True(area.Has(VmFlags.Read | VmFlags.Write | VmFlags.GrowsDown));
        Assert.False(area.Has(VmFlags.Exec));
        Assert.Equal(InitialStack.Top, area.End);
        Assert.InRange(area.Length, 131072UL, 131072UL + 8192);
        Assert.Equal(stack.StackPointer, program.Mm.Layout.StartStack);
    }

    [Fact]
    public void PutStrings_MakesTheStackExecutable_WhenTheProgramAsksForIt()
    {
        using LoadedProgram program = new();
        InitialStack stack = Put(program, [], [], executable: true);
        Assert.True(program.Mm.FindArea(stack.StackPointer)!.Has(VmFlags.Exec));
    }

    [Fact]
    public void PutStrings_TakesStringsOfManyPages()
    {
        using LoadedProgram program = new();
        byte[][] arguments = [.. Enumerable.Range(0, 20).Select(static i => Enumerable.Repeat((byte)('a' + i), 50000).ToArray())];
        ulong at = Put(program, arguments, []).StackPointer;
        Assert.Equal(new string('t', 50000), program.StringAt(program.WordAt(at + (20 * 8))));
    }

    [Theory]
    [InlineData(131071, EightMebibytes, 0)]
    [InlineData(131072, EightMebibytes, -Errno.E2BIG)]
    public void CheckSize_LimitsOneString(int length, ulong stackLimit, int expected) =>
        Assert.Equal(expected, InitialStack.CheckSize([new byte[length]], [], stackLimit));

    [Theory]
    [InlineData(20, EightMebibytes, -Errno.E2BIG)] // a quarter of the limit: 2 MiB
    [InlineData(15, EightMebibytes, 0)]
    [InlineData(40, Unlimited, 0)] // three quarters of 8 MiB at most
    [InlineData(49, Unlimited, -Errno.E2BIG)]
    [InlineData(1, 4096UL, -Errno.E2BIG)] // and never less than 32 pages
    public void CheckSize_LimitsAllOfThem_ByTheLimitOfTheStack(int count, ulong stackLimit, int expected)
    {
        byte[][] strings = [.. Enumerable.Range(0, count).Select(static _ => new byte[131071])];
        Assert.Equal(expected, InitialStack.CheckSize(strings, [], stackLimit));
        Assert.Equal(expected, InitialStack.CheckSize([], strings, stackLimit));
    }

    [Fact]
    public void CheckSize_CountsThePointers()
    {
        byte[][] empty = [.. Enumerable.Repeat(Array.Empty<byte>(), 131072 / 9)];
        Assert.Equal(0, InitialStack.CheckSize(empty, [], 4096));
        Assert.Equal(-Errno.E2BIG, InitialStack.CheckSize(empty, [[]], 4096));
    }
}
