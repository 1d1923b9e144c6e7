using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>ADD, SUB, MUL, DIV, MIN, MAX and SQRT, scalar and packed. Intel SDM vol. 2.</summary>
internal static unsafe class FloatArithmetic
{
    /// <summary>Binds ADDSS or ADDSD and their kin: the rest of the destination stays.</summary>
    public static void BindScalar<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Scalar<TOperation, T>.Run, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds SQRTSS or SQRTSD.</summary>
    public static void BindScalarUnary<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&ScalarUnary<TOperation, T>.Run, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds ADDPS or ADDPD and their kin.</summary>
    public static void BindPacked<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&PackedBinary<TOperation, T>.Run, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds SQRTPS or SQRTPD.</summary>
    public static void BindPackedUnary<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&PackedUnary<TOperation, T>.Run, Reg.Offset(i.Op0Register), source);
    }

    private readonly struct Scalar<TOperation, T>
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run(CpuState* s, MicroOp* op, VirtualCpu* c)
        {
            T a = *(T*)Access.Register(s, op->Destination), b = *(T*)Access.Register(s, op->Source), result = TOperation.Host(a, b);
            if (!TOperation.Stands(s->Mxcsr, a, b, result))
                return ScalarExact<TOperation, T>(s, op, c, a, b) ? op[1].Handler(s, op + 1, c) : null;
            *(T*)Access.Register(s, op->Destination) = result;
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ScalarUnary<TOperation, T>
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run(CpuState* s, MicroOp* op, VirtualCpu* c)
        {
            T b = *(T*)Access.Register(s, op->Source), result = TOperation.Host(b, b);
            if (!TOperation.Stands(s->Mxcsr, b, b, result))
                return ScalarExact<TOperation, T>(s, op, c, b, b) ? op[1].Handler(s, op + 1, c) : null;
            *(T*)Access.Register(s, op->Destination) = result;
            return op[1].Handler(s, op + 1, c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ScalarExact<TOperation, T>(CpuState* s, MicroOp* op, VirtualCpu* c, T a, T b)
        where TOperation : struct, IFloatOperation
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr);
        ulong result = TOperation.Exact<T>(FloatFormat<T>.Bits(a), FloatFormat<T>.Bits(b), ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        *(T*)Access.Register(s, op->Destination) = FloatFormat<T>.FromBits(result);
        return true;
    }

    private readonly struct PackedBinary<TOperation, T>
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run(CpuState* s, MicroOp* op, VirtualCpu* c)
        {
            Vector128<T> a = Xmm.Load(s, op->Destination).As<byte, T>(), b = Xmm.Load(s, op->Source).As<byte, T>();
            Vector128<T> result = TOperation.Host(a, b);
            if (!TOperation.Stands(s->Mxcsr, a, b, result))
                return PackedExact<TOperation, T>(s, op, c, op->Destination) ? op[1].Handler(s, op + 1, c) : null;
            Xmm.Store(s, op->Destination, result.AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct PackedUnary<TOperation, T>
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run(CpuState* s, MicroOp* op, VirtualCpu* c)
        {
            Vector128<T> b = Xmm.Load(s, op->Source).As<byte, T>(), result = TOperation.Host(b, b);
            if (!TOperation.Stands(s->Mxcsr, b, b, result))
                return PackedExact<TOperation, T>(s, op, c, op->Source) ? op[1].Handler(s, op + 1, c) : null;
            Xmm.Store(s, op->Destination, result.AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool PackedExact<TOperation, T>(CpuState* s, MicroOp* op, VirtualCpu* c, ushort first)
        where TOperation : struct, IFloatOperation
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr);
        Vector128<T> a = Xmm.Load(s, first).As<byte, T>(), b = Xmm.Load(s, op->Source).As<byte, T>();
        Vector128<T> result = FloatVector.Exact<TOperation, T>(a, b, ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Xmm.Store(s, op->Destination, result.AsByte());
        return true;
    }
}
