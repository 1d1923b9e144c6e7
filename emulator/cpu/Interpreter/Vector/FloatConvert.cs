using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CVTSS2SD, CVTSD2SS, CVTPS2PD, CVTPD2PS. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatConvert
{
    public static void SingleToDouble(BlockBuilder b, in Instruction i) => Bind(b, i, &ScalarToDouble);

    public static void DoubleToSingle(BlockBuilder b, in Instruction i) => Bind(b, i, &ScalarToSingle);

    public static void PackedSingleToDouble(BlockBuilder b, in Instruction i) => Bind(b, i, &PackedToDouble);

    public static void PackedDoubleToSingle(BlockBuilder b, in Instruction i) => Bind(b, i, &PackedToSingle);

    private static void Bind(BlockBuilder b, in Instruction i, Handler handler)
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(handler, Reg.Offset(i.Op0Register), source);
    }

    private static Block* ScalarToDouble(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        float a = *(float*)Access.Register(s, op->Source);
        if (!FloatFormat<float>.IsOrdered(a))
            return ScalarToDoubleExact(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
        *(double*)Access.Register(s, op->Destination) = a;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ScalarToSingle(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        double a = *(double*)Access.Register(s, op->Source);
        float result = (float)a;
        if ((s->Mxcsr & Mxcsr.FastMask) != Mxcsr.FastValue || !FloatFormat<double>.IsNormal(a) || !FloatFormat<float>.IsNormal(result))
            return ScalarToSingleExact(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
        *(float*)Access.Register(s, op->Destination) = result;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* PackedToDouble(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        PackedToDoubleExact(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    private static Block* PackedToSingle(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        PackedToSingleExact(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ScalarToDoubleExact(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        FloatContext context = new(s->Mxcsr);
        ulong result = FloatMath.Widen(*(uint*)Access.Register(s, op->Source), ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        *(ulong*)Access.Register(s, op->Destination) = result;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ScalarToSingleExact(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        FloatContext context = new(s->Mxcsr);
        ulong result = FloatMath.Narrow(*(ulong*)Access.Register(s, op->Source), ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        *(uint*)Access.Register(s, op->Destination) = (uint)result;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool PackedToDoubleExact(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        FloatContext context = new(s->Mxcsr);
        uint* source = (uint*)Access.Register(s, op->Source);
        Vector128<ulong> result = Vector128.Create(FloatMath.Widen(source[0], ref context), FloatMath.Widen(source[1], ref context));
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Xmm.Store(s, op->Destination, result.AsByte());
        return true;
    }

    // The high half becomes zero.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool PackedToSingleExact(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        FloatContext context = new(s->Mxcsr);
        ulong* source = (ulong*)Access.Register(s, op->Source);
        ulong low = FloatMath.Narrow(source[0], ref context), high = FloatMath.Narrow(source[1], ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Xmm.Store(s, op->Destination, Vector128.CreateScalar(low | (high << 32)).AsByte());
        return true;
    }
}
