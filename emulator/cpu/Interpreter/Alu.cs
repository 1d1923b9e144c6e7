using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>ADD, OR, ADC, SBB, AND, SUB, XOR, CMP and TEST in all their forms. Intel SDM vol. 2A.</summary>
internal static unsafe class Alu
{
    /// <summary>Binds one instruction of the group.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IAluOperation
    {
        int size = Operands.Size(i);
        if (i.Op0Kind == OpKind.Memory)
        {
            BindMemoryDestination<TOperation>(b, i, size);
            return;
        }
        ushort destination = Reg.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Memory)
        {
            AddressForm form = b.Lower(i);
            b.EmitMemory(Select.Memory<RegisterMemory<TOperation>>(size, form), destination);
            b.MarkQuiet(TOperation.Writes ? Select.Memory<RegisterMemoryQuiet<TOperation>>(size, form) : null);
            return;
        }
        if (i.Op1Kind == OpKind.Register)
            BindRegister<TOperation>(b, size, destination, Reg.Offset(i.Op1Register));
        else
            BindImmediate<TOperation>(b, size, destination, Operands.Immediate(i) & (ulong.MaxValue >> (64 - (size * 8))));
        b.MarkPure();
        b.PendingComparison = new Comparison(TOperation.FusedAs(i.Op1Kind == OpKind.Register), size, b.SlotCount);
    }

    private static void BindRegister<TOperation>(BlockBuilder b, int size, ushort destination, ushort source)
        where TOperation : struct, IAluOperation
    {
        Handler handler = Select.Width<RegisterRegister<TOperation>>(size);
        if (TOperation.Writes)
            b.EmitOnMoved(handler, size, destination, source, 0);
        else
            b.Emit(handler, destination, source);
        b.MarkQuiet(TOperation.Writes ? Select.Width<RegisterRegisterQuiet<TOperation>>(size) : null);
    }

    private static void BindImmediate<TOperation>(BlockBuilder b, int size, ushort destination, ulong immediate)
        where TOperation : struct, IAluOperation
    {
        Handler handler = Select.Width<RegisterImmediate<TOperation>>(size);
        if (TOperation.Writes)
            b.EmitOnMoved(handler, size, destination, CpuState.ZeroOffset, immediate);
        else
            b.Emit(handler, destination, CpuState.ZeroOffset, immediate);
        b.MarkQuiet(TOperation.Writes ? Select.Width<RegisterImmediateQuiet<TOperation>>(size) : null);
    }

    private static void BindMemoryDestination<TOperation>(BlockBuilder b, in Instruction i, int size)
        where TOperation : struct, IAluOperation
    {
        bool register = i.Op1Kind == OpKind.Register;
        ushort source = register ? Reg.Offset(i.Op1Register) : CpuState.ZeroOffset;
        ulong immediate = register ? 0 : Operands.Immediate(i);
        if (i.HasLockPrefix)
        {
            b.LowerToBase(i);
            b.EmitMemory(register ? Select.Width<LockedRegister<TOperation>>(size) : Select.Width<LockedImmediate<TOperation>>(size),
                source: source, immediate: immediate);
            return;
        }
        AddressForm form = b.Lower(i);
        b.EmitMemory(register ? Select.Memory<MemoryRegister<TOperation>>(size, form) : Select.Memory<MemoryImmediate<TOperation>>(size, form),
            source: source, immediate: immediate);
    }

    // The first operand of those that write is named by Base: a copy before the instruction may have been taken into it.
    private readonly struct RegisterRegister<TOperation> : IWidthHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, TOperation.Writes ? op->Base : op->Destination), b = Access.Get<TWidth>(s, op->Source);
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, a, b);
            if (TOperation.Writes)
                Access.Set<TWidth>(s, op->Destination, result);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RegisterRegisterQuiet<TOperation> : IWidthHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, op->Base), b = Access.Get<TWidth>(s, op->Source);
            Access.Set<TWidth>(s, op->Destination, TOperation.Result(a, b, ref s->Flags));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RegisterImmediate<TOperation> : IWidthHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, TOperation.Writes ? op->Base : op->Destination);
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, a, op->Immediate);
            if (TOperation.Writes)
                Access.Set<TWidth>(s, op->Destination, result);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RegisterImmediateQuiet<TOperation> : IWidthHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TWidth>(s, op->Destination, TOperation.Result(Access.Get<TWidth>(s, op->Base), op->Immediate, ref s->Flags));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RegisterMemory<TOperation> : IMemoryHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => MemoryStep.Load<ToRegister<TOperation, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct ToRegister<TOperation, TWidth> : IMemoryStep
        where TOperation : struct, IAluOperation
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, Access.Get<TWidth>(s, op->Destination), TWidth.Load(place));
            if (TOperation.Writes)
                Access.Set<TWidth>(s, op->Destination, result);
        }
    }

    private readonly struct RegisterMemoryQuiet<TOperation> : IMemoryHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => MemoryStep.Load<ToRegisterQuiet<TOperation, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct ToRegisterQuiet<TOperation, TWidth> : IMemoryStep
        where TOperation : struct, IAluOperation
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress =>
            Access.Set<TWidth>(s, op->Destination, TOperation.Result(Access.Get<TWidth>(s, op->Destination), TWidth.Load(place), ref s->Flags));
    }

    private readonly struct MemoryRegister<TOperation> : IMemoryHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => TOperation.Writes
            ? MemoryStep.Store<ToMemory<TOperation, TWidth>, TAddress>(s, op, c)
            : MemoryStep.Load<ToMemory<TOperation, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct ToMemory<TOperation, TWidth> : IMemoryStep
        where TOperation : struct, IAluOperation
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, TWidth.Load(place), Access.Get<TWidth>(s, op->Source));
            if (TOperation.Writes)
                TWidth.Store(place, result);
        }
    }

    private readonly struct MemoryImmediate<TOperation> : IMemoryHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => TOperation.Writes
            ? MemoryStep.Store<ImmediateToMemory<TOperation, TWidth>, TAddress>(s, op, c)
            : MemoryStep.Load<ImmediateToMemory<TOperation, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct ImmediateToMemory<TOperation, TWidth> : IMemoryStep
        where TOperation : struct, IAluOperation
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, TWidth.Load(place), TAddress.Immediate(op) & TWidth.Mask);
            if (TOperation.Writes)
                TWidth.Store(place, result);
        }
    }

    private readonly struct LockedRegister<TOperation> : IWidthHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth =>
            ModifyLocked<TOperation, TWidth>(s, op, c, Access.Get<TWidth>(s, op->Source)) ? op[1].Handler(s, op + 1, c) : null;
    }

    private readonly struct LockedImmediate<TOperation> : IWidthHandler
        where TOperation : struct, IAluOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth =>
            ModifyLocked<TOperation, TWidth>(s, op, c, op->Immediate & TWidth.Mask) ? op[1].Handler(s, op + 1, c) : null;
    }

    private static bool ModifyLocked<TOperation, TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong b)
        where TOperation : struct, IAluOperation
        where TWidth : struct, IWidth
    {
        byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
        if (place == null)
            return false;
        ulong a = TWidth.Load(place);
        while (true)
        {
            LazyFlags flags = s->Flags;
            ulong result = TOperation.Apply<TWidth>(ref flags, a, b);
            ulong found = TWidth.CompareExchange(place, result, a);
            if (found == a)
            {
                s->Flags = flags;
                break;
            }
            a = found;
        }
        Access.Commit(c, place);
        return true;
    }
}
