using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>MOV, LEA, CMOVcc, SETcc, BSWAP, MOVBE and XLAT. Intel SDM vol. 2.</summary>
internal static unsafe class DataTransfer
{
    public static void Mov(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Register && i.Op0Register.IsSegmentRegister())
            SegmentInstructions.MovToSegment(b, i);
        else if (i.Op1Kind == OpKind.Register && i.Op1Register.IsSegmentRegister())
            SegmentInstructions.MovFromSegment(b, i);
        else if (i.Op0Kind == OpKind.Memory)
            MovToMemory(b, i);
        else if (i.Op0Kind == OpKind.Register && i.Op1Kind == OpKind.Register && !(i.Op0Register.IsGPR() && i.Op1Register.IsGPR()))
            SystemInstructions.Privileged(b, i); // control and debug registers
        else
            MovToRegister(b, i);
    }

    public static void Lea(BlockBuilder b, in Instruction i)
    {
        Instruction offset = i;
        offset.SegmentPrefix = Register.None; // LEA computes the offset: no segment base is added
        AddressForm form = b.Lower(offset);
        b.EmitMemory(Select.Memory<LoadEffectiveAddress>(i.Op0Register.GetSize(), form), Reg.Offset(i.Op0Register));
        b.MarkPure();
    }

    public static void Cmov(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        ushort source = b.EmitLoad(i, 1, size);
        Handler handler = size switch
        {
            2 => Select.Condition<MoveIf<W16>>(i.ConditionCode),
            4 => Select.Condition<MoveIf<W32>>(i.ConditionCode),
            _ => Select.Condition<MoveIf<W64>>(i.ConditionCode),
        };
        b.Emit(handler, Reg.Offset(i.Op0Register), source);
    }

    public static void Setcc(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Condition<SetIf>(i.ConditionCode), Reg.Offset(i.Op0Register));
            return;
        }
        b.Emit(Select.Condition<SetIf>(i.ConditionCode), CpuState.ValueTempOffset);
        b.EmitStore(i, 1, CpuState.ValueTempOffset);
    }

    public static void Bswap(BlockBuilder b, in Instruction i)
    {
        b.Emit(Select.Width<SwapBytes>(Operands.Size(i)), Reg.Offset(i.Op0Register), Reg.Offset(i.Op0Register));
        b.MarkPure();
    }

    public static void Movbe(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<SwapBytes>(size), Reg.Offset(i.Op0Register), b.EmitLoad(i, 1, size));
            return;
        }
        b.Emit(Select.Width<SwapBytes>(size), CpuState.ValueTempOffset, Reg.Offset(i.Op1Register));
        b.EmitStore(i, size, CpuState.ValueTempOffset);
    }

    /// <summary>XLAT: the index is AL, zero-extended.</summary>
    public static void Xlat(BlockBuilder b, in Instruction i)
    {
        b.Emit(Extension.ZeroExtendFrom(1), CpuState.ValueTempOffset, Reg.Rax);
        Instruction bare = i;
        bare.MemoryIndex = Register.None;
        if (BlockBuilder.IsNarrow(bare))
        {
            b.LowerNarrowWithOffset(bare);
            b.EmitMemory(Select.Memory<LoadRegister>(1, AddressForm.Base), Reg.Rax);
            return;
        }
        b.LowerToBase(bare);
        b.EmitMemory(&TableLookup, Reg.Rax, CpuState.ValueTempOffset);
    }

    private static void MovToMemory(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        AddressForm form = b.Lower(i);
        if (i.Op1Kind == OpKind.Register)
            b.EmitMemory(Select.Memory<StoreRegister>(size, form), source: Reg.Offset(i.Op1Register));
        else
            b.EmitMemory(Select.Memory<StoreImmediate>(size, form), immediate: Operands.Immediate(i));
    }

    private static void MovToRegister(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        ushort destination = Reg.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Memory)
        {
            b.EmitMemory(Select.Memory<LoadRegister>(size, b.Lower(i)), destination);
            return;
        }
        b.MarkPure();
        if (i.Op1Kind != OpKind.Register)
        {
            b.Emit(Select.Width<MoveImmediate>(size), destination, immediate: Operands.Immediate(i));
            return;
        }
        b.Emit(Select.Width<MoveRegister>(size), destination, Reg.Offset(i.Op1Register));
        if (size >= 4)
            b.MarkMove(size);
    }

    private static Block* TableLookup(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        byte* place = Access.Read(s, op, c, BaseAddress.Of(s, op) + s->ValueTemp, 1);
        if (place == null)
            return null;
        Access.Set<W8>(s, op->Destination, *place);
        return op[1].Handler(s, op + 1, c);
    }

    private readonly struct MoveIf<TWidth> : IConditionHandler
        where TWidth : struct, IWidth
    {
        // The destination is written in any case: a 32-bit one loses its upper half.
        public static Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TCondition : struct, ICondition
        {
            ushort from = TCondition.Holds(ref s->Flags) ? op->Source : op->Destination;
            Access.Set<TWidth>(s, op->Destination, Access.Get<TWidth>(s, from));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct SetIf : IConditionHandler
    {
        public static Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TCondition : struct, ICondition
        {
            Access.Set<W8>(s, op->Destination, TCondition.Holds(ref s->Flags) ? 1UL : 0);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct SwapBytes : IWidthHandler
    {
        // BSWAP of a 16-bit register is undefined; processors clear it. MOVBE of 16 bits swaps.
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong value = Access.Get<TWidth>(s, op->Source);
            Access.Set<TWidth>(s, op->Destination, BinaryPrimitives.ReverseEndianness(value) >> (64 - TWidth.Bits));
            return op[1].Handler(s, op + 1, c);
        }
    }
}

/// <summary>Copies a register.</summary>
internal readonly unsafe struct MoveRegister : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        Access.Set<TWidth>(s, op->Destination, Access.Get<TWidth>(s, op->Source));
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>Sets a register to the immediate.</summary>
internal readonly unsafe struct MoveImmediate : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        Access.Set<TWidth>(s, op->Destination, op->Immediate);
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>Loads a register.</summary>
internal readonly unsafe struct LoadRegister : IMemoryHandler
{
    public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
        where TAddress : struct, IAddress => MemoryStep.Load<Step<TWidth>, TAddress>(s, op, c);

    private readonly struct Step<TWidth> : IMemoryStep
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => Access.Set<TWidth>(s, op->Destination, TWidth.Load(place));
    }
}

/// <summary>Stores a register.</summary>
internal readonly unsafe struct StoreRegister : IMemoryHandler
{
    public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
        where TAddress : struct, IAddress => MemoryStep.Store<Step<TWidth>, TAddress>(s, op, c);

    private readonly struct Step<TWidth> : IMemoryStep
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => TWidth.Store(place, Access.Get<TWidth>(s, op->Source));
    }
}

/// <summary>Stores the immediate.</summary>
internal readonly unsafe struct StoreImmediate : IMemoryHandler
{
    public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
        where TAddress : struct, IAddress => MemoryStep.Store<Step<TWidth>, TAddress>(s, op, c);

    private readonly struct Step<TWidth> : IMemoryStep
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => TWidth.Store(place, TAddress.Immediate(op));
    }
}

/// <summary>Sets a register to the address.</summary>
internal readonly unsafe struct LoadEffectiveAddress : IMemoryHandler
{
    public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
        where TAddress : struct, IAddress
    {
        Access.Set<TWidth>(s, op->Destination, TAddress.Of(s, op));
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>Computes an address that has a segment base or is 32 bits wide. The displacement stands as the immediate.</summary>
internal static unsafe class SegmentedAddress
{
    public static Block* Run64(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->AddressTemp = Offset(s, op) + *(ulong*)Access.Register(s, op->Source);
        return op[1].Handler(s, op + 1, c);
    }

    public static Block* Run32(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->AddressTemp = (uint)Offset(s, op) + *(ulong*)Access.Register(s, op->Source);
        return op[1].Handler(s, op + 1, c);
    }

    public static Block* Run32WithOffset(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->AddressTemp = (uint)(Offset(s, op) + s->ValueTemp) + *(ulong*)Access.Register(s, op->Source);
        return op[1].Handler(s, op + 1, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Offset(CpuState* s, MicroOp* op) =>
        *(ulong*)Access.Register(s, op->Base) + (*(ulong*)Access.Register(s, op->Index) << op->Scale) + op->Immediate;
}
