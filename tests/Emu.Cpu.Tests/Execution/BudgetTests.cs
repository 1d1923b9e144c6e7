using Emu.Mm;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Emu.Cpu.Tests.Execution;

/// <summary>Instructions are counted exactly, wherever execution stops.</summary>
public sealed class BudgetTests : IDisposable
{
    private const ulong Code = GuestMachine.CodeAddress, Data = GuestMachine.DataAddress;

    private readonly GuestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Run_StopsBehindEachInstruction_AsGranted()
    {
        // Blocks of many shapes: what is executed in one go must be the same as step by step.
        WriteLoop();
        List<ulong> steps = [];
        while (_machine.Run(1) == ExitReason.BudgetExhausted)
            steps.Add(_machine.State.Rip);
        ulong whole = _machine.Processor.Retired;

        for (int count = 1; count <= steps.Count; count++)
        {
            using GuestMachine other = new();
            WriteLoop(other);
            Assert.Equal(ExitReason.BudgetExhausted, other.Run(count));
            Assert.Equal(steps[count - 1], other.State.Rip);
            Assert.Equal((ulong)count, other.Processor.Retired);
        }
        Assert.Equal((ulong)steps.Count + 1, whole);
    }

    [Fact]
    public void Retired_IsExact_AtAFault()
    {
        _machine.Assemble(Code, static c =>
        {
            c.nop();
            c.nop();
            c.mov(eax, __[rcx]);
            c.nop();
            c.int3();
        });

        Assert.Equal(ExitReason.PageFault, _machine.Run());

        Assert.Equal(2UL, _machine.Processor.Retired);
        Assert.Equal(Code + 2, _machine.State.Rip);
        Assert.Equal(0UL, _machine.Processor.Fault.Address);
    }

    [Fact]
    public void Retired_IsWhatRdtscReads()
    {
        _machine.Assemble(Code, static c =>
        {
            c.nop();
            c.rdtsc();
            c.mov(esi, eax);
            c.rdtsc();
            c.int3();
        });

        _machine.RunToBreakpoint();

        Assert.Equal(2UL, _machine.Rax - _machine.State.Gpr[6]);
    }

    [Fact]
    public void Budget_EndsWithinRunningBlock_ThatOverwritesItself()
    {
        // The slice ends in the block that has just been written to.
        _machine.Assemble(Code, static c =>
        {
            c.mov(__byte_ptr[rdx], 0x90);
            c.nop();
            c.ud2();
            c.nop();
            c.int3();
        });
        _machine.State.Gpr[2] = Code + 4;
        Assert.Equal(ExitReason.BudgetExhausted, _machine.Run(2));
        _machine.Write(Code + 5, 0x90);

        _machine.RunToBreakpoint();
    }

    [Fact]
    public void SystemCall_LeavesBehindItself_WithRcxAndR11()
    {
        _machine.Assemble(Code, static c =>
        {
            c.stc();
            c.syscall();
            c.int3();
        });

        Assert.Equal(ExitReason.SystemCall, _machine.Run());

        Assert.Equal(Code + 3, _machine.State.Rip);
        Assert.Equal(Code + 3, _machine.State.Gpr[1]);
        Assert.Equal(RFlagsBits.Carry | RFlagsBits.AlwaysSet | RFlagsBits.InterruptEnable, _machine.State.Gpr[11]);
        Assert.Equal(2UL, _machine.Processor.Retired);
    }

    [Fact]
    public void Interrupt_EndsRepeatedString_InItsMiddle()
    {
        _machine.Assemble(Code, static c =>
        {
            c.rep.movsb();
            c.int3();
        });
        _machine.State.Gpr[1] = 0x8000;
        _machine.State.Gpr[6] = Data;
        _machine.State.Gpr[7] = Data + 1;
        _machine.Processor.Interrupt();
        Assert.Equal(ExitReason.Interrupted, _machine.Run());
        Assert.Equal(Code, _machine.State.Rip);
        _machine.Processor.ClearInterrupt();

        _machine.RunToBreakpoint();

        Assert.Equal(0UL, _machine.State.Gpr[1]);
        Assert.Equal(Data + 0x8000, _machine.State.Gpr[6]);
    }

    [Fact]
    public void Store_FaultsBeforeAnyEffect_AcrossPages()
    {
        Assert.Equal(0, _machine.Mm.Protect(Data + 0x1000, 0x1000, MemoryProtection.Read));
        _machine.Assemble(Code, static c =>
        {
            c.mov(__qword_ptr[rdx], rax);
            c.int3();
        });
        _machine.State.Gpr[0] = ulong.MaxValue;
        _machine.State.Gpr[2] = Data + 0xFFC;

        Assert.Equal(ExitReason.PageFault, _machine.Run());

        Assert.Equal(Data + 0x1000, _machine.Processor.Fault.Address);
        Assert.Equal(new byte[8], _machine.Read(Data + 0xFF8, 8));
    }

    private void WriteLoop() => WriteLoop(_machine);

    private static void WriteLoop(GuestMachine machine) => machine.Assemble(Code, static c =>
    {
        Label again = c.CreateLabel(), function = c.CreateLabel();
        c.mov(ebx, 3);
        c.Label(ref again);
        c.cmp(ebx, 2);
        c.cmove(eax, ebx);
        c.push(rbx);
        c.call(function);
        c.pop(rcx);
        c.mov(rdi, Data);
        c.rep.stosb();
        c.dec(ebx);
        c.jne(again);
        c.int3();
        c.Label(ref function);
        c.test(ebx, ebx);
        c.je(function);
        c.movups(xmm0, __[rsp]);
        c.addps(xmm0, xmm0);
        c.ret();
    });
}
