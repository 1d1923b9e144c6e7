namespace Emu.Cpu;

/// <summary>
/// What MMX instructions do to the x87 FPU that they share registers with, and EMMS. Intel SDM vol. 1, 9.5 and 12.3.
/// </summary>
/// <remarks>An instruction is checked for a pending exception first, and enters the state when nothing in it can fault any more.</remarks>
internal static unsafe class MmxState
{
    private const ushort AllValid = 0xFF;

    /// <summary>Emits the step that reports a pending x87 exception.</summary>
    public static void EmitCheck(BlockBuilder b) => b.Emit(&Check);

    /// <summary>Emits the step after which no register is empty and TOP is 0.</summary>
    public static void EmitEnter(BlockBuilder b) => b.Emit(&EnterStep);

    /// <summary>EMMS: all registers are empty.</summary>
    public static void Emms(BlockBuilder b, in Iced.Intel.Instruction i)
    {
        EmitCheck(b);
        b.Emit(&Leave);
    }

    private static Block* Check(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        (s->FpuStatus & X87Status.ES) != 0
            ? Exceptions.Raise(s, op, c, ExceptionVector.FloatingPoint)
            : op[1].Handler(s, op + 1, c);

    /// <summary>Stores an MMX register and enters the state: one step, as nothing may follow a store.</summary>
    internal readonly struct Store : IMemoryHandler
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress
        {
            if (!Access.Store<TWidth>(s, op, c, TAddress.Of(s, op), Access.Get<TWidth>(s, op->Source)))
                return null;
            Enter(s);
            return op[1].Handler(s, op + 1, c);
        }
    }

    /// <summary>No register is empty and TOP is 0.</summary>
    public static void Enter(CpuState* s)
    {
        s->FpuStatus &= unchecked((ushort)~FpuStack.TopMask);
        s->FpuTags = AllValid;
    }

    private static Block* EnterStep(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Enter(s);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Leave(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->FpuStatus &= unchecked((ushort)~FpuStack.TopMask);
        s->FpuTags = 0;
        return op[1].Handler(s, op + 1, c);
    }
}
