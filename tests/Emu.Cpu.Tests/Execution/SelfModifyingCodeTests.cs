using Emu.Mm;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Emu.Cpu.Tests.Execution;

/// <summary>Code that is written to while it runs, or after it has run: no block holds what memory does not.</summary>
public sealed class SelfModifyingCodeTests : IDisposable
{
    private const ulong Code = GuestMachine.CodeAddress, Page = MmConstants.PageSize;

    private readonly GuestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Store_ChangesNextInstruction_InRunningBlock()
    {
        _machine.Assemble(Code, c =>
        {
            Label target = c.CreateLabel();
            c.lea(rcx, __[target]);
            c.mov(__byte_ptr[rcx + 1], 7);
            c.Label(ref target);
            c.mov(eax, 1);
            c.int3();
        });

        _machine.RunToBreakpoint();

        Assert.Equal(7UL, _machine.Rax);
    }

    [Fact]
    public void Store_TakesEffect_InEachRoundOfALoop()
    {
        // Each round adds an immediate that the round before has made one larger.
        _machine.Assemble(Code, c =>
        {
            Label again = c.CreateLabel();
            c.xor(eax, eax);
            c.mov(ecx, 10);
            c.Label(ref again);
            c.add(eax, 0x1000);
            c.inc(__byte_ptr[rdx]);
            c.dec(ecx);
            c.jne(again);
            c.int3();
        });
        _machine.State.Gpr[2] = Code + 2 + 5 + 1;

        _machine.RunToBreakpoint();

        Assert.Equal((10UL * 0x1000) + 45, _machine.Rax);
    }

    [Fact]
    public void Store_TakesEffect_ThroughAlias()
    {
        const ulong Shared = 0x70_0000, Alias = 0x80_0000;
        _machine.Map(Shared, Page, GuestMachine.Everything, MapFlags.Shared);
        Assert.Equal((long)Alias, _machine.Mm.Remap(Shared, 0, Page, RemapFlags.MayMove | RemapFlags.Fixed, Alias, out _));
        _machine.Assemble(Shared, c =>
        {
            c.mov(eax, 1);
            c.ret();
        });
        _machine.Assemble(Code, c =>
        {
            c.mov(rbx, Shared);
            c.call(rbx);
            c.mov(__byte_ptr[rdx + 1], 9);
            c.call(rbx);
            c.int3();
        });
        _machine.State.Gpr[2] = Alias;

        _machine.RunToBreakpoint();

        Assert.Equal(9UL, _machine.Rax);
    }

    [Fact]
    public void StringStore_OverwritesWhatIsBehindIt_InRunningBlock()
    {
        _machine.Assemble(Code, c =>
        {
            Label behind = c.CreateLabel();
            c.mov(ecx, 8);
            c.mov(al, 0x90);
            c.lea(rdi, __[behind]);
            c.rep.stosb();
            c.Label(ref behind);
            c.ud2();
            c.ud2();
            c.ud2();
            c.ud2();
            c.int3();
        });

        _machine.RunToBreakpoint();
    }

    [Fact]
    public void KernelWrite_TakesEffect_AfterCodeHasRun()
    {
        _machine.Assemble(Code, static c =>
        {
            c.mov(eax, 1);
            c.int3();
        });
        _machine.RunToBreakpoint();
        _machine.Write(Code + 1, 5);
        _machine.State.Rip = Code;

        _machine.RunToBreakpoint();

        Assert.Equal(5UL, _machine.Rax);
    }

    [Fact]
    public void Store_ChangesSecondHalf_OfInstructionAcrossPages()
    {
        const ulong Start = Code + Page - 3;
        _machine.Assemble(Start, static c =>
        {
            c.mov(rax, 0x1111111111111111);
            c.mov(__byte_ptr[rdx], 0x22);
            c.dec(ecx);
            c.jne(Start);
            c.int3();
        });
        _machine.State.Rip = Start;
        _machine.State.Gpr[1] = 2;
        _machine.State.Gpr[2] = Code + Page;

        _machine.RunToBreakpoint();

        Assert.Equal(0x1111111111112211UL, _machine.Rax);
    }

    [Fact]
    public void Remap_ChangesSecondHalf_OfInstructionAcrossPages()
    {
        const ulong Start = Code + Page - 5, Other = 0x70_0000;
        _machine.Assemble(Start, static c =>
        {
            c.mov(rax, 0x1111111111111111);
            c.int3();
        });
        _machine.Map(Other, Page, GuestMachine.Everything);
        _machine.Write(Other, [0x33, 0x33, 0x33, 0x33, 0x33, 0xCC]);
        _machine.State.Rip = Start;
        _machine.RunToBreakpoint();

        Assert.Equal((long)(Code + Page), _machine.Mm.Remap(Other, Page, Page, RemapFlags.MayMove | RemapFlags.Fixed, Code + Page, out _));
        _machine.State.Rip = Start;
        _machine.RunToBreakpoint();

        Assert.Equal(0x3333333333111111UL, _machine.Rax);
    }

    [Fact]
    public void StoreBesideCode_LeavesBlockAlone()
    {
        _machine.Assemble(Code, static c =>
        {
            Label again = c.CreateLabel();
            c.mov(ecx, 1000);
            c.Label(ref again);
            c.inc(__qword_ptr[rdx]);
            c.dec(ecx);
            c.jne(again);
            c.int3();
        });
        _machine.State.Gpr[2] = Code + 256;

        _machine.RunToBreakpoint();

        Assert.Equal(1000UL, BitConverter.ToUInt64(_machine.Read(Code + 256, 8)));
        Assert.Equal(0, _machine.Code.BlocksKilled);
    }

    [Fact]
    public void Jump_IsLinkedAnew_WhenItsTargetWasOverwritten()
    {
        // The first block jumps to the second, which is linked to it and then replaced.
        _machine.Assemble(Code, static c => c.jmp(Code + 0x100));
        _machine.Assemble(Code + 0x100, static c =>
        {
            c.inc(eax);
            c.int3();
        });
        for (int i = 0; i < 3; i++)
        {
            _machine.State.Rip = Code;
            _machine.RunToBreakpoint();
        }

        _machine.Assemble(Code + 0x100, static c =>
        {
            c.dec(eax);
            c.int3();
        });
        _machine.State.Rip = Code;
        _machine.RunToBreakpoint();

        Assert.Equal(2UL, _machine.Rax);
    }

    [Fact]
    public void Fetch_Faults_WhenCodeIsUnmappedOrLosesExec()
    {
        _machine.Assemble(Code, static c =>
        {
            c.nop();
            c.int3();
        });
        _machine.RunToBreakpoint();

        Assert.Equal(0, _machine.Mm.Protect(Code, Page, GuestMachine.ReadWrite));
        _machine.State.Rip = Code;
        Assert.Equal(ExitReason.PageFault, _machine.Run());
        Assert.Equal(PageFaultError.User | PageFaultError.Instruction | PageFaultError.Present, _machine.Processor.Fault.Error);

        Assert.Equal(0, _machine.Mm.Unmap(Code, Page));
        Assert.Equal(ExitReason.PageFault, _machine.Run());
        Assert.Equal(PageFaultError.User | PageFaultError.Instruction, _machine.Processor.Fault.Error);
        Assert.Equal(Code, _machine.State.Rip);
    }
}
