using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Cpu.Tests.Differential;

/// <summary>The interpreter in a machine with nothing but the code and the data of the cases.</summary>
internal sealed class EmulatedCpu : IDisposable
{
    private const long Budget = 10_000;

    private readonly MemoryManager _manager = new(new MemoryLayout(64UL << 20));
    private readonly CodeCache _code;
    private readonly Processor _processor;
    private readonly CpuContext _context = new();
    private readonly Interpreter _engine = new();
    private readonly MemoryDescriptor _mm;
    private readonly UserAccess _user;
    private readonly byte[] _data = new byte[CpuCase.DataSize];

    public EmulatedCpu(CpuModel model)
    {
        TlbContexts contexts = new();
        _code = new CodeCache(_manager.Memory);
        _manager.Tlb = contexts;
        _manager.FrameWatch = _code;
        _processor = new Processor(0, _manager, model, contexts, _code, new NoTime());
        _mm = MemoryDescriptor.TryCreate(_manager, new MmLimits())!;
        _user = new UserAccess(_mm);
        const MemoryProtection Writable = MemoryProtection.Read | MemoryProtection.Write;
        Map(CpuCase.CodeAddress, CpuCase.CodeSize, Writable);
        Map(CpuCase.DataAddress, CpuCase.DataSize, Writable);
        Map(CpuCase.ReadOnlyAddress, CpuCase.ReadOnlySize, MemoryProtection.Read);
        _processor.SwitchMm(_mm);
        Assert.Equal(0, _user.CopyFrom(CpuCase.ReadOnlyAddress, new byte[1])); // present, so that a write is a fault of protection
    }

    /// <summary>Replaces the code.</summary>
    public void Load(ReadOnlySpan<byte> code)
    {
        Assert.Equal(0, _mm.Protect(CpuCase.CodeAddress, CpuCase.CodeSize, MemoryProtection.Read | MemoryProtection.Write));
        Assert.Equal(0, _user.CopyTo(CpuCase.CodeAddress, code));
        Assert.Equal(0, _mm.Protect(CpuCase.CodeAddress, CpuCase.CodeSize, MemoryProtection.Read | MemoryProtection.Exec));
    }

    /// <summary>Executes a case, which becomes what it left.</summary>
    public void Run(ref CpuCase testCase)
    {
        ref CpuState state = ref _context.State;
        LoadState(ref state, ref testCase);
        _user.CopyTo(CpuCase.WindowAddress, testCase.Window);
        _processor.Grant(Budget);
        ExitReason reason = _engine.Run(_processor, _context);
        StoreState(ref state, ref testCase);
        ReadData(ref testCase);
        testCase.Trap = reason switch
        {
            ExitReason.Exception => (uint)_processor.Exception.Vector,
            ExitReason.PageFault => (uint)ExceptionVector.PageFault,
            _ => 1000 + (uint)reason,
        };
        testCase.Error = reason switch
        {
            ExitReason.Exception => _processor.Exception.ErrorCode,
            ExitReason.PageFault => (uint)_processor.Fault.Error,
            _ => 0,
        };
        testCase.FaultAddress = reason == ExitReason.PageFault ? _processor.Fault.Address : 0;
    }

    public void Dispose()
    {
        _context.Dispose();
        _processor.Dispose();
        _code.Dispose();
        _manager.Dispose();
    }

    private static void LoadState(ref CpuState state, ref CpuCase testCase)
    {
        state = CpuState.Initial;
        for (int i = 0; i < 16; i++)
            state.Gpr[i] = testCase.Gpr[i];
        state.Rip = testCase.Rip;
        state.RFlags = testCase.RFlags | RFlagsBits.InterruptEnable;
        state.FsBase = testCase.FsBase;
        state.GsBase = testCase.GsBase;
        Assert.True(FxImage.TryRestore(ref state, testCase.Fx));
        for (int i = 0; i < 16; i++)
            testCase.High(i).CopyTo(HighHalf(ref state, i));
    }

    private static void StoreState(ref CpuState state, ref CpuCase testCase)
    {
        for (int i = 0; i < 16; i++)
            testCase.Gpr[i] = state.Gpr[i];
        testCase.Rip = state.Rip;
        testCase.RFlags = state.RFlags;
        testCase.FsBase = state.FsBase;
        testCase.GsBase = state.GsBase;
        testCase.Cs = state.Selectors[SegmentRegisters.Cs];
        testCase.Es = state.Selectors[SegmentRegisters.Es];
        testCase.Ds = state.Selectors[SegmentRegisters.Ds];
        testCase.Fs = state.Selectors[SegmentRegisters.Fs];
        testCase.Gs = state.Selectors[SegmentRegisters.Gs];
        FxImage.Save(ref state, testCase.Fx);
        for (int i = 0; i < 16; i++)
            HighHalf(ref state, i).CopyTo(testCase.High(i));
    }

    private static Span<byte> HighHalf(ref CpuState state, int number) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref state.Vector[number], 1)).Slice(16, 16);

    private void ReadData(ref CpuCase testCase)
    {
        Assert.Equal(0, _user.CopyFrom(CpuCase.DataAddress, _data));
        _data.AsSpan(CpuCase.WindowOffset, CpuCase.WindowSize).CopyTo(testCase.Window);
        _data.AsSpan(CpuCase.WindowOffset, CpuCase.WindowSize).Clear();
        testCase.WroteOutside = _data.AsSpan().ContainsAnyExcept((byte)0) ? 1u : 0;
        if (testCase.WroteOutside != 0)
            _user.Clear(CpuCase.DataAddress, CpuCase.DataSize);
    }

    private void Map(ulong address, int size, MemoryProtection protection)
    {
        MapRequest request = new()
        {
            Address = address,
            Length = (ulong)size,
            Protection = protection,
            Flags = MapFlags.Private | MapFlags.Fixed | MapFlags.Anonymous,
        };
        Assert.Equal((long)address, _mm.Map(request, out _));
    }

    private sealed class NoTime : ITimeSource
    {
        public ulong Nanoseconds(ulong retired) => retired;

        public ulong TimeStamp(ulong retired) => retired;
    }
}
