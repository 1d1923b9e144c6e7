using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>A one-operand operation on a register or memory.</summary>
internal interface IUnaryOperation
{
    /// <summary>How a jump behind it can take it over.</summary>
    static abstract ComparisonKind FusedAs { get; }

    /// <summary>The result alone, where the flags are not asked for.</summary>
    static abstract ulong Result(ulong a);

    /// <summary>Computes the result and the flags.</summary>
    static abstract ulong Apply<TWidth>(ref LazyFlags flags, ulong a)
        where TWidth : struct, IWidth;
}

/// <summary>INC, DEC, NEG and NOT.</summary>
internal static unsafe class Unary
{
    /// <summary>Binds one instruction of the group.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IUnaryOperation
    {
        int size = Operands.Size(i);
        if (i.Op0Kind == OpKind.Register)
        {
            b.EmitOnMoved(Select.Width<OnRegister<TOperation>>(size), size, Reg.Offset(i.Op0Register), CpuState.ZeroOffset, 0);
            b.MarkPure();
            b.MarkQuiet(Select.Width<OnRegisterQuiet<TOperation>>(size));
            b.PendingComparison = new Comparison(TOperation.FusedAs, size, b.SlotCount);
            return;
        }
        if (i.HasLockPrefix)
        {
            b.LowerToBase(i);
            b.EmitMemory(Select.Width<Locked<TOperation>>(size));
            return;
        }
        b.EmitMemory(Select.Memory<OnMemory<TOperation>>(size, b.Lower(i)));
    }

    private readonly struct OnRegister<TOperation> : IWidthHandler
        where TOperation : struct, IUnaryOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TWidth>(s, op->Destination, TOperation.Apply<TWidth>(ref s->Flags, Access.Get<TWidth>(s, op->Base)));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct OnRegisterQuiet<TOperation> : IWidthHandler
        where TOperation : struct, IUnaryOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TWidth>(s, op->Destination, TOperation.Result(Access.Get<TWidth>(s, op->Base)));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct OnMemory<TOperation> : IMemoryHandler
        where TOperation : struct, IUnaryOperation
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => MemoryStep.Store<Modify<TOperation, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct Modify<TOperation, TWidth> : IMemoryStep
        where TOperation : struct, IUnaryOperation
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => TWidth.Store(place, TOperation.Apply<TWidth>(ref s->Flags, TWidth.Load(place)));
    }

    private readonly struct Locked<TOperation> : IWidthHandler
        where TOperation : struct, IUnaryOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
            if (place == null)
                return null;
            Exchange<TWidth>(ref s->Flags, place);
            Access.Commit(c, place);
            return op[1].Handler(s, op + 1, c);
        }

        private static void Exchange<TWidth>(ref LazyFlags result, byte* place)
            where TWidth : struct, IWidth
        {
            while (true)
            {
                ulong a = TWidth.Load(place);
                LazyFlags flags = result;
                ulong changed = TOperation.Apply<TWidth>(ref flags, a);
                if (TWidth.CompareExchange(place, changed, a) != a)
                    continue;
                result = flags;
                return;
            }
        }
    }
}

internal readonly struct Increment : IUnaryOperation
{
    public static ComparisonKind FusedAs => ComparisonKind.Increment;

    public static ulong Result(ulong a) => a + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a)
        where TWidth : struct, IWidth
    {
        bool carry = flags.Carry;
        ulong result = Add.Apply<TWidth>(ref flags, a, 1);
        flags.SetCarry(carry);
        return result;
    }
}

internal readonly struct Decrement : IUnaryOperation
{
    public static ComparisonKind FusedAs => ComparisonKind.Decrement;

    public static ulong Result(ulong a) => a - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a)
        where TWidth : struct, IWidth
    {
        bool carry = flags.Carry;
        ulong result = Subtract.Apply<TWidth>(ref flags, a, 1);
        flags.SetCarry(carry);
        return result;
    }
}

internal readonly struct Negate : IUnaryOperation
{
    public static ComparisonKind FusedAs => ComparisonKind.None;

    public static ulong Result(ulong a) => 0 - a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a)
        where TWidth : struct, IWidth => Subtract.Apply<TWidth>(ref flags, 0, a);
}

internal readonly struct Complement : IUnaryOperation
{
    public static ComparisonKind FusedAs => ComparisonKind.None;

    public static ulong Result(ulong a) => ~a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a)
        where TWidth : struct, IWidth => ~a;
}
