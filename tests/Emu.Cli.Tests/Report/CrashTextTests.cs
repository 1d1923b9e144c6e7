using System.Text;
using Emu.Cpu;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli.Tests;

public sealed class CrashTextTests : IDisposable
{
    private const int Own = 2;

    private readonly TestMachine _machine = new();

    [Fact]
    public void AddCause_TellsWhatLiesNearest_WhenNothingIsMapped()
    {
        _machine.Map(0x400000, 0x1000, MemoryProtection.Read);
        _machine.Map(0x500000, 0x2000);

        Assert.Equal("SIGSEGV (SEGV_MAPERR): store to 0x401010, where nothing is mapped (0x11 above 000000400000-000000401000 r--p anon)",
            Fault(0x401010, PageFaultError.Write | PageFaultError.User, Signal.SIGSEGV, FaultOutcome.SegvMapErr));
        Assert.Equal("SIGSEGV (SEGV_MAPERR): load from 0x4ffff0, where nothing is mapped (0x10 below 000000500000-000000502000 rw-p anon)",
            Fault(0x4FFFF0, PageFaultError.User, Signal.SIGSEGV, FaultOutcome.SegvMapErr));
    }

    [Fact]
    public void AddCause_TellsTheArea_WhenItForbidsTheAccess()
    {
        _machine.Map(0x400000, 0x1000, MemoryProtection.Read);

        Assert.Equal("SIGSEGV (SEGV_ACCERR): fetch from 0x400010 in 000000400000-000000401000 r--p anon",
            Fault(0x400010, PageFaultError.Instruction | PageFaultError.Present | PageFaultError.User, Signal.SIGSEGV, FaultOutcome.SegvAccErr));
    }

    [Fact]
    public void AddCause_SaysSo_WhenTheAddressIsTheKernels() =>
        Assert.Equal("SIGSEGV (SEGV_MAPERR): load from 0xffffffff81000000, which is no address of user mode",
            Fault(0xFFFFFFFF81000000, PageFaultError.User, Signal.SIGSEGV, FaultOutcome.SegvMapErr));

    [Fact]
    public void AddCause_NamesExceptions()
    {
        Assert.Equal("SIGFPE (FPE_INTDIV): divide error", Exception(ExceptionVector.DivideError, Signal.SIGFPE, SigCode.FpeIntDiv));
        Assert.Equal("SIGILL (ILL_ILLOPN): undefined instruction", Exception(ExceptionVector.InvalidOpcode, Signal.SIGILL, SigCode.IllOpn));
        Assert.StartsWith("SIGSEGV (SI_KERNEL): general protection", Exception(ExceptionVector.GeneralProtection, Signal.SIGSEGV, SigCode.Kernel), StringComparison.Ordinal);
    }

    [Fact]
    public void AddCause_BlamesTheKernel_WhenNoFrameFitsOntoTheStack() =>
        Assert.StartsWith("SIGSEGV (SI_KERNEL): forced by the kernel", Exception(ExceptionVector.PageFault, Signal.SIGSEGV, SigCode.Kernel), StringComparison.Ordinal);

    [Theory]
    [InlineData(2, "SIGABRT (SI_TKILL): sent by the process itself")]
    [InlineData(5, "SIGABRT (SI_TKILL): sent by process 5")]
    public void AddCause_NamesTheSender(int sender, string expected)
    {
        SigInfo info = new() { Signo = Signal.SIGABRT, Code = SigCode.Tkill, Pid = sender };

        Assert.Equal(expected, Cause(info, default));
    }

    [Fact]
    public void AddRegisters_WritesAllOfThem()
    {
        CpuState state = CpuState.Initial;
        for (int i = 0; i < 16; i++)
            state.Gpr[i] = (ulong)i + 0x10;
        state.Rip = 0x401000;
        ByteWriter writer = new();

        CrashText.AddRegisters(writer, state, _machine.Mm, new Symbolizer());

        Assert.Equal("; rip=401000 -; rax=10 rbx=13 rcx=11 rdx=12 rsi=16 rdi=17 rbp=15 rsp=14 r8=18 r9=19 r10=1a r11=1b r12=1c r13=1d r14=1e r15=1f " +
            "eflags=202 fs=0 gs=0", Encoding.Latin1.GetString(writer.Written));
    }

    public void Dispose() => _machine.Dispose();

    private string Fault(ulong address, PageFaultError error, int signal, int code) =>
        Cause(SigInfo.ForFault(signal, code, address), new TrapInfo(ExceptionVector.PageFault, error, address));

    private string Exception(ExceptionVector vector, int signal, int code) =>
        Cause(new SigInfo { Signo = signal, Code = code }, new TrapInfo(vector, PageFaultError.None, 0));

    private string Cause(in SigInfo info, TrapInfo trap)
    {
        ByteWriter writer = new();
        CrashText.AddCause(writer, info, trap, _machine.Mm, Own);
        return Encoding.Latin1.GetString(writer.Written);
    }
}
