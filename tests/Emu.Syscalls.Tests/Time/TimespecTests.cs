namespace Emu.Syscalls.Tests;

public sealed class TimespecTests
{
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 999_999_999, true)]
    [InlineData(0, 1_000_000_000, false)]
    [InlineData(0, -1, false)]
    [InlineData(-1, 0, false)]
    public void IsValid_IsAsTheKernelHasIt_WhenAtTheEdges(long seconds, long nanoseconds, bool expected) =>
        Assert.Equal(expected, new Timespec(seconds, nanoseconds).IsValid);

    [Fact]
    public void ToNanoseconds_IsCut_WhenTheTimeIsTooLong()
    {
        Assert.Equal((ulong)long.MaxValue, new Timespec(long.MaxValue, 0).ToNanoseconds());
        Assert.Equal(1_500_000_000ul, new Timespec(1, 500_000_000).ToNanoseconds());
    }

    [Fact]
    public void FromSigned_HasNanosecondsAboveZero_WhenTheTimeIsBefore1970() =>
        Assert.Equal(new Timespec(-1, 999_999_999), Timespec.FromSigned(-1));

    [Fact]
    public void From_CutsDown_WhenMicrosecondsAreWanted() => Assert.Equal(new Timeval(1, 2), Timeval.From(1_000_002_999));
}
