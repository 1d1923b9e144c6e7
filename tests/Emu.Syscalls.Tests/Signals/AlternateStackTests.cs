namespace Emu.Syscalls.Tests;

public sealed class AlternateStackTests
{
    private static readonly AlternateStack Stack = new() { Base = 0x1000, Size = 0x1000 };

    [Theory]
    [InlineData(0x1000, false)]
    [InlineData(0x1001, true)]
    [InlineData(0x2000, true)]
    [InlineData(0x2001, false)]
    public void Contains_CountsTheTopAndNotTheBase_WhenAtTheEdge(ulong sp, bool expected) => Assert.Equal(expected, Stack.Contains(sp));

    [Fact]
    public void StateAt_IsFree_WhenAStackInUseIsDisarmed()
    {
        AlternateStack stack = Stack;
        Assert.Equal(AlternateStack.OnStack, stack.StateAt(0x1800));
        stack.Flags = AlternateStack.AutoDisarm;
        Assert.Equal(0u, stack.StateAt(0x1800));
        Assert.Equal(AlternateStack.Disable, AlternateStack.None.StateAt(0x1800));
    }
}
