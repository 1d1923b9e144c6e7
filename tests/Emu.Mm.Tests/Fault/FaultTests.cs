namespace Emu.Mm.Tests;

public class FaultTests
{
    private const ulong At = 0x2000_0000;

    [Fact]
    public void Read_MapsTheZeroPage_AndWriteCopiesIt()
    {
        using Recorder recorder = new();
        recorder.Machine.MapFixed(At, 4096);
        Assert.Equal(0, recorder.Machine.Read(At));
        Assert.True(recorder.Machine.Write(At, 7));
        Assert.Equal([FaultClass.ZeroPage, FaultClass.Cow], recorder.Classes);
        Assert.Equal(7, recorder.Machine.Read(At));
        recorder.Machine.Check();
    }

    [Fact]
    public void Write_MakesAFreshFrame_OnFirstTouch()
    {
        using Recorder recorder = new();
        recorder.Machine.MapFixed(At, 8192);
        Assert.True(recorder.Machine.Write(At, 1));
        Assert.True(recorder.Machine.Write(At + 4096, 1));
        Assert.Equal([FaultClass.Anon, FaultClass.Anon], recorder.Classes);
        Assert.Equal(2, recorder.Machine.Mm.Rss[(int)RssKind.Anon]);
    }

    [Fact]
    public void FileRead_ComesFromTheStore_AndFaultAroundMapsNeighbours()
    {
        using Recorder recorder = new();
        byte[] content = [.. Enumerable.Range(0, 40 * 4096).Select(i => (byte)(i / 4096))];
        TestFile file = new(recorder.Machine.Manager, content);
        recorder.Machine.Map(At, 40 * 4096, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        for (int page = 0; page < 40; page++)
            Assert.Equal(page, recorder.Machine.Read(At + ((ulong)page * 4096)));
        Assert.All(recorder.Classes, c => Assert.Equal(FaultClass.FileRead, c));
        Assert.InRange(recorder.Classes.Count, 2, 6); // 16 pages at a time
        Assert.True(recorder.Events[0].IsMajor);
        recorder.Machine.Check();
        recorder.Machine.Mm.Unmap(At, 40 * 4096);
        file.Put();
    }

    [Fact]
    public void PrivateFileWrite_LeavesTheFileAlone()
    {
        using Recorder recorder = new();
        TestFile file = new(recorder.Machine.Manager, new byte[8192]);
        recorder.Machine.Map(At, 8192, MemoryProtection.Read | MemoryProtection.Write, MapFlags.Private | MapFlags.Fixed, file);
        Assert.True(recorder.Machine.Write(At, 9));
        Assert.Equal(FaultClass.FileCow, recorder.Classes.Single());
        recorder.Machine.Mm.Unmap(At, 8192);
        file.Mapping.WriteBack();
        Assert.Equal(0, file.Content[0]);
        file.Put();
    }

    [Fact]
    public void SharedFileWrite_ReachesTheFile_OnWriteBack_AndTheNextWriteIsNoticed()
    {
        using Recorder recorder = new();
        TestFile file = new(recorder.Machine.Manager, new byte[8192]);
        recorder.Machine.Map(At, 8192, MemoryProtection.Read | MemoryProtection.Write, MapFlags.Shared | MapFlags.Fixed, file);
        recorder.Machine.Write(At, 9);
        Assert.Equal(0, file.Mapping.WriteBack());
        Assert.Equal(9, file.Content[0]);
        recorder.Machine.Write(At, 10);
        Assert.Equal([FaultClass.FileShared, FaultClass.MkWrite], recorder.Classes);
        recorder.Machine.Check();
        recorder.Machine.Mm.Unmap(At, 8192);
        file.Put();
        Assert.Equal(10, file.Content[0]);
    }

    [Theory]
    [InlineData(0x3000_0000UL, PageFaultError.User, FaultOutcome.Sigsegv, FaultOutcome.SegvMapErr)]
    [InlineData(0xFFFF_8000_0000_0000UL, PageFaultError.User, FaultOutcome.Sigsegv, FaultOutcome.SegvMapErr)]
    [InlineData(At, PageFaultError.User | PageFaultError.Write, FaultOutcome.Sigsegv, FaultOutcome.SegvAccErr)]
    [InlineData(At, PageFaultError.User | PageFaultError.Present | PageFaultError.Instruction, FaultOutcome.Sigsegv, FaultOutcome.SegvAccErr)]
    [InlineData(At + 0x3000, PageFaultError.User, FaultOutcome.Sigbus, FaultOutcome.BusAdrErr)]
    public void Refused_SaysWhichSignal(ulong address, PageFaultError error, int signal, int code)
    {
        using Recorder recorder = new();
        TestFile file = new(recorder.Machine.Manager, new byte[8192]);
        recorder.Machine.Map(At, 0x8000, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        FaultOutcome outcome = recorder.Machine.Manager.Faults.HandlePageFault(recorder.Machine.Mm, address, error, default);
        Assert.Equal((FaultStatus.Signal, signal, code), (outcome.Status, outcome.Signal, outcome.Code));
        Assert.Single(recorder.Events);
        recorder.Machine.Mm.Unmap(At, 0x8000);
        file.Put();
    }

    [Fact]
    public void ReadError_IsSigbus_AndLeavesNothingBehind()
    {
        using Recorder recorder = new();
        TestFile file = new(recorder.Machine.Manager, new byte[8192]) { FailReads = true };
        recorder.Machine.Map(At, 8192, MemoryProtection.Read, MapFlags.Private | MapFlags.Fixed, file);
        FaultOutcome outcome = recorder.Machine.Manager.Faults.HandlePageFault(recorder.Machine.Mm, At, PageFaultError.User, default);
        Assert.Equal(FaultOutcome.Bus, outcome);
        Assert.Equal(0, file.Mapping.PageCount);
        recorder.Machine.Mm.Unmap(At, 8192);
        file.Put();
    }

    [Fact]
    public void Exit_GivesEveryFrameBack()
    {
        TestMachine machine = new();
        machine.MapFixed(At, 64 * 4096);
        machine.MapFixed(At + 0x100000, 64 * 4096, flags: MapFlags.Shared);
        for (ulong page = 0; page < 64; page++)
        {
            machine.Write(At + (page * 4096), 1);
            machine.Write(At + 0x100000 + (page * 4096), 1);
        }
        machine.Check();
        machine.ExitAndRequireAllFree();
    }

    /// <summary>A machine whose fault events are kept.</summary>
    private sealed class Recorder : IMmEvents, IDisposable
    {
        public Recorder() => Machine.Manager.Trace = this;

        public TestMachine Machine { get; } = new();

        public List<(FaultClass Class, ulong Address, bool IsMajor)> Events { get; } = [];

        public List<FaultClass> Classes => [.. Events.Select(e => e.Class)];

        public void OnFault(in FaultEvent fault) => Events.Add((fault.Class, fault.Address, fault.IsMajor));

        public void Dispose() => Machine.Dispose();
    }
}
