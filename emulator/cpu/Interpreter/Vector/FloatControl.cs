using Iced.Intel;

namespace Emu.Cpu;

/// <summary>LDMXCSR and STMXCSR. Intel SDM vol. 2.</summary>
internal static unsafe class FloatControl
{
    /// <summary>LDMXCSR: #GP if a bit is set that does not exist.</summary>
    public static void Load(BlockBuilder b, in Instruction i)
    {
        ushort source = b.EmitLoad(i, 0, 4);
        b.Emit(&LoadControl, source: source);
    }

    /// <summary>STMXCSR.</summary>
    public static void Store(BlockBuilder b, in Instruction i) => b.EmitStore(i, 4, CpuState.MxcsrOffset);

    private static Block* LoadControl(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        uint value = *(uint*)Access.Register(s, op->Source);
        if ((value & ~Mxcsr.Writable) != 0)
            return Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        s->Mxcsr = value;
        return op[1].Handler(s, op + 1, c);
    }
}
