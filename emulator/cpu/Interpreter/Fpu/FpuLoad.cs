using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>FLD, FILD, FBLD and the constants: what pushes. Intel SDM vol. 2A.</summary>
internal static unsafe class FpuLoad
{
    /// <summary>FLD: memory or a register.</summary>
    public static void Real(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(&FromRegister, source: FpuArithmetic.Index(i.Op0Register));
            return;
        }
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Float32 => Select.Address<FromMemory<FpuSingle>>(form),
            MemorySize.Float64 => Select.Address<FromMemory<FpuDouble>>(form),
            _ => Select.Address<FromMemory<FpuExtended>>(form),
        });
    }

    /// <summary>FILD.</summary>
    public static void Integer(BlockBuilder b, in Instruction i)
    {
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Int16 => Select.Address<FromMemory<FpuInt16>>(form),
            MemorySize.Int32 => Select.Address<FromMemory<FpuInt32>>(form),
            _ => Select.Address<FromMemory<FpuInt64>>(form),
        });
    }

    /// <summary>FBLD.</summary>
    public static void Decimal(BlockBuilder b, in Instruction i) => b.EmitMemory(Select.Address<FromMemory<FpuDecimal>>(b.Lower(i)));

    /// <summary>FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ.</summary>
    public static void Constant(BlockBuilder b, in Instruction i) => b.Emit(&LoadConstant, immediate: (ulong)i.Mnemonic);

    private readonly struct FromMemory<TMemory> : IAddressHandler
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
            f.Push(TMemory.Load<TMemory>(place, ref f.Context));
            return f.End(op, c, address);
        }
    }

    private static Block* FromRegister(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunFromRegister(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunFromRegister(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        f.Push(f.TryRead(op->Source, out Float80 value) ? value : f.Underflow());
        return f.End(op, c);
    }

    private static Block* LoadConstant(CpuState* s, MicroOp* op, VirtualCpu* c) =>
        RunConstant(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunConstant(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        f.Push((Mnemonic)op->Immediate switch
        {
            Mnemonic.Fld1 => Float80.One,
            Mnemonic.Fldl2t => X87Math.LoadLog2Ten(f.Context),
            Mnemonic.Fldl2e => X87Math.LoadLog2E(f.Context),
            Mnemonic.Fldpi => X87Math.LoadPi(f.Context),
            Mnemonic.Fldlg2 => X87Math.LoadLog10Two(f.Context),
            Mnemonic.Fldln2 => X87Math.LoadLnTwo(f.Context),
            _ => Float80.Zero,
        });
        return f.End(op, c);
    }
}
