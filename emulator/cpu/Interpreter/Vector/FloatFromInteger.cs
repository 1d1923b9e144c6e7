using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CVTSI2SS, CVTSI2SD, CVTDQ2PS, CVTDQ2PD, CVTPI2PS, CVTPI2PD. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatFromInteger
{
    /// <summary>Binds CVTSI2SS or CVTSI2SD: the rest of the destination stays.</summary>
    public static void BindScalar<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int size = Operands.Size(i, 1);
        ushort source = b.EmitLoad(i, 1, size);
        b.Emit(size == 8 ? &Scalar<T>.Run<W64> : &Scalar<T>.Run<W32>, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds CVTDQ2PS or CVTDQ2PD.</summary>
    public static void BindPacked<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Vector<T>.Run, Reg.Offset(i.Op0Register), source, (ulong)Vector128<T>.Count);
    }

    /// <summary>Binds CVTPI2PS or CVTPI2PD: two doublewords. The latter leaves the x87 state alone if they come from memory.</summary>
    public static void BindMmx<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged
    {
        bool enters = i.Op1Kind == OpKind.Register || Unsafe.SizeOf<T>() == 4;
        if (enters)
            MmxState.EmitCheck(b);
        ushort source = VectorMemory.EmitSource(b, i, 1);
        if (enters)
            MmxState.EmitEnter(b); // before #XM
        b.Emit(&Vector<T>.Run, Reg.Offset(i.Op0Register), source, 2);
    }

    private readonly struct Scalar<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Every doubleword is exact in double precision.
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            long value = (long)SignExtend.Apply<TWidth>(Access.Get<TWidth>(s, op->Source));
            if (TWidth.Bits >= FloatFormat<T>.FractionBits && (s->Mxcsr & Mxcsr.FastMask) != Mxcsr.FastValue)
                return Exact(s, op, c, value) ? op[1].Handler(s, op + 1, c) : null;
            *(T*)Access.Register(s, op->Destination) = T.CreateTruncating(value);
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Exact(CpuState* s, MicroOp* op, VirtualCpu* c, long value)
        {
            FloatContext context = new(s->Mxcsr);
            ulong result = FloatMath.FromInteger<T>(value, ref context);
            if (!FloatExceptions.Commit(s, op, c, context))
                return false;
            *(T*)Access.Register(s, op->Destination) = FloatFormat<T>.FromBits(result);
            return true;
        }
    }

    private readonly struct Vector<T>
        where T : unmanaged
    {
        public static Block* Run(CpuState* s, MicroOp* op, VirtualCpu* c) => Elements(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

        // Two elements of a vector of four leave the others.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Elements(CpuState* s, MicroOp* op, VirtualCpu* c)
        {
            FloatContext context = new(s->Mxcsr);
            int* source = (int*)Access.Register(s, op->Source);
            Vector128<T> result = Xmm.Load(s, op->Destination).As<byte, T>();
            for (int at = 0; at < (int)op->Immediate; at++)
                result = result.WithElement(at, FloatFormat<T>.FromBits(FloatMath.FromInteger<T>(source[at], ref context)));
            if (!FloatExceptions.Commit(s, op, c, context))
                return false;
            Xmm.Store(s, op->Destination, result.AsByte());
            return true;
        }
    }
}
