namespace Emu.Mm.Tests;

public unsafe class UserfaultTests
{
    private const ulong At = 0x2000_0000, Source = 0x3000_0000;
    private const PageFaultError UserWrite = PageFaultError.User | PageFaultError.Write;

    [Fact]
    public void Missing_WaitsForTheReader_WhoFillsThePage()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        machine.MapFixed(Source, 0x1000);
        machine.Write(Source, 42);
        UserfaultReader reader = new(machine, UserfaultFeatures.None, (context, message) =>
            Assert.Equal(4096, context.Copy(message.Argument1, machine.User, Source, 4096, UserfaultMode.None)));
        Assert.Equal(0, reader.Context.Register(At, 0x2000, UserfaultRegister.Missing, out bool isHuge));
        Assert.False(isHuge);
        Assert.Equal(42, machine.Read(At));
        Assert.True(machine.Write(At + 0x1000, 43));
        Assert.Equal([(0UL, At), (1UL, At + 0x1000)], reader.Messages.Select(m => (m.Argument0, m.Argument1)));
        Assert.Equal(43, machine.Read(At + 0x1000));
        machine.Check();
        reader.Context.Close();
        Assert.False(machine.Mm.Lookup(At)!.HasAny(VmFlags.UffdMask));
        machine.Check();
    }

    [Fact]
    public void Fault_OfUserMode_ReturnsWhatToWaitFor()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        UserfaultContext context = new(machine.Mm, userModeOnly: true);
        context.Initialise(UserfaultFeatures.ThreadId | UserfaultFeatures.ExactAddress, mayFork: false);
        context.Register(At, 0x1000, UserfaultRegister.Missing, out _);
        FaultContext who = new() { ThreadId = 77 };
        FaultOutcome outcome = machine.Manager.Faults.HandlePageFault(machine.Mm, At + 5, UserWrite, who);
        Assert.Equal(FaultStatus.Retry, outcome.Status);
        Assert.False(outcome.Wait!.IsWoken);
        Assert.True(context.TryRead(out UserfaultMessage message, out _));
        Assert.Equal((UserfaultEvent.PageFault, 1UL, At + 5, 77UL), (message.Event, message.Argument0, message.Argument1, message.Argument2));
        Assert.False(context.HasMessages);
        Assert.Equal(4096, context.ZeroPage(At, 4096, UserfaultMode.DontWake));
        Assert.False(outcome.Wait.IsWoken);
        context.Wake(At, 4096);
        Assert.True(outcome.Wait.IsWoken);
        // The kernel's own access is not served: it fails.
        context.Register(At, 0x1000, UserfaultRegister.Missing, out _);
        machine.Mm.Advise(At, 4096, Advice.DontNeed, default);
        Assert.Equal(-1, machine.Read(At));
        context.Close();
        Assert.Equal(0, machine.Read(At));
    }

    [Fact]
    public void Sigbus_TakesThePlaceOfMessages_WhenAskedFor()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x1000);
        UserfaultContext context = new(machine.Mm, userModeOnly: false);
        context.Initialise(UserfaultFeatures.Sigbus, mayFork: false);
        context.Register(At, 0x1000, UserfaultRegister.Missing, out _);
        Assert.Equal(FaultOutcome.Bus, machine.Manager.Faults.HandlePageFault(machine.Mm, At, UserWrite, default));
        Assert.Equal(4096, context.Poison(At, 4096, UserfaultMode.None));
        Assert.Equal(FaultOutcome.Bus, machine.Manager.Faults.HandlePageFault(machine.Mm, At, UserWrite, default));
        Assert.Equal(-Errno.EEXIST, context.ZeroPage(At, 4096, UserfaultMode.None));
        machine.Check();
        context.Close();
    }

    [Fact]
    public void Initialise_HappensOnce_AndRefusesWhatItDoesNotKnow()
    {
        using TestMachine machine = new();
        UserfaultContext context = new(machine.Mm, userModeOnly: false);
        Assert.Equal(-Errno.EINVAL, context.Initialise((UserfaultFeatures)(1 << 17), mayFork: true));
        Assert.Equal(-Errno.EPERM, context.Initialise(UserfaultFeatures.EventFork, mayFork: false));
        Assert.Equal(0, context.Initialise(UserfaultFeatures.WpAsync, mayFork: false));
        Assert.Equal(UserfaultFeatures.WpAsync | UserfaultFeatures.WpUnpopulated, context.Features);
        Assert.Equal(-Errno.EINVAL, context.Initialise(UserfaultFeatures.None, mayFork: false));
    }

    [Fact]
    public void Register_SplitsAndMerges_AndRefusesWhatCannotBeServed()
    {
        using TestMachine machine = new();
        TestFile file = new(machine.Manager, new byte[8192]);
        machine.MapFixed(At, 0x4000);
        machine.Map(At + 0x10000, 8192, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        UserfaultContext first = new(machine.Mm, false), second = new(machine.Mm, false);
        first.Initialise(UserfaultFeatures.None, false);
        second.Initialise(UserfaultFeatures.None, false);
        Assert.Equal(0, first.Register(At + 0x1000, 0x1000, UserfaultRegister.Missing, out _));
        Assert.Equal(4, machine.Mm.MapCount);
        machine.Check();
        Assert.Equal(-Errno.EBUSY, second.Register(At, 0x4000, UserfaultRegister.Missing, out _));
        Assert.Equal(-Errno.EINVAL, second.Unregister(At, 0x4000));
        Assert.Equal(-Errno.EINVAL, first.Register(At + 0x10000, 0x1000, UserfaultRegister.Missing, out _));
        Assert.Equal(-Errno.EINVAL, first.Register(At + 0x80000, 0x1000, UserfaultRegister.Missing, out _));
        Assert.Equal(-Errno.EINVAL, first.Register(At + 1, 0x1000, UserfaultRegister.Missing, out _));
        Assert.Equal(-Errno.EINVAL, first.Register(At, 0, UserfaultRegister.Missing, out _));
        Assert.Equal(-Errno.EINVAL, first.Register(At, 0x1000, UserfaultRegister.None, out _));
        Assert.Equal(-Errno.EINVAL, first.Register(At, 0x1000, UserfaultRegister.Minor, out _));
        Assert.Equal(0, first.Register(At, 0x4000, UserfaultRegister.Missing, out _));
        Assert.Equal(2, machine.Mm.MapCount);
        Assert.Equal(0, first.Unregister(At, 0x4000));
        Assert.Null(machine.Mm.Lookup(At)!.Userfault);
        machine.Check();
        machine.Mm.Unmap(At + 0x10000, 8192);
        file.Put();
    }

    [Fact]
    public void Copy_SaysWhy_ItCannot()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        machine.MapFixed(Source, 0x1000);
        UserfaultContext context = new(machine.Mm, false);
        context.Initialise(UserfaultFeatures.None, false);
        Assert.Equal(-Errno.ENOENT, context.Copy(At, machine.User, Source, 4096, UserfaultMode.None));
        context.Register(At, 0x2000, UserfaultRegister.Missing, out _);
        Assert.Equal(-Errno.ENOENT, context.Copy(At, machine.User, Source, 0x3000, UserfaultMode.None));
        Assert.Equal(-Errno.EFAULT, context.Copy(At, machine.User, Source + 0x1000, 4096, UserfaultMode.None));
        Assert.Equal(4096, context.Copy(At, machine.User, Source, 0x2000, UserfaultMode.None)); // the second page has no source
        Assert.Equal(-Errno.EEXIST, context.Copy(At, machine.User, Source, 4096, UserfaultMode.None));
        Assert.Equal(-Errno.EINVAL, context.Copy(At + 0x1000, machine.User, Source, 4096, UserfaultMode.Wp));
        Assert.Equal(-Errno.EINVAL, context.Copy(At + 0x1000, machine.User, Source, 4096, (UserfaultMode)8));
        Assert.Equal(-Errno.EINVAL, context.Continue(At + 0x1000, 4096, UserfaultMode.None));
        machine.Check();
        context.Close();
    }

    [Fact]
    public void WriteProtect_TellsOfWrites_UntilItIsTakenAway()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        machine.Write(At, 1);
        UserfaultReader reader = new(machine, UserfaultFeatures.PageFaultFlagWp,
            (context, message) => Assert.Equal(0, context.WriteProtect(message.Argument1, 4096, UserfaultMode.None)));
        reader.Context.Register(At, 0x2000, UserfaultRegister.Wp, out _);
        Assert.Equal(0, reader.Context.WriteProtect(At, 0x2000, UserfaultMode.Wp));
        Assert.Equal(1, machine.Read(At));
        Assert.Empty(reader.Messages);
        machine.Check();
        Assert.True(machine.Write(At, 2));
        Assert.True(machine.Write(At + 0x1000, 3)); // was not there: nothing to protect
        Assert.Equal(UserfaultFlags.Write | UserfaultFlags.Wp, (UserfaultFlags)reader.Messages.Single().Argument0);
        Assert.Equal(-Errno.ENOENT, reader.Context.WriteProtect(At + 0x2000, 4096, UserfaultMode.Wp));
        Assert.Equal(-Errno.EINVAL, reader.Context.WriteProtect(At, 4096, UserfaultMode.Wp | UserfaultMode.DontWake));
        machine.Check();
        reader.Context.Close();
        machine.Check();
    }

    [Fact]
    public void WriteProtect_SurvivesSwapAndMprotect_AndCoversWhatIsNotThere()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out _);
        machine.MapFixed(At, 0x3000);
        machine.Write(At, 1);
        UserfaultReader reader = new(machine, UserfaultFeatures.WpUnpopulated,
            (context, message) => Assert.Equal(0, context.WriteProtect(message.Argument1, 4096, UserfaultMode.None)));
        reader.Context.Register(At, 0x3000, UserfaultRegister.Wp, out _);
        reader.Context.WriteProtect(At, 0x3000, UserfaultMode.Wp);
        machine.Mm.Advise(At, 0x1000, Advice.PageOut, default);
        Assert.Equal(1, machine.Mm.Rss[(int)RssKind.Swap]);
        machine.Mm.Protect(At, 0x3000, MemoryProtection.Read);
        machine.Mm.Protect(At, 0x3000, MemoryProtection.Read | MemoryProtection.Write);
        machine.Check();
        Assert.True(machine.Write(At, 2));
        Assert.True(machine.Write(At + 0x1000, 3));
        Assert.Equal(0, machine.Read(At + 0x2000));
        Assert.True(machine.Write(At + 0x2000, 4));
        Assert.Equal([At, At + 0x1000, At + 0x2000], reader.Messages.Select(m => m.Argument1));
        Assert.Equal([2, 3, 4], [machine.Read(At), machine.Read(At + 0x1000), machine.Read(At + 0x2000)]);
        machine.Check();
        reader.Context.Close();
        machine.Check();
    }

    [Fact]
    public void WriteProtect_GoesWithoutAMessage_WhenAsynchronous()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        machine.Write(At, 1);
        UserfaultContext context = new(machine.Mm, false);
        context.Initialise(UserfaultFeatures.WpAsync, false);
        context.Register(At, 0x2000, UserfaultRegister.Wp, out _);
        context.WriteProtect(At, 0x2000, UserfaultMode.Wp);
        Assert.True(machine.Write(At, 2));
        Assert.True(machine.Write(At + 0x1000, 3));
        Assert.Equal(0UL, machine.Mm.PageTable.Find(At, 0)->Value & Pte.UffdWpBit);
        Assert.False(context.HasMessages);
        machine.Check();
        context.Close();
    }

    [Fact]
    public void WriteProtect_OfAHugePage_WaitsOnIt()
    {
        using TestMachine machine = new();
        machine.Manager.Thp.Enabled = ThpMode.Always;
        machine.MapFixed(At, 0x200000);
        machine.Write(At, 1);
        UserfaultReader reader = new(machine, UserfaultFeatures.None,
            (context, message) => Assert.Equal(0, context.WriteProtect(message.Argument1, 4096, UserfaultMode.None)));
        reader.Context.Register(At, 0x200000, UserfaultRegister.Wp, out _);
        reader.Context.WriteProtect(At, 0x200000, UserfaultMode.Wp);
        Assert.True(machine.Mm.PageTable.Find(At, PageTable.PmdLevel)->IsLarge);
        machine.Check();
        Assert.True(machine.Write(At + 0x5000, 9));
        Assert.Single(reader.Messages);
        machine.Check();
        reader.Context.Close();
        machine.Check();
    }

    [Fact]
    public void Shmem_IsServed_ForMissingMinorAndProtectedPages()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000, flags: MapFlags.Shared);
        machine.MapFixed(Source, 0x1000);
        machine.Write(Source, 5);
        machine.Write(At + 0x1000, 6);
        machine.Mm.Advise(At, 0x4000, Advice.DontNeed, default); // the page stays in the object
        UserfaultReader reader = new(machine, UserfaultFeatures.None, (context, message) =>
        {
            UserfaultFlags flags = (UserfaultFlags)message.Argument0;
            if ((flags & UserfaultFlags.Minor) != 0)
                Assert.Equal(4096, context.Continue(message.Argument1, 4096, UserfaultMode.None));
            else if ((flags & UserfaultFlags.Wp) != 0)
                Assert.Equal(0, context.WriteProtect(message.Argument1, 4096, UserfaultMode.None));
            else
                Assert.Equal(4096, context.Copy(message.Argument1, machine.User, Source, 4096, UserfaultMode.None));
        });
        UserfaultRegister all = UserfaultRegister.Missing | UserfaultRegister.Minor | UserfaultRegister.Wp;
        Assert.Equal(0, reader.Context.Register(At, 0x4000, all, out _));
        Assert.Equal([5, 6], [machine.Read(At), machine.Read(At + 0x1000)]);
        Assert.Equal([UserfaultFlags.None, UserfaultFlags.Minor], reader.Messages.Select(m => (UserfaultFlags)m.Argument0));
        reader.Context.WriteProtect(At, 0x4000, UserfaultMode.Wp);
        machine.Mm.Advise(At, 0x2000, Advice.DontNeed, default); // the protection is the address's
        machine.Check();
        reader.Messages.Clear();
        Assert.True(machine.Write(At, 7)); // CONTINUE maps the page without it
        Assert.Equal(4096, reader.Context.Continue(At + 0x1000, 4096, UserfaultMode.Wp));
        Assert.True(machine.Write(At + 0x1000, 7));
        Assert.Equal([UserfaultFlags.Minor | UserfaultFlags.Write, UserfaultFlags.Write | UserfaultFlags.Wp],
            reader.Messages.Select(m => (UserfaultFlags)m.Argument0));
        Assert.Equal(-Errno.EFAULT, reader.Context.Continue(At + 0x2000, 4096, UserfaultMode.None));
        machine.Check();
        reader.Context.Close();
        machine.Check();
    }

    [Fact]
    public void Events_TellOfForkMoveRemovalAndUnmapping()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x4000);
        UserfaultFeatures features = UserfaultFeatures.EventFork | UserfaultFeatures.EventRemap | UserfaultFeatures.EventRemove | UserfaultFeatures.EventUnmap;
        UserfaultReader reader = new(machine, features, (context, message) =>
        {
            if (message.Event == UserfaultEvent.PageFault)
                Assert.Equal(4096, context.ZeroPage(message.Argument1, 4096, UserfaultMode.None));
            else
                Assert.Equal(-Errno.EAGAIN, message.Event == UserfaultEvent.Fork ? -Errno.EAGAIN : (int)context.ZeroPage(At, 4096, UserfaultMode.None));
        });
        reader.Context.Register(At, 0x4000, UserfaultRegister.Missing, out _);
        machine.Write(At, 1);
        machine.Mm.Advise(At, 0x1000, Advice.DontNeed, default);
        Assert.Equal((long)At + 0x100000, machine.Mm.Remap(At, 0x2000, 0x2000, RemapFlags.MayMove | RemapFlags.Fixed, At + 0x100000, out _));
        machine.Mm.Unmap(At + 0x2000, 0x1000);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.Equal([UserfaultEvent.PageFault, UserfaultEvent.Remove, UserfaultEvent.Remap, UserfaultEvent.Unmap, UserfaultEvent.Unmap, UserfaultEvent.Fork],
            reader.Messages.Select(m => m.Event));
        Assert.Equal((At, At + 0x1000), (reader.Messages[1].Argument0, reader.Messages[1].Argument1));
        Assert.Equal((At, At + 0x100000, 0x2000UL), (reader.Messages[2].Argument0, reader.Messages[2].Argument1, reader.Messages[2].Argument2));
        Assert.Equal((At + 0x2000, At + 0x3000), (reader.Messages[4].Argument0, reader.Messages[4].Argument1));
        Assert.Equal(0, reader.Context.MmapChanging);
        Assert.Same(reader.Child, child.Lookup(At + 0x3000)!.Userfault);
        Assert.Same(child, reader.Child!.Mm);
        machine.Check();
        Assert.True(new UserAccess(child).TryGet(At + 0x3000, out byte _));
        Assert.Equal(UserfaultEvent.PageFault, reader.Messages[^1].Event);
        reader.Child.Close();
        reader.Context.Close();
        machine.Check();
        child.Exit();
    }

    [Fact]
    public void Registration_IsLostByForkAndMove_WhenNobodyIsTold()
    {
        using TestMachine machine = new();
        machine.MapFixed(At, 0x2000);
        machine.Write(At, 1);
        UserfaultContext context = new(machine.Mm, false);
        context.Initialise(UserfaultFeatures.None, false);
        context.Register(At, 0x2000, UserfaultRegister.Missing | UserfaultRegister.Wp, out _);
        context.WriteProtect(At, 0x2000, UserfaultMode.Wp);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.False(child.Lookup(At)!.HasAny(VmFlags.UffdMask));
        Assert.True(new UserAccess(child).TryPut(At, (byte)2));
        machine.Check();
        child.Exit();
        machine.Mm.Remap(At, 0x2000, 0x2000, RemapFlags.MayMove | RemapFlags.Fixed, At + 0x100000, out _);
        Assert.False(machine.Mm.Lookup(At + 0x100000)!.HasAny(VmFlags.UffdMask));
        Assert.True(machine.Write(At + 0x100000, 3));
        Assert.Equal(0, machine.Read(At + 0x101000));
        machine.Check();
        context.Close();
    }

    [Fact]
    public void Move_TakesPagesAndSwapSlots_ThatNobodyElseHas()
    {
        using MemorySwapDevice swap = new(64);
        using TestMachine machine = new();
        machine.Manager.Swap.SwapOn(swap, "swap"u8.ToArray(), -1, isFile: false, out _);
        machine.MapFixed(At, 0x4000);
        machine.MapFixed(Source, 0x4000);
        machine.Write(Source, 1);
        machine.Write(Source + 0x1000, 2);
        machine.Mm.Advise(Source + 0x1000, 0x1000, Advice.PageOut, default);
        UserfaultContext context = new(machine.Mm, false);
        context.Initialise(UserfaultFeatures.Move, false);
        Assert.Equal(-Errno.EINVAL, context.Move(At, Source, 4096, false, UserfaultMode.None)); // not registered
        context.Register(At, 0x4000, UserfaultRegister.Missing, out _);
        Assert.Equal(0x2000, context.Move(At, Source, 0x3000, false, UserfaultMode.None));
        Assert.Equal([1, 2], [machine.Read(At), machine.Read(At + 0x1000)]);
        Assert.Equal([0, 0], [machine.Read(Source), machine.Read(Source + 0x1000)]);
        machine.Check();
        Assert.Equal(-Errno.EEXIST, context.Move(At, Source, 4096, true, UserfaultMode.None));
        Assert.Equal(-Errno.ENOENT, context.Move(At + 0x2000, Source + 0x2000, 4096, false, UserfaultMode.None));
        Assert.Equal(0x1000, context.Move(At + 0x2000, Source + 0x2000, 4096, true, UserfaultMode.None));
        machine.Write(Source + 0x3000, 3);
        MemoryDescriptor child = machine.Mm.TryFork(new MmLimits())!;
        Assert.Equal(-Errno.EBUSY, context.Move(At + 0x3000, Source + 0x3000, 4096, false, UserfaultMode.None));
        machine.Check();
        child.Exit();
        context.Close();
    }
}
