using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>FXCH, FCMOVcc, FFREE, FFREEP, FINCSTP, FDECSTP and FNOP. Intel SDM vol. 2A.</summary>
internal static unsafe class FpuRegisterInstructions
{
    private const ulong Pops = 1;

    /// <summary>FXCH.</summary>
    public static void Exchange(BlockBuilder b, in Instruction i) => b.Emit(&ExchangeRegisters, source: FpuArithmetic.Index(i.Op1Register));

    /// <summary>FCMOVcc.</summary>
    public static void MoveIf(BlockBuilder b, in Instruction i)
    {
        ConditionCode condition = i.Mnemonic switch
        {
            Mnemonic.Fcmovb => ConditionCode.b,
            Mnemonic.Fcmovnb => ConditionCode.ae,
            Mnemonic.Fcmove => ConditionCode.e,
            Mnemonic.Fcmovne => ConditionCode.ne,
            Mnemonic.Fcmovbe => ConditionCode.be,
            Mnemonic.Fcmovnbe => ConditionCode.a,
            Mnemonic.Fcmovu => ConditionCode.p,
            _ => ConditionCode.np,
        };
        b.Emit(Select.Condition<ConditionalMove>(condition), source: FpuArithmetic.Index(i.Op1Register));
    }

    /// <summary>FFREE, and FFREEP, which pops too.</summary>
    public static void Free(BlockBuilder b, in Instruction i) =>
        b.Emit(&FreeRegister, FpuArithmetic.Index(i.Op0Register), immediate: i.Mnemonic == Mnemonic.Ffreep ? Pops : 0);

    /// <summary>FINCSTP and FDECSTP: the tags stay.</summary>
    public static void Rotate(BlockBuilder b, in Instruction i) =>
        b.Emit(&RotateStack, immediate: i.Mnemonic == Mnemonic.Fincstp ? 1 : ulong.MaxValue);

    /// <summary>FNOP, and WAIT: what is pending is reported, and nothing else happens.</summary>
    public static void Wait(BlockBuilder b, in Instruction i) => MmxState.EmitCheck(b);

    private static Block* ExchangeRegisters(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunExchange(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunExchange(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        if (!f.TryRead(0, out Float80 a))
            a = f.Underflow();
        if (!f.TryRead(op->Source, out Float80 b))
            b = f.Underflow();
        f.Write(0, b);
        f.Write(op->Source, a);
        return f.End(op, c);
    }

    private readonly struct ConditionalMove : IConditionHandler
    {
        public static Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TCondition : struct, ICondition =>
            RunMove(s, op, c, TCondition.Holds(ref s->Flags)) ? op[1].Handler(s, op + 1, c) : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunMove(CpuState* s, MicroOp* op, VirtualCpu* c, bool holds)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        if (!(f.TryRead(0, out _) & f.TryRead(op->Source, out Float80 value)))
        {
            f.Write(0, f.Underflow());
            return f.End(op, c);
        }
        f.Context.DefinedConditions = 0;
        if (holds)
            f.Write(0, value);
        return f.End(op, c);
    }

    private static Block* FreeRegister(CpuState* s, MicroOp* op, VirtualCpu* c) => RunFree(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunFree(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        f.Context.DefinedConditions = 0;
        FpuStack.Free(s, op->Destination);
        if (op->Immediate == Pops)
            f.Pop();
        return f.End(op, c);
    }

    private static Block* RotateStack(CpuState* s, MicroOp* op, VirtualCpu* c) => RunRotate(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunRotate(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        FpuStack.SetTop(s, FpuStack.Top(s) + (int)op->Immediate);
        return f.End(op, c);
    }
}
