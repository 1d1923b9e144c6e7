using Iced.Intel;

namespace Emu.Cpu;

/// <summary>FLDCW, FNSTCW, FNSTSW, FNCLEX, FNINIT, and what only old processors did something for. Intel SDM vol. 2A.</summary>
internal static unsafe class FpuControl
{
    /// <summary>The bits of the control word that exist, and the one of them that is always set.</summary>
    public const ushort ControlBits = 0x1F3F, ControlAlwaysSet = 0x40;

    /// <summary>The control word after FNINIT.</summary>
    public const ushort InitialControl = 0x37F;

    /// <summary>FLDCW.</summary>
    public static void LoadControl(BlockBuilder b, in Instruction i)
    {
        MmxState.EmitCheck(b);
        ushort source = b.EmitLoad(i, 0, 2);
        b.Emit(&SetControl, source: source);
    }

    /// <summary>FNSTCW.</summary>
    public static void StoreControl(BlockBuilder b, in Instruction i) => b.EmitStore(i, 2, CpuState.FpuControlOffset);

    /// <summary>FNSTSW: to memory or AX.</summary>
    public static void StoreStatus(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, 2, CpuState.FpuStatusOffset);
        else
            b.Emit(Select.Width<MoveRegister>(2), Reg.Rax, CpuState.FpuStatusOffset);
    }

    /// <summary>FNCLEX.</summary>
    public static void ClearExceptions(BlockBuilder b, in Instruction i) => b.Emit(&Clear);

    /// <summary>FNINIT.</summary>
    public static void Initialize(BlockBuilder b, in Instruction i) => b.Emit(&Reset);

    /// <summary>The state after FNINIT; the registers keep what they hold.</summary>
    public static void Reset(CpuState* s)
    {
        s->FpuControl = InitialControl;
        s->FpuStatus = 0;
        s->FpuTags = 0;
        s->FpuOpcode = 0;
        s->FpuInstructionPointer = s->FpuDataPointer = 0;
    }

    /// <summary>Sets the control word; an exception may become pending by it, or cease to be.</summary>
    public static void SetControl(CpuState* s, ushort value)
    {
        s->FpuControl = (ushort)((value & ControlBits) | ControlAlwaysSet);
        FpuInstruction.UpdateSummary(s);
    }

    private static Block* SetControl(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        SetControl(s, *(ushort*)Access.Register(s, op->Source));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Clear(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->FpuStatus &= unchecked((ushort)~(X87Status.Exceptions | X87Status.SF | X87Status.ES | X87Status.B));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Reset(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Reset(s);
        return op[1].Handler(s, op + 1, c);
    }
}
