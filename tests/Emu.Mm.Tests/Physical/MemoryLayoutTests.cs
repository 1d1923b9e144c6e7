namespace Emu.Mm.Tests;

public class MemoryLayoutTests
{
    [Fact]
    public void Ranges_LeaveTheHoleForDevices()
    {
        MemoryLayout layout = new(4UL << 30);
        Assert.Equal([new MemoryRange(0, 3u << 18, 0), new MemoryRange(4u << 18, 5u << 18, 0)], layout.Ranges.ToArray());
    }

    [Fact]
    public void Ranges_SplitOverNodes_OnBlockBoundaries()
    {
        MemoryLayout layout = new(2UL << 30, nodes: 2);
        Assert.Equal([new MemoryRange(0, 1u << 18, 0), new MemoryRange(1u << 18, 2u << 18, 1)], layout.Ranges.ToArray());
    }

    [Theory]
    [InlineData(4096UL, 1)]
    [InlineData((1UL << 20) + 1, 1)]
    [InlineData(4UL << 20, 2)]
    [InlineData(1UL << 41, 1)]
    public void Constructor_Refuses_WhatNoMachineHas(ulong bytes, int nodes) =>
        Assert.Throws<ArgumentException>(() => new MemoryLayout(bytes, nodes));
}
