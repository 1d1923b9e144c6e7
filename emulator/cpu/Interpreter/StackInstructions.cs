using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>PUSH, POP, PUSHF, POPF, ENTER and LEAVE. Intel SDM vol. 2.</summary>
internal static unsafe class StackInstructions
{
    public static void Push(BlockBuilder b, in Instruction i)
    {
        int size = i.StackPointerIncrement == -2 ? 2 : 8;
        if (i.Op0Kind == OpKind.Register && i.Op0Register.IsSegmentRegister())
        {
            b.Emit(Extension.ZeroExtendFrom(2), CpuState.ValueTempOffset, Reg.Offset(i.Op0Register));
            b.Emit(Select.Width<PushRegister>(size), source: CpuState.ValueTempOffset);
        }
        else if (i.Op0Kind is OpKind.Register or OpKind.Memory)
        {
            b.Emit(Select.Width<PushRegister>(size), source: b.EmitLoad(i, 0, size));
        }
        else
        {
            b.Emit(Select.Width<PushImmediate>(size), immediate: Operands.Immediate(i));
        }
    }

    public static void Pop(BlockBuilder b, in Instruction i)
    {
        int size = i.StackPointerIncrement == 2 ? 2 : 8;
        if (i.Op0Kind == OpKind.Register && i.Op0Register.IsSegmentRegister())
        {
            b.Emit(Select.Width<PeekStack>(size), CpuState.ValueTempOffset);
            SegmentInstructions.Load(b, i.Op0Register, CpuState.ValueTempOffset);
            b.Emit(&DropTop, immediate: (ulong)size);
            return;
        }
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<PopRegister>(size), Reg.Offset(i.Op0Register));
            return;
        }
        // The address is computed with RSP as it is after the pop, but RSP changes only if the store succeeds.
        b.Emit(Select.Width<PeekStack>(size), CpuState.ValueTempOffset);
        if (i.MemoryBase.GetFullRegister() == Register.RSP)
            b.LowerToBaseAfterPop(i, size);
        else
            b.LowerToBase(i);
        b.EmitMemory(Select.Width<PopToMemory>(size), source: CpuState.ValueTempOffset);
    }

    public static void Pushf(BlockBuilder b, in Instruction i)
    {
        b.Emit(&ReadFlags, CpuState.ValueTempOffset);
        b.Emit(Select.Width<PushRegister>(i.Mnemonic == Mnemonic.Pushf ? 2 : 8), source: CpuState.ValueTempOffset);
    }

    public static void Popf(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Popf ? 2 : 8;
        b.Emit(Select.Width<PopRegister>(size), CpuState.ValueTempOffset);
        b.Emit(Select.Width<WriteFlags>(size), source: CpuState.ValueTempOffset);
    }

    /// <summary>LEAVE: RSP from RBP, then RBP from the stack.</summary>
    public static void Leave(BlockBuilder b, in Instruction i)
    {
        int size = i.Code == Code.Leavew ? 2 : 8;
        b.UseBase(Rbp);
        b.EmitMemory(Select.Width<RestoreFrame>(size), Rbp);
    }

    /// <summary>ENTER with nesting level 0; deeper frames copy pointers.</summary>
    public static void Enter(BlockBuilder b, in Instruction i)
    {
        ulong sizes = i.Immediate16 | ((ulong)(i.Immediate8_2nd & 31) << 16);
        b.Emit(Select.Width<MakeFrame>(i.Code == Code.Enterw_imm16_imm8 ? 2 : 8), immediate: sizes);
    }

    private const ushort Rbp = 5 * 8;

    private static Block* DropTop(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Gpr[4] += op->Immediate;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ReadFlags(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        // VM and RF read as zero.
        s->ValueTemp = s->RFlags & ~RFlagsBits.Resume;
        return op[1].Handler(s, op + 1, c);
    }

    private readonly struct WriteFlags : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong writable = RFlagsBits.UserWritable & TWidth.Mask;
            s->RFlags = (s->RFlags & ~writable) | (s->ValueTemp & writable);
            Mmu.SetAlignmentCheck(s, c);
            // With TF set, what follows is executed one by one.
            return (s->ControlFlags & RFlagsBits.Trap) == 0 ? op[1].Handler(s, op + 1, c) : Exceptions.Restart(s, op + 1, c);
        }
    }

    private readonly struct PushRegister : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth => MemoryStep.Store<PushStep<TWidth>, BelowTop<TWidth>>(s, op, c);
    }

    private readonly struct PushStep<TWidth> : IMemoryStep
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            TWidth.Store(place, Access.Get<TWidth>(s, op->Source));
            s->Gpr[4] -= (ulong)TWidth.Bytes;
        }
    }

    private readonly struct PushImmediate : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth => MemoryStep.Store<PushConstant<TWidth>, BelowTop<TWidth>>(s, op, c);
    }

    private readonly struct PushConstant<TWidth> : IMemoryStep
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            TWidth.Store(place, op->Immediate);
            s->Gpr[4] -= (ulong)TWidth.Bytes;
        }
    }

    // Where a push goes.
    private readonly struct BelowTop<TWidth> : IAddress
        where TWidth : struct, IWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Of(CpuState* s, MicroOp* op) => s->Gpr[4] - (ulong)TWidth.Bytes;

        public static ulong Immediate(MicroOp* op) => op->Immediate;
    }

    // Where a pop comes from.
    private readonly struct Top : IAddress
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Of(CpuState* s, MicroOp* op) => s->Gpr[4];

        public static ulong Immediate(MicroOp* op) => op->Immediate;
    }

    /// <summary>Stores below RSP and moves RSP, in that order.</summary>
    internal static bool PushValue<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong value)
        where TWidth : struct, IWidth
    {
        ulong top = s->Gpr[4] - (ulong)TWidth.Bytes;
        if (!Access.Store<TWidth>(s, op, c, top, value))
            return false;
        s->Gpr[4] = top;
        return true;
    }

    private readonly struct PopRegister : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth => MemoryStep.Load<PopStep<TWidth>, Top>(s, op, c);
    }

    private readonly struct PopStep<TWidth> : IMemoryStep
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            ulong value = TWidth.Load(place);
            s->Gpr[4] += (ulong)TWidth.Bytes; // before the write: POP RSP loads it
            Access.Set<TWidth>(s, op->Destination, value);
        }
    }

    private readonly struct PeekStack : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Read(s, op, c, s->Gpr[4], TWidth.Bytes);
            if (place == null)
                return null;
            Access.Set<TWidth>(s, op->Destination, TWidth.Load(place));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct PopToMemory : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            if (!Access.Store<TWidth>(s, op, c, BaseAddress.Of(s, op), Access.Get<TWidth>(s, op->Source)))
                return null;
            s->Gpr[4] += (ulong)TWidth.Bytes;
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RestoreFrame : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong frame = s->Gpr[5];
            byte* place = Access.Read(s, op, c, frame, TWidth.Bytes);
            if (place == null)
                return null;
            s->Gpr[4] = frame + (ulong)TWidth.Bytes;
            Access.Set<TWidth>(s, op->Destination, TWidth.Load(place));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct MakeFrame : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong top = s->Gpr[4] - (ulong)TWidth.Bytes, frame = top;
            int level = (int)(op->Immediate >> 16);
            if (!Access.Store<TWidth>(s, op, c, top, Access.Get<TWidth>(s, Rbp)))
                return null;
            ulong link = s->Gpr[5];
            for (int at = 1; at < level; at++)
            {
                link -= (ulong)TWidth.Bytes;
                byte* place = Access.Read(s, op, c, link, TWidth.Bytes);
                if (place == null || !Access.Store<TWidth>(s, op, c, top -= (ulong)TWidth.Bytes, TWidth.Load(place)))
                    return null;
            }
            if (level > 0 && !Access.Store<TWidth>(s, op, c, top -= (ulong)TWidth.Bytes, frame))
                return null;
            ulong stack = top - (ushort)op->Immediate;
            if (Access.Write(s, op, c, stack, TWidth.Bytes) == null) // ENTER faults where the new top cannot be written
                return null;
            Access.Set<TWidth>(s, Rbp, frame);
            s->Gpr[4] = stack;
            return op[1].Handler(s, op + 1, c);
        }
    }
}
