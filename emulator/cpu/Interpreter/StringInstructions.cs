using System.Runtime.CompilerServices;
using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>MOVS, STOS, LODS, SCAS and CMPS, alone and with REP, a page at a time where that is the same. Intel SDM vol. 2.</summary>
/// <remarks>
/// After a fault or an interruption in the middle the registers tell how far it came and RIP is at the instruction, which goes on from
/// there. Source is the offset of the segment base for RSI; the immediate is the mask of the address size.
/// </remarks>
internal static unsafe class StringInstructions
{
    private const ushort Rsi = 6 * 8, Rdi = 7 * 8;

    /// <summary>Binds one instruction of the group.</summary>
    public static void Bind<T>(BlockBuilder b, in Instruction i)
        where T : struct, IStringOperation
    {
        int size = T.SizeOf(i);
        ulong mask = UsesNarrowAddress(i) ? uint.MaxValue : ulong.MaxValue;
        ushort segment = i.SegmentPrefix switch
        {
            Register.FS => CpuState.FsBaseOffset,
            Register.GS => CpuState.GsBaseOffset,
            _ => CpuState.ZeroOffset,
        };
        Handler handler = i.HasRepnePrefix && T.Compares ? Select.Width<Repeated<T, WhileNotEqual>>(size)
            : i.HasRepPrefix || i.HasRepnePrefix ? Select.Width<Repeated<T, WhileEqual>>(size)
            : Select.Width<Once<T>>(size);
        b.Emit(handler, source: segment, immediate: mask);
    }

    private static bool UsesNarrowAddress(in Instruction i)
    {
        for (int operand = 0; operand < i.OpCount; operand++)
        {
            if (i.GetOpKind(operand) is OpKind.MemorySegESI or OpKind.MemorySegSI or OpKind.MemoryESEDI or OpKind.MemoryESDI)
                return true;
        }
        return false;
    }

    /// <summary>Which comparison lets a repetition go on.</summary>
    private interface IRepeatCondition
    {
        static abstract bool WhileZero { get; }
    }

    private readonly struct WhileEqual : IRepeatCondition
    {
        public static bool WhileZero => true;
    }

    private readonly struct WhileNotEqual : IRepeatCondition
    {
        public static bool WhileZero => false;
    }

    private readonly struct Once<T> : IWidthHandler
        where T : struct, IStringOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth => T.Step<TWidth>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
    }

    private readonly struct Repeated<T, TCondition> : IWidthHandler
        where T : struct, IStringOperation
        where TCondition : struct, IRepeatCondition
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong mask = op->Immediate;
            while ((s->Gpr[1] & mask) != 0)
            {
                ulong count = s->Gpr[1] & mask;
                ulong done = (s->ControlFlags & (RFlagsBits.Direction | RFlagsBits.Trap)) == 0 ? T.Bulk<TWidth>(s, op, c, count) : 0;
                if (done == 0)
                {
                    if (!T.Step<TWidth>(s, op, c))
                        return null;
                    done = 1;
                }
                SetMasked(s, Reg.Rcx, count - done, mask);
                if (T.Compares && s->Flags.Zero != TCondition.WhileZero)
                    break;
                if (count != done && (c->Interrupt != 0 || (s->ControlFlags & RFlagsBits.Trap) != 0))
                    return Exceptions.Restart(s, op, c);
            }
            return op[1].Handler(s, op + 1, c);
        }
    }

    /// <summary>Writes a register of the address size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SetMasked(CpuState* s, ushort register, ulong value, ulong mask) =>
        *(ulong*)Access.Register(s, register) = value & mask;

    /// <summary>Address of the source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong SourceOf(CpuState* s, MicroOp* op) => (s->Gpr[6] & op->Immediate) + *(ulong*)Access.Register(s, op->Source);

    /// <summary>Address of the destination.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong DestinationOf(CpuState* s, MicroOp* op) => s->Gpr[7] & op->Immediate;

    /// <summary>Moves RSI on.</summary>
    internal static void AdvanceSource(CpuState* s, MicroOp* op, long bytes) => SetMasked(s, Rsi, s->Gpr[6] + (ulong)Signed(s, bytes), op->Immediate);

    /// <summary>Moves RDI on.</summary>
    internal static void AdvanceDestination(CpuState* s, MicroOp* op, long bytes) => SetMasked(s, Rdi, s->Gpr[7] + (ulong)Signed(s, bytes), op->Immediate);

    private static long Signed(CpuState* s, long bytes) => (s->ControlFlags & RFlagsBits.Direction) == 0 ? bytes : -bytes;

    /// <summary>Elements from an address to the end of its page, and not more than wanted.</summary>
    internal static ulong ElementsInPage(ulong address, ulong count, int size) =>
        Math.Min(count, (MmConstants.PageSize - (address & ~MmConstants.PageMask)) / (ulong)size);
}

/// <summary>One of the string instructions.</summary>
internal unsafe interface IStringOperation
{
    /// <summary>Whether it sets the flags, so that REPE and REPNE end at them.</summary>
    static abstract bool Compares { get; }

    /// <summary>Bytes of an element.</summary>
    static abstract int SizeOf(in Instruction i);

    /// <summary>One element. RCX is the caller's.</summary>
    /// <returns>Whether it could be done.</returns>
    static abstract bool Step<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth;

    /// <summary>As many elements as can be done at once going upward, without a fault.</summary>
    /// <returns>How many; 0 for the caller to take one step.</returns>
    static abstract ulong Bulk<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong count)
        where TWidth : struct, IWidth;
}
