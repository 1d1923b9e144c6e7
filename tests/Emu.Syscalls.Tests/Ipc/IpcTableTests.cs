using Emu.Mm;

namespace Emu.Syscalls.Tests;

public sealed class IpcTableTests
{
    private static readonly Credentials User = Credentials.ForUser(1000, 100, [200]);

    [Fact]
    public void Add_GivesANumberAgainLate_WhenObjectsComeAndGo()
    {
        IpcTable<Thing> table = new();
        HashSet<int> numbers = [];
        for (int i = 0; i < 1000; i++)
        {
            Thing thing = new(0, 0x180);
            Assert.True(numbers.Add(table.Add(thing, 4096)));
            Assert.Same(thing, table.Find(thing.Id));
            table.Remove(thing);
            Assert.Null(table.Find(thing.Id));
        }
        Assert.Contains(1 << IpcKey.SequenceShift, numbers);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Add_Refuses_WhenThereAreTooMany()
    {
        IpcTable<Thing> table = new();
        int[] ids = [.. Enumerable.Range(0, 200).Select(_ => table.Add(new Thing(0, 0), 200))];
        Assert.Equal(Enumerable.Range(0, 200), ids);
        Assert.Equal(-Errno.ENOSPC, table.Add(new Thing(0, 0), 200));
        Assert.Equal(199, table.HighestPlace);
    }

    [Theory]
    [InlineData(7, 0, 0)]
    [InlineData(8, 0, -Errno.ENOENT)]
    [InlineData(7, IpcKey.Create, 0)]
    [InlineData(7, IpcKey.Create | IpcKey.Exclusive, -Errno.EEXIST)]
    [InlineData(8, IpcKey.Create, 1)]
    [InlineData(0, 0, 1)]
    public void Get_FindsOrMakes_ByKeyAndFlags(int key, int flags, int result)
    {
        IpcTable<Thing> table = new();
        table.Add(new Thing(7, 0x1FF), 10);
        Assert.Equal(result, table.Get(User, key, flags, static _ => 0, () => table.Add(new Thing(key, (uint)flags), 10)));
    }

    [Theory]
    [InlineData(0x100, 1000u, 1u, true)]
    [InlineData(0x100, 1u, 100u, false)]
    [InlineData(0x020, 1u, 100u, true)]
    [InlineData(0x020, 1u, 200u, true)]
    [InlineData(0x020, 1u, 300u, false)]
    [InlineData(0x004, 1u, 300u, true)]
    [InlineData(0x004, 1000u, 300u, false)]
    public void Allows_LooksAtOwnerThenGroupThenOthers(uint mode, uint uid, uint gid, bool allowed)
    {
        Thing thing = new(0, mode);
        Assert.Equal(0, thing.Update(new IpcPermission { Uid = uid, Gid = gid, Mode = mode }));
        Assert.Equal(allowed, thing.Allows(User, 0x124));
        Assert.True(thing.Allows(Credentials.Root, 0x1FF));
    }

    private sealed class Thing(int key, uint mode) : IpcObject(key, mode, Credentials.Root);
}
