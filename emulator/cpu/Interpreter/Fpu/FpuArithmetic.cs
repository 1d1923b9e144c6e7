using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// FADD, FSUB, FMUL, FDIV with their integer, reverse and popping forms, and the operations on the top of the stack. Intel SDM vol. 2A.
/// </summary>
internal static unsafe class FpuArithmetic
{
    private const ulong Pops = 1;

    /// <summary>Binds FADD and its kin: two registers, or ST(0) and memory.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFpuBinary
    {
        if (i.Op0Kind != OpKind.Memory)
        {
            b.Emit(&Registers<TOperation>, Index(i.Op0Register), Index(i.Op1Register));
            return;
        }
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Float32 => Select.Address<Memory<TOperation, FpuSingle>>(form),
            MemorySize.Float64 => Select.Address<Memory<TOperation, FpuDouble>>(form),
            MemorySize.Int16 => Select.Address<Memory<TOperation, FpuInt16>>(form),
            _ => Select.Address<Memory<TOperation, FpuInt32>>(form),
        });
    }

    /// <summary>Binds FADDP and its kin.</summary>
    public static void BindPop<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFpuBinary =>
        b.Emit(&Registers<TOperation>, Index(i.Op0Register), Index(i.Op1Register), Pops);

    /// <summary>Binds FSCALE, FPREM and FPREM1: ST(0) by ST(1).</summary>
    public static void BindTop<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFpuBinary => b.Emit(&Registers<TOperation>, 0, 1);

    /// <summary>Binds FYL2X, FYL2XP1 and FPATAN: ST(1) by ST(0), which is popped.</summary>
    public static void BindTopPop<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFpuBinary => b.Emit(&Registers<TOperation>, 1, 0, Pops);

    /// <summary>Binds FABS, FSQRT, FSIN and the others on ST(0).</summary>
    public static void BindUnary<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFpuUnary => b.Emit(&Top<TOperation>);

    /// <summary>FXTRACT: the exponent replaces ST(0), the significand is pushed.</summary>
    public static void Extract(BlockBuilder b, in Instruction i) => b.Emit(&ExtractTop);

    /// <summary>FPTAN and FSINCOS: the first result replaces ST(0), the second is pushed.</summary>
    public static void Trigonometric(BlockBuilder b, in Instruction i) => b.Emit(i.Mnemonic == Mnemonic.Fptan ? &Tangent : &SineCosine);

    /// <summary>Which ST(i) a register is.</summary>
    public static ushort Index(Register register) => (ushort)register.GetNumber();

    private static Block* Registers<TOperation>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IFpuBinary => RunRegisters<TOperation>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunRegisters<TOperation>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IFpuBinary
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        bool valid = f.TryRead(op->Destination, out Float80 x) & f.TryRead(op->Source, out Float80 y);
        if (valid)
        {
            f.Write(op->Destination, TOperation.Apply(x, y, ref f.Context));
        }
        else
        {
            f.Context.DefinedConditions |= TOperation.Conditions;
            f.Write(op->Destination, f.Underflow());
        }
        if (op->Immediate == Pops)
            f.Pop();
        return f.End(op, c);
    }

    private readonly struct Memory<TOperation, TMemory> : IAddressHandler
        where TOperation : struct, IFpuBinary
        where TMemory : struct, IFpuMemory
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress => Run(s, op, c, TAddress.Of(s, op)) ? op[1].Handler(s, op + 1, c) : null;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Run(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address)
        {
            if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
                return false;
            byte* place = Access.Read(s, op, c, address, TMemory.Bytes);
            if (place == null)
                return false;
            bool valid = f.TryRead(0, out Float80 x);
            f.Write(0, valid ? TOperation.Apply(x, TMemory.Widen(place, ref f.Context), ref f.Context) : f.Underflow());
            return f.End(op, c, address);
        }
    }

    private static Block* Top<TOperation>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IFpuUnary => RunTop<TOperation>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunTop<TOperation>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IFpuUnary
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        if (f.TryRead(0, out Float80 x))
        {
            f.Write(0, TOperation.Apply(x, ref f.Context));
        }
        else
        {
            f.Context.DefinedConditions |= TOperation.Conditions;
            f.Write(0, f.Underflow());
        }
        return f.End(op, c);
    }

    private static Block* ExtractTop(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunPushing<ExtractOperation>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    private static Block* Tangent(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunPushing<TangentOperation>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    private static Block* SineCosine(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunPushing<SineCosineOperation>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    // An operation with two results.
    private interface IPushing
    {
        /// <summary>The condition codes that it defines however it ends.</summary>
        static virtual ushort Conditions => X87Status.C1 | X87Status.C2;

        static abstract Float80 Apply(Float80 a, out Float80 pushed, ref X87Context context);
    }

    private readonly struct ExtractOperation : IPushing
    {
        public static ushort Conditions => X87Status.C1;

        public static Float80 Apply(Float80 a, out Float80 pushed, ref X87Context context)
        {
            pushed = X87Math.Extract(a, out Float80 exponent, ref context);
            return exponent;
        }
    }

    private readonly struct TangentOperation : IPushing
    {
        public static Float80 Apply(Float80 a, out Float80 pushed, ref X87Context context) => X87Math.Tangent(a, out pushed, ref context);
    }

    private readonly struct SineCosineOperation : IPushing
    {
        public static Float80 Apply(Float80 a, out Float80 pushed, ref X87Context context) => X87Math.SineCosine(a, out pushed, ref context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunPushing<TOperation>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IPushing
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        f.Context.DefinedConditions |= TOperation.Conditions;
        Float80 pushed = Float80.Indefinite;
        Float80 result = !f.TryRead(0, out Float80 x) ? f.Underflow()
            : !f.HasRoom ? f.Overflow()
            : TOperation.Apply(x, out pushed, ref f.Context);
        if ((f.Context.Status & X87Status.C2) == 0)
        {
            f.Write(0, result);
            f.PushAnyway(pushed);
        }
        return f.End(op, c);
    }
}
