using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CLC, STC, CMC, CLD, STD, LAHF and SAHF. Intel SDM vol. 2.</summary>
internal static unsafe class FlagInstructions
{
    private const ulong LowFlags = RFlagsBits.Carry | RFlagsBits.Parity | RFlagsBits.Adjust | RFlagsBits.Zero | RFlagsBits.Sign;

    public static void Bind(BlockBuilder b, in Instruction i) => b.Emit(i.Mnemonic switch
    {
        Mnemonic.Clc => &ClearCarry,
        Mnemonic.Stc => &SetCarry,
        Mnemonic.Cmc => &ComplementCarry,
        Mnemonic.Cld => &ClearDirection,
        Mnemonic.Std => &SetDirection,
        Mnemonic.Lahf => &LoadFlags,
        _ => (Handler)(&StoreFlags),
    });

    private static Block* ClearCarry(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetCarry(false);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* SetCarry(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetCarry(true);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ComplementCarry(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetCarry(!s->Flags.Carry);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ClearDirection(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->ControlFlags &= ~RFlagsBits.Direction;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* SetDirection(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->ControlFlags |= RFlagsBits.Direction;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* LoadFlags(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Access.Set<W8>(s, Reg.Rax + 1, (s->Flags.ToRFlags() & LowFlags) | RFlagsBits.AlwaysSet);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* StoreFlags(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong flags = s->Flags.ToRFlags() & ~LowFlags;
        s->Flags = LazyFlags.FromRFlags(flags | (Access.Get<W8>(s, Reg.Rax + 1) & LowFlags));
        return op[1].Handler(s, op + 1, c);
    }
}
