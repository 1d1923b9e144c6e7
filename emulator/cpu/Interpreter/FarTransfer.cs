using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// Far JMP, CALL and RET, and IRET, within the one code segment that 64-bit programs have. To any other they are #GP. Intel SDM vol. 2.
/// </summary>
internal static unsafe class FarTransfer
{
    // A jump or call may ask for any privilege level of code that stands at its own.
    private const uint AnyPrivilege = 3;

    /// <summary>JMP m16:16, m16:32, m16:64.</summary>
    public static void Jump(BlockBuilder b, in Instruction i)
    {
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<JumpToMemory>(OffsetSize(i)));
        b.EmitExit(&Go);
    }

    /// <summary>CALL m16:16, m16:32, m16:64.</summary>
    public static void Call(BlockBuilder b, in Instruction i)
    {
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<JumpToMemory>(OffsetSize(i)));
        b.EmitExit(Select.Width<PushReturn>(OffsetSize(i)), immediate: i.NextIP);
    }

    /// <summary>RETF; the immediate is what it drops of the stack behind the address.</summary>
    public static void Return(BlockBuilder b, in Instruction i)
    {
        int size = i.Code switch
        {
            Code.Retfw or Code.Retfw_imm16 => 2,
            Code.Retfd or Code.Retfd_imm16 => 4,
            _ => 8,
        };
        b.EmitExit(Select.Width<ReturnFar>(size), immediate: i.OpCount == 1 ? (ulong)i.Immediate16 : 0);
    }

    /// <summary>IRET: in 64-bit mode it always restores the stack too.</summary>
    public static void InterruptReturn(BlockBuilder b, in Instruction i) => b.EmitExit(Select.Width<ReturnFromInterrupt>(i.Code switch
    {
        Code.Iretw => 2,
        Code.Iretd => 4,
        _ => 8,
    }));

    private static int OffsetSize(in Instruction i) => i.MemorySize switch
    {
        MemorySize.SegPtr16 => 2,
        MemorySize.SegPtr32 => 4,
        _ => 8,
    };

    // Offset and selector; the offset becomes the value that the next step goes to.
    private readonly struct JumpToMemory : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Read(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes + 2);
            if (place == null)
                return null;
            ulong target = TWidth.Load(place);
            uint selector = *(ushort*)(place + TWidth.Bytes);
            if (!IsAllowed(selector | AnyPrivilege, target))
                return RaiseSelector(s, op, c, selector | AnyPrivilege);
            s->ValueTemp = target;
            return op[1].Handler(s, op + 1, c);
        }
    }

    private static Block* Go(CpuState* s, MicroOp* op, VirtualCpu* c) => Branch.To(s, op, c, s->ValueTemp);

    private readonly struct PushReturn : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong top = s->Gpr[4] - (2 * (ulong)TWidth.Bytes);
            byte* place = Access.Write(s, op, c, top, 2 * TWidth.Bytes);
            if (place == null)
                return null;
            TWidth.Store(place, op->Immediate);
            TWidth.Store(place + TWidth.Bytes, SegmentRegisters.UserCs);
            Access.Commit(c, place);
            s->Gpr[4] = top;
            return Branch.To(s, op, c, s->ValueTemp);
        }
    }

    private readonly struct ReturnFar : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Read(s, op, c, s->Gpr[4], 2 * TWidth.Bytes);
            if (place == null)
                return null;
            ulong target = TWidth.Load(place);
            uint selector = (ushort)TWidth.Load(place + TWidth.Bytes);
            if (!IsAllowed(selector, target))
                return RaiseSelector(s, op, c, selector);
            s->Gpr[4] += (2 * (ulong)TWidth.Bytes) + op->Immediate;
            return Branch.To(s, op, c, target);
        }
    }

    private readonly struct ReturnFromInterrupt : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Read(s, op, c, s->Gpr[4], 5 * TWidth.Bytes);
            if (place == null)
                return null;
            ulong target = TWidth.Load(place), flags = TWidth.Load(place + (2 * TWidth.Bytes)), stack = TWidth.Load(place + (3 * TWidth.Bytes));
            uint code = (ushort)TWidth.Load(place + TWidth.Bytes), data = (ushort)TWidth.Load(place + (4 * TWidth.Bytes));
            if (!IsAllowed(code, target))
                return RaiseSelector(s, op, c, code);
            if (data != SegmentRegisters.UserDs)
                return RaiseSelector(s, op, c, data);
            ulong writable = (RFlagsBits.UserWritable | RFlagsBits.Resume) & TWidth.Mask;
            s->RFlags = (s->RFlags & ~writable) | (flags & writable);
            s->Gpr[4] = stack;
            s->Rip = target;
            Mmu.SetAlignmentCheck(s, c);
            return null; // the dispatcher sees TF
        }
    }

    private static bool IsAllowed(uint selector, ulong target) => selector == SegmentRegisters.UserCs && Mmu.IsCanonical(target);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* RaiseSelector(CpuState* s, MicroOp* op, VirtualCpu* c, uint selector) =>
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection, selector == SegmentRegisters.UserCs ? 0 : selector & ~3u);
}
