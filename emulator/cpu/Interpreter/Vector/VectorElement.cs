using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// Single elements and masks: PINSR, PEXTR, EXTRACTPS, PMOVMSKB, MOVMSKPS, MOVMSKPD, and the stores under a mask. Intel SDM vol. 2.
/// </summary>
internal static unsafe class VectorElement
{
    /// <summary>PINSRB, PINSRW, PINSRD, PINSRQ.</summary>
    public static void Insert(BlockBuilder b, in Instruction i)
    {
        int size = SizeOf(i.Mnemonic), operand = VectorOperands.LastSource(i);
        ushort place = PlaceOf(i, i.Op0Register, size);
        if (!i.Op0Register.IsMM())
        {
            ushort element = b.EmitLoad(i, operand, size);
            if (VectorOperands.IsVex(i))
                VectorOperands.BindCopy(b, i);
            b.Emit(Select.Width<VectorMove.Insert>(size), place, element);
            return;
        }
        MmxState.EmitCheck(b);
        ushort source = b.EmitLoad(i, operand, size);
        MmxState.EmitEnter(b);
        b.Emit(&InsertMmx, place, source, Reg.Offset(i.Op0Register));
    }

    /// <summary>PEXTRB, PEXTRW, PEXTRD, PEXTRQ, EXTRACTPS: to a whole register with zeros above, or to memory.</summary>
    public static void Extract(BlockBuilder b, in Instruction i)
    {
        int size = SizeOf(i.Mnemonic);
        bool mmx = i.Op1Register.IsMM();
        if (mmx)
            MmxState.EmitCheck(b);
        ushort source = PlaceOf(i, i.Op1Register, size);
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, size, source);
        else
            b.Emit(Extension.ZeroExtendFrom(size), Reg.Offset(i.Op0Register), source);
        if (mmx)
            MmxState.EmitEnter(b);
    }

    /// <summary>PMOVMSKB.</summary>
    public static void ByteMask(BlockBuilder b, in Instruction i)
    {
        bool mmx = i.Op1Register.IsMM();
        if (mmx)
            MmxState.EmitCheck(b);
        EmitMask<byte>(b, i);
        if (mmx)
            MmxState.EmitEnter(b);
    }

    /// <summary>MOVMSKPS and MOVMSKPD.</summary>
    public static void FloatMask(BlockBuilder b, in Instruction i)
    {
        if (i.Mnemonic is Mnemonic.Movmskps or Mnemonic.Vmovmskps)
            EmitMask<uint>(b, i);
        else
            EmitMask<ulong>(b, i);
    }

    private static void EmitMask<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged =>
        b.Emit(VectorOperands.Select<SignMask<T>>(i, i.Op1Register), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));

    /// <summary>MASKMOVDQU and MASKMOVQ: the bytes of the first register whose mask has its sign set, to [RDI].</summary>
    public static void MaskedStore(BlockBuilder b, in Instruction i)
    {
        bool mmx = i.Op1Register.IsMM();
        if (mmx)
            MmxState.EmitCheck(b);
        Instruction memory = i;
        memory.Op0Kind = OpKind.Memory;
        memory.MemoryBase = i.Op0Kind == OpKind.MemorySegRDI ? Register.RDI : Register.EDI;
        b.LowerToBase(memory);
        b.EmitMemory(mmx ? &StoreMasked<Mmx>.Run : &StoreMasked<Xmm>.Run, Reg.Offset(i.Op2Register), Reg.Offset(i.Op1Register));
    }

    private static int SizeOf(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Pinsrb or Mnemonic.Pextrb or Mnemonic.Vpinsrb or Mnemonic.Vpextrb => 1,
        Mnemonic.Pinsrw or Mnemonic.Pextrw or Mnemonic.Vpinsrw or Mnemonic.Vpextrw => 2,
        Mnemonic.Pinsrq or Mnemonic.Pextrq or Mnemonic.Vpinsrq or Mnemonic.Vpextrq => 8,
        _ => 4,
    };

    // Offset of the element that the immediate names.
    private static ushort PlaceOf(in Instruction i, Register register, int size)
    {
        int elements = (register.IsMM() ? 8 : 16) / size;
        return (ushort)(Reg.Offset(register) + ((i.Immediate8 & (elements - 1)) * size));
    }

    private static Block* InsertMmx(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        *(ushort*)Access.Register(s, op->Destination) = *(ushort*)Access.Register(s, op->Source);
        ((FpuRegister*)Access.Register(s, (ushort)op->Immediate))->SignExponent = ushort.MaxValue;
        return op[1].Handler(s, op + 1, c);
    }

    private readonly struct SignMask<T> : IVectorHandler
        where T : unmanaged
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            ulong mask = TForm.Load(s, op->Source).As<byte, T>().ExtractMostSignificantBits();
            if (TForm.Lanes == 2)
                mask |= (ulong)TForm.Load(s, op->Source, 1).As<byte, T>().ExtractMostSignificantBits() << Vector128<T>.Count;
            *(ulong*)Access.Register(s, op->Destination) = mask;
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct StoreMasked<TForm>
        where TForm : struct, IVectorForm
    {
        public static Block* Run(CpuState* s, MicroOp* op, VirtualCpu* c)
        {
            uint mask = TForm.Load(s, op->Destination).ExtractMostSignificantBits();
            if (!StoreBytes(s, op, c, BaseAddress.Of(s, op), (byte*)Access.Register(s, op->Source), mask))
                return null;
            if (TForm.IsHalf)
                MmxState.Enter(s);
            return op[1].Handler(s, op + 1, c);
        }
    }

    // The bytes lie in two pages at most: both are known to be writable before the first is written.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StoreBytes(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, byte* source, uint mask)
    {
        if (mask == 0)
            return true;
        uint first = (uint)BitOperations.TrailingZeroCount(mask), last = (uint)BitOperations.Log2(mask);
        if (Access.Write(s, op, c, address + first, 1) == null || Access.Write(s, op, c, address + last, 1) == null)
            return false;
        for (uint left = mask; left != 0; left &= left - 1)
        {
            uint at = (uint)BitOperations.TrailingZeroCount(left);
            if (!Access.Store<W8>(s, op, c, address + at, source[at]))
                return false;
        }
        return true;
    }
}
