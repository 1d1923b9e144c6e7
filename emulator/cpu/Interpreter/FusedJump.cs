using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>A comparison of registers, or an operation on one, and the conditional jump behind it, as one step.</summary>
internal static unsafe class FusedJump
{
    /// <summary>The handler for a comparison and a condition.</summary>
    public static Handler Select(Comparison comparison, ConditionCode condition) => comparison.Kind switch
    {
        ComparisonKind.CompareRegister => BySize<Compare, SecondRegister>(comparison.Size, condition),
        ComparisonKind.CompareImmediate => BySize<Compare, SecondImmediate>(comparison.Size, condition),
        ComparisonKind.TestRegister => BySize<Test, SecondRegister>(comparison.Size, condition),
        ComparisonKind.TestImmediate => BySize<Test, SecondImmediate>(comparison.Size, condition),
        ComparisonKind.AddRegister => BySize<Add, SecondRegister>(comparison.Size, condition),
        ComparisonKind.AddImmediate => BySize<Add, SecondImmediate>(comparison.Size, condition),
        ComparisonKind.SubtractRegister => BySize<Subtract, SecondRegister>(comparison.Size, condition),
        ComparisonKind.SubtractImmediate => BySize<Subtract, SecondImmediate>(comparison.Size, condition),
        ComparisonKind.AndRegister => BySize<And, SecondRegister>(comparison.Size, condition),
        ComparisonKind.AndImmediate => BySize<And, SecondImmediate>(comparison.Size, condition),
        ComparisonKind.Increment => BySize<Increment>(comparison.Size, condition),
        _ => BySize<Decrement>(comparison.Size, condition),
    };

    private static Handler BySize<TOperation>(int size, ConditionCode condition)
        where TOperation : struct, IUnaryOperation => size switch
        {
            1 => Cpu.Select.Condition<FusedUnary<TOperation, W8>>(condition),
            2 => Cpu.Select.Condition<FusedUnary<TOperation, W16>>(condition),
            4 => Cpu.Select.Condition<FusedUnary<TOperation, W32>>(condition),
            _ => Cpu.Select.Condition<FusedUnary<TOperation, W64>>(condition),
        };

    private static Handler BySize<TOperation, TSecond>(int size, ConditionCode condition)
        where TOperation : struct, IAluOperation
        where TSecond : struct, ISecondOperand => size switch
        {
            1 => Cpu.Select.Condition<Fused<TOperation, TSecond, W8>>(condition),
            2 => Cpu.Select.Condition<Fused<TOperation, TSecond, W16>>(condition),
            4 => Cpu.Select.Condition<Fused<TOperation, TSecond, W32>>(condition),
            _ => Cpu.Select.Condition<Fused<TOperation, TSecond, W64>>(condition),
        };

    private interface ISecondOperand
    {
        static abstract ulong Of<TWidth>(CpuState* s, MicroOp* op)
            where TWidth : struct, IWidth;
    }

    private readonly struct SecondRegister : ISecondOperand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Of<TWidth>(CpuState* s, MicroOp* op)
            where TWidth : struct, IWidth => Access.Get<TWidth>(s, op->Source);
    }

    private readonly struct SecondImmediate : ISecondOperand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Of<TWidth>(CpuState* s, MicroOp* op)
            where TWidth : struct, IWidth => op->Immediate;
    }

    private readonly struct Fused<TOperation, TSecond, TWidth> : IConditionHandler
        where TOperation : struct, IAluOperation
        where TSecond : struct, ISecondOperand
        where TWidth : struct, IWidth
    {
        public static Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TCondition : struct, ICondition
        {
            ulong a = Access.Get<TWidth>(s, TOperation.Writes ? op->Base : op->Destination), b = TSecond.Of<TWidth>(s, op);
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, a, b);
            if (TOperation.Writes)
                Access.Set<TWidth>(s, op->Destination, result);
            return Holds<TCondition>(s, a, b, result) ? Branch.Taken(s, op, c) : Branch.NotTaken(s, op, c);
        }

        // After a subtraction the operands tell; after TEST and AND the result compared with zero, as CF and OF are clear.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool Holds<TCondition>(CpuState* s, ulong a, ulong b, ulong result)
            where TCondition : struct, ICondition
        {
            if (typeof(TOperation) == typeof(Add))
                return TCondition.Holds(ref s->Flags);
            bool subtracts = typeof(TOperation) == typeof(Compare) || typeof(TOperation) == typeof(Subtract);
            long left = (long)SignExtend.Apply<TWidth>(subtracts ? a : result), right = subtracts ? (long)SignExtend.Apply<TWidth>(b) : 0;
            return TCondition.HoldsAfterCompare(ref s->Flags, left, right);
        }
    }

    private readonly struct FusedUnary<TOperation, TWidth> : IConditionHandler
        where TOperation : struct, IUnaryOperation
        where TWidth : struct, IWidth
    {
        public static Block* Run<TCondition>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TCondition : struct, ICondition
        {
            Access.Set<TWidth>(s, op->Destination, TOperation.Apply<TWidth>(ref s->Flags, Access.Get<TWidth>(s, op->Base)));
            return TCondition.Holds(ref s->Flags) ? Branch.Taken(s, op, c) : Branch.NotTaken(s, op, c);
        }
    }
}
