using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>A comparison of registers and the conditional jump behind it, as one step.</summary>
internal static unsafe class FusedJump
{
    /// <summary>The handler for a comparison and a condition.</summary>
    public static Handler Select(Comparison comparison, ConditionCode condition) => comparison.Kind switch
    {
        ComparisonKind.CompareRegister => BySize<Compare, SecondRegister>(comparison.Size, condition),
        ComparisonKind.CompareImmediate => BySize<Compare, SecondImmediate>(comparison.Size, condition),
        ComparisonKind.TestRegister => BySize<Test, SecondRegister>(comparison.Size, condition),
        _ => BySize<Test, SecondImmediate>(comparison.Size, condition),
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
            ulong a = Access.Get<TWidth>(s, op->Destination), b = TSecond.Of<TWidth>(s, op);
            ulong result = TOperation.Apply<TWidth>(ref s->Flags, a, b);
            // After TEST the result is compared with zero: CF and OF are clear.
            bool isCompare = typeof(TOperation) == typeof(Compare);
            long left = (long)SignExtend.Apply<TWidth>(isCompare ? a : result), right = isCompare ? (long)SignExtend.Apply<TWidth>(b) : 0;
            return TCondition.HoldsAfterCompare(ref s->Flags, left, right) ? Branch.Taken(s, op, c) : Branch.NotTaken(s, op, c);
        }
    }
}
