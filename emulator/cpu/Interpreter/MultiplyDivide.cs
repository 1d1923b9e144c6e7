using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>MUL, IMUL, DIV and IDIV. Intel SDM vol. 2.</summary>
internal static unsafe class MultiplyDivide
{
    public static void Mul(BlockBuilder b, in Instruction i) => BindAccumulator<MultiplyUnsigned>(b, i);

    public static void Div(BlockBuilder b, in Instruction i) => BindAccumulator<DivideUnsigned>(b, i);

    public static void Idiv(BlockBuilder b, in Instruction i) => BindAccumulator<DivideSigned>(b, i);

    public static void Imul(BlockBuilder b, in Instruction i)
    {
        if (i.OpCount == 1)
        {
            BindAccumulator<MultiplySigned>(b, i);
            return;
        }
        int size = Operands.Size(i);
        ushort source = b.EmitLoad(i, 1, size), destination = Reg.Offset(i.Op0Register);
        if (i.OpCount == 3)
            b.Emit(Select.Width<TimesImmediate>(size), destination, source, Operands.Immediate(i));
        else
            b.Emit(Select.Width<TimesRegister>(size), destination, source);
    }

    private static void BindAccumulator<T>(BlockBuilder b, in Instruction i)
        where T : struct, IWidthHandler
    {
        int size = Operands.Size(i);
        b.Emit(Select.Width<T>(size), source: b.EmitLoad(i, 0, size));
    }

    // The high and the low half of the accumulator: AH:AL for bytes, xDX:xAX otherwise.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort HighHalf<TWidth>()
        where TWidth : struct, IWidth => TWidth.Bytes == 1 ? (ushort)(Reg.Rax + 1) : Reg.Rdx;

    // Rounds toward zero, as the truncated product differs from the whole one. Intel: CF = OF = significant bits were lost.
    private static ulong MultiplyLow<TWidth>(CpuState* s, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        long x = (long)SignExtend.Apply<TWidth>(a), y = (long)SignExtend.Apply<TWidth>(b);
        long high = Math.BigMul(x, y, out long low);
        bool lost = TWidth.Bits == 64 ? high != low >> 63 : low != (long)SignExtend.Apply<TWidth>((ulong)low);
        s->Flags.Set((ulong)low, TWidth.Bits, lost, lost);
        return (ulong)low;
    }

    private readonly struct TimesRegister : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, op->Destination), b = Access.Get<TWidth>(s, op->Source);
            Access.Set<TWidth>(s, op->Destination, MultiplyLow<TWidth>(s, a, b));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct TimesImmediate : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TWidth>(s, op->Destination, MultiplyLow<TWidth>(s, Access.Get<TWidth>(s, op->Source), op->Immediate));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct MultiplyUnsigned : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong high = Math.BigMul(Access.Get<TWidth>(s, Reg.Rax), Access.Get<TWidth>(s, op->Source), out ulong low);
            if (TWidth.Bits != 64)
                high = low >> TWidth.Bits;
            Access.Set<TWidth>(s, Reg.Rax, low);
            Access.Set<TWidth>(s, HighHalf<TWidth>(), high);
            s->Flags.Set(low, TWidth.Bits, high != 0, high != 0);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct MultiplySigned : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            long x = (long)SignExtend.Apply<TWidth>(Access.Get<TWidth>(s, Reg.Rax));
            long y = (long)SignExtend.Apply<TWidth>(Access.Get<TWidth>(s, op->Source));
            long high = Math.BigMul(x, y, out long low);
            bool lost = TWidth.Bits == 64 ? high != low >> 63 : low != (long)SignExtend.Apply<TWidth>((ulong)low);
            if (TWidth.Bits != 64)
                high = low >> TWidth.Bits;
            Access.Set<TWidth>(s, Reg.Rax, (ulong)low);
            Access.Set<TWidth>(s, HighHalf<TWidth>(), (ulong)high);
            s->Flags.Set((ulong)low, TWidth.Bits, lost, lost);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct DivideUnsigned : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong divisor = Access.Get<TWidth>(s, op->Source);
            ulong high = Access.Get<TWidth>(s, HighHalf<TWidth>()), low = Access.Get<TWidth>(s, Reg.Rax);
            if (high >= divisor) // the quotient does not fit; true for a divisor of zero too
                return Exceptions.Raise(s, op, c, ExceptionVector.DivideError);
            (ulong quotient, ulong remainder) = Divide<TWidth>(high, low, divisor);
            Access.Set<TWidth>(s, Reg.Rax, quotient);
            Access.Set<TWidth>(s, HighHalf<TWidth>(), remainder);
            return op[1].Handler(s, op + 1, c);
        }

        private static (ulong Quotient, ulong Remainder) Divide<TWidth>(ulong high, ulong low, ulong divisor)
            where TWidth : struct, IWidth
        {
            if (TWidth.Bits != 64)
                return Math.DivRem((high << TWidth.Bits) | low, divisor);
            return high == 0 ? Math.DivRem(low, divisor) : DivideLong(high, low, divisor);
        }

        // Apart: what names UInt128 is compiled when the program runs.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static (ulong Quotient, ulong Remainder) DivideLong(ulong high, ulong low, ulong divisor)
        {
            (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(new UInt128(high, low), divisor);
            return ((ulong)quotient, (ulong)remainder);
        }
    }

    private readonly struct DivideSigned : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            long divisor = (long)SignExtend.Apply<TWidth>(Access.Get<TWidth>(s, op->Source));
            ulong high = Access.Get<TWidth>(s, HighHalf<TWidth>()), low = Access.Get<TWidth>(s, Reg.Rax);
            if (divisor == 0 || !TryDivide<TWidth>(high, low, divisor, out long quotient, out long remainder))
                return Exceptions.Raise(s, op, c, ExceptionVector.DivideError);
            Access.Set<TWidth>(s, Reg.Rax, (ulong)quotient);
            Access.Set<TWidth>(s, HighHalf<TWidth>(), (ulong)remainder);
            return op[1].Handler(s, op + 1, c);
        }

        private static bool TryDivide<TWidth>(ulong high, ulong low, long divisor, out long quotient, out long remainder)
            where TWidth : struct, IWidth
        {
            Int128 dividend = TWidth.Bits == 64
                ? new Int128(high, low)
                : (long)(((high << TWidth.Bits) | low) << (64 - Math.Min(64, 2 * TWidth.Bits))) >> (64 - Math.Min(64, 2 * TWidth.Bits));
            quotient = remainder = 0;
            if (dividend == (long)dividend && !(dividend == long.MinValue && divisor == -1))
            {
                (quotient, remainder) = Math.DivRem((long)dividend, divisor);
            }
            else
            {
                (Int128 wide, Int128 rest) = Int128.DivRem(dividend, divisor);
                quotient = (long)wide;
                remainder = (long)rest;
                if (wide != quotient)
                    return false;
            }
            return quotient == (long)SignExtend.Apply<TWidth>((ulong)quotient & TWidth.Mask);
        }
    }
}
