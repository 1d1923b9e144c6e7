using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>VCVTPS2PH, whose destination may be memory. Intel SDM vol. 2C.</summary>
internal static unsafe class FloatHalf
{
    private const int Half = 8;

    /// <summary>Binds it. The immediate has the rounding as that of ROUNDPS; FTZ does not count.</summary>
    public static void Bind(BlockBuilder b, in Instruction i)
    {
        bool wide = i.Op1Register.IsYMM();
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(wide ? &ToRegister<Vex256> : &ToRegister<Vex128>, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), i.Immediate8);
            return;
        }
        b.LowerToBase(i);
        b.EmitMemory(wide ? &ToMemory<Vex256> : &ToMemory<Vex128>, source: Reg.Offset(i.Op1Register), immediate: i.Immediate8);
    }

    private static Block* ToRegister<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TForm : struct, IVectorForm
    {
        FloatContext context = Convert<TForm>(s, op, out Vector128<byte> result);
        return FloatVector.Finish<Vex128, byte>(s, op, c, &result, context) ? op[1].Handler(s, op + 1, c) : null;
    }

    private static Block* ToMemory<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TForm : struct, IVectorForm => Store<TForm>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    // MXCSR changes only where the store can be done.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Store<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TForm : struct, IVectorForm
    {
        FloatContext context = Convert<TForm>(s, op, out Vector128<byte> result);
        byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), Half * TForm.Lanes);
        if (place == null || !FloatExceptions.Commit(s, op, c, context))
            return false;
        *(ulong*)place = result.AsUInt64()[0];
        if (TForm.Lanes == 2)
            ((ulong*)place)[1] = result.AsUInt64()[1];
        Access.Commit(c, place);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FloatContext Convert<TForm>(CpuState* s, MicroOp* op, out Vector128<byte> result)
        where TForm : struct, IVectorForm
    {
        FloatContext context = new(s->Mxcsr & ~Mxcsr.FlushToZero) { Rounding = FloatRound.RoundingOf(s->Mxcsr, (int)op->Immediate) };
        Vector128<byte> halves = default;
        FloatElements.ConvertAll<NarrowToHalf>((byte*)Access.Register(s, op->Source), (byte*)&halves, 4 * TForm.Lanes, ref context);
        result = halves;
        return context;
    }
}
