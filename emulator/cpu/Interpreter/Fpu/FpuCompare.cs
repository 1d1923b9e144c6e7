using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>FCOM, FUCOM, FICOM, FTST, FXAM, and FCOMI, FUCOMI, which answer in RFLAGS. Intel SDM vol. 2A.</summary>
internal static unsafe class FpuCompare
{
    private const ushort Unordered = X87Status.C3 | X87Status.C2 | X87Status.C0;
    private const ulong PopCount = 3, QuietBit = 4;

    /// <summary>FCOM, FCOMP, FUCOM, FUCOMP, FICOM, FICOMP: with a register or memory.</summary>
    public static void Bind(BlockBuilder b, in Instruction i)
    {
        ulong pops = i.Mnemonic is Mnemonic.Fcomp or Mnemonic.Fucomp or Mnemonic.Ficomp ? 1UL : 0;
        if (i.Op0Kind != OpKind.Memory)
        {
            ulong quiet = i.Mnemonic is Mnemonic.Fucom or Mnemonic.Fucomp ? QuietBit : 0;
            b.Emit(&WithRegister, source: FpuArithmetic.Index(i.Op1Register), immediate: pops | quiet);
            return;
        }
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Float32 => Select.Address<WithMemory<FpuSingle>>(form),
            MemorySize.Float64 => Select.Address<WithMemory<FpuDouble>>(form),
            MemorySize.Int16 => Select.Address<WithMemory<FpuInt16>>(form),
            _ => Select.Address<WithMemory<FpuInt32>>(form),
        }, immediate: pops);
    }

    /// <summary>FCOMPP and FUCOMPP: ST(0) with ST(1), both popped.</summary>
    public static void BindPopTwice(BlockBuilder b, in Instruction i) =>
        b.Emit(&WithRegister, source: 1, immediate: 2 | (i.Mnemonic == Mnemonic.Fucompp ? QuietBit : 0));

    /// <summary>FCOMI, FCOMIP, FUCOMI, FUCOMIP.</summary>
    public static void BindFlags(BlockBuilder b, in Instruction i)
    {
        ulong pops = i.Mnemonic is Mnemonic.Fcomip or Mnemonic.Fucomip ? 1UL : 0;
        ulong quiet = i.Mnemonic is Mnemonic.Fucomi or Mnemonic.Fucomip ? QuietBit : 0;
        b.Emit(&ToFlags, source: FpuArithmetic.Index(i.Op1Register), immediate: pops | quiet);
    }

    /// <summary>FTST: with +0.</summary>
    public static void BindTest(BlockBuilder b, in Instruction i) => b.Emit(&Test);

    /// <summary>FXAM.</summary>
    public static void BindExamine(BlockBuilder b, in Instruction i) => b.Emit(&Examine);

    private static Block* WithRegister(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunWithRegister(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunWithRegister(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        if (!(f.TryRead(0, out Float80 a) & f.TryRead(op->Source, out Float80 b)))
            Underflow(ref f);
        else if ((op->Immediate & QuietBit) != 0)
            X87Math.CompareUnordered(a, b, ref f.Context);
        else
            X87Math.Compare(a, b, ref f.Context);
        Pop(f, op->Immediate);
        return f.End(op, c);
    }

    private readonly struct WithMemory<TMemory> : IAddressHandler
        where TMemory : struct, IFpuMemory
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            Run(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op)) ? op[1].Handler(s, op + 1, c) : null;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Run(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ulong pops)
        {
            if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
                return false;
            byte* place = Access.Read(s, op, c, address, TMemory.Bytes);
            if (place == null)
                return false;
            if (f.TryRead(0, out Float80 a))
                X87Math.Compare(a, TMemory.Widen(place, ref f.Context), ref f.Context);
            else
                Underflow(ref f);
            Pop(f, pops);
            return f.End(op, c, address);
        }
    }

    private static Block* ToFlags(CpuState* s, MicroOp* op, VirtualCpu* c) => RunToFlags(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunToFlags(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        bool quiet = (op->Immediate & QuietBit) != 0;
        uint order = Unordered >> 8;
        if (f.TryRead(0, out Float80 a) & f.TryRead(op->Source, out Float80 b))
            order = X87Math.CompareToFlags(a, b, quiet, ref f.Context);
        else
            f.Underflow();
        s->Flags = LazyFlags.FromRFlags(order);
        Pop(f, op->Immediate);
        return f.End(op, c);
    }

    private static Block* Test(CpuState* s, MicroOp* op, VirtualCpu* c) => RunTest(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunTest(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        if (f.TryRead(0, out Float80 a))
            X87Math.Compare(a, Float80.Zero, ref f.Context);
        else
            Underflow(ref f);
        return f.End(op, c);
    }

    private static Block* Examine(CpuState* s, MicroOp* op, VirtualCpu* c) => RunExamine(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    // An empty register is no fault here, and its sign is reported.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunExamine(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        bool valid = f.TryRead(0, out Float80 a);
        X87Math.Examine(a, ref f.Context);
        if (!valid)
            f.Context.Status = (ushort)(X87Status.C3 | X87Status.C0 | (f.Context.Status & X87Status.C1));
        return f.End(op, c);
    }

    private static void Underflow(ref FpuInstruction f)
    {
        f.Context.DefinedConditions = X87Status.Conditions;
        f.Underflow();
        f.Context.Status |= Unordered;
    }

    private static void Pop(in FpuInstruction f, ulong immediate)
    {
        for (ulong left = immediate & PopCount; left > 0; left--)
            f.Pop();
    }
}
