using Iced.Intel;

namespace Emu.Cpu;

/// <summary>SYSCALL, CPUID, RDTSC, breakpoints, what user mode may not do, segment registers, and what does nothing.</summary>
internal static unsafe class SystemInstructions
{
    /// <summary>NOP, PAUSE, fences, prefetches: no effect that a program could see.</summary>
    public static void Nop(BlockBuilder b, in Instruction i) => b.Emit(&Nothing);

    /// <summary>CLFLUSH: no effect, but its operand is accessed as by a load.</summary>
    public static void Flush(BlockBuilder b, in Instruction i) => b.EmitLoad(i, 0, 1);

    public static void Fence(BlockBuilder b, in Instruction i) => b.Emit(&FullFence);

    public static void Syscall(BlockBuilder b, in Instruction i) => b.EmitExit(&EnterKernel, immediate: i.NextIP);

    public static void Cpuid(BlockBuilder b, in Instruction i) => b.Emit(&Identify);

    public static void Rdtsc(BlockBuilder b, in Instruction i) => b.Emit(i.Mnemonic == Mnemonic.Rdtscp ? &ReadTimeStampAndId : &ReadTimeStamp);

    /// <summary>RDPKRU and WRPKRU. Intel SDM vol. 2.</summary>
    public static void KeyRights(BlockBuilder b, in Instruction i) => b.Emit(i.Mnemonic == Mnemonic.Rdpkru ? &ReadKeyRights : &WriteKeyRights);

    public static void Int3(BlockBuilder b, in Instruction i) => b.EmitExit(&Breakpoint, immediate: i.NextIP);

    public static void Int1(BlockBuilder b, in Instruction i) => b.EmitExit(&DebugTrap, immediate: i.NextIP);

    public static void Undefined(BlockBuilder b, in Instruction i) => b.EmitExit(&InvalidOpcode);

    /// <summary>INT n: the gates that Linux opens to user mode are those of #BP and #OF.</summary>
    public static void Interrupt(BlockBuilder b, in Instruction i)
    {
        const uint InIdt = 2;
        if (i.Immediate8 is (byte)ExceptionVector.Breakpoint)
            b.EmitExit(&Breakpoint, immediate: i.NextIP);
        else if (i.Immediate8 is (byte)ExceptionVector.Overflow)
            b.EmitExit(&OverflowTrap, immediate: i.NextIP);
        else
            b.EmitExit(&GeneralProtection, immediate: (i.Immediate8 * 8u) | InIdt);
    }

    /// <summary>Bytes that are no instruction.</summary>
    public static void Unreadable(BlockBuilder b, in Instruction i) => b.EmitExit(&NoInstruction);

    /// <summary>HLT, IN, OUT, CLI, STI…: #GP in user mode.</summary>
    public static void Privileged(BlockBuilder b, in Instruction i) => b.EmitExit(&GeneralProtection);

    private static Block* Nothing(CpuState* s, MicroOp* op, VirtualCpu* c) => op[1].Handler(s, op + 1, c);

    private static Block* FullFence(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Thread.MemoryBarrier();
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* EnterKernel(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Rip = op->Immediate;
        s->Gpr[1] = op->Immediate;
        s->Gpr[11] = s->RFlags;
        c->Exit = ExitReason.SystemCall;
        return null;
    }

    private static Block* Identify(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        CpuidResult result = Processor.Of(c).Model.Cpuid((uint)s->Gpr[0], (uint)s->Gpr[1]);
        s->Gpr[0] = result.Eax;
        s->Gpr[3] = result.Ebx;
        s->Gpr[1] = result.Ecx;
        s->Gpr[2] = result.Edx;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ReadTimeStamp(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong time = Processor.Of(c).TimeStampAt(op);
        s->Gpr[0] = (uint)time;
        s->Gpr[2] = time >> 32;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ReadTimeStampAndId(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Gpr[1] = (uint)Processor.Of(c).Id;
        return ReadTimeStamp(s, op, c);
    }

    private static Block* ReadKeyRights(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if ((uint)s->Gpr[1] != 0)
            return GeneralProtection(s, op, c);
        s->Gpr[0] = s->Pkru;
        s->Gpr[2] = 0;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* WriteKeyRights(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (((uint)s->Gpr[1] | (uint)s->Gpr[2]) != 0)
            return GeneralProtection(s, op, c);
        s->Pkru = (uint)s->Gpr[0];
        Processor.Of(c).Mmu.LoadKeyRights(s->Pkru);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Breakpoint(CpuState* s, MicroOp* op, VirtualCpu* c) => Trap(s, op, c, ExceptionVector.Breakpoint);

    private static Block* DebugTrap(CpuState* s, MicroOp* op, VirtualCpu* c) => Trap(s, op, c, ExceptionVector.Debug);

    private static Block* OverflowTrap(CpuState* s, MicroOp* op, VirtualCpu* c) => Trap(s, op, c, ExceptionVector.Overflow);

    // A trap is reported behind the instruction.
    private static Block* Trap(CpuState* s, MicroOp* op, VirtualCpu* c, ExceptionVector vector)
    {
        s->Rip = op->Immediate;
        c->Exit = ExitReason.Exception;
        Processor.Of(c).Exception = new ExceptionInfo(vector, 0);
        return null;
    }

    /// <summary>#UD.</summary>
    public static Block* InvalidOpcode(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Exceptions.Raise(s, op, c, ExceptionVector.InvalidOpcode);
        Processor.Of(c).ReportUndefined(s);
        return null;
    }

    // More than 15 bytes are #GP, whatever they would mean. Intel SDM vol. 2A, 2.3.11.
    private static Block* NoInstruction(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        Processor.Of(c).IsTooLong(s, Block.RipOf(c->Current, op)) ? GeneralProtection(s, op, c) : InvalidOpcode(s, op, c);

    private static Block* GeneralProtection(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection, (uint)op->Immediate);
}
