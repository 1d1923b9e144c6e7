using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>VGATHER and VPGATHER: elements from addresses of their own, under a mask. Intel SDM vol. 2C.</summary>
/// <remarks>
/// Alignment is not checked. Elements are loaded from the lowest on, and the mask of each becomes zero with it: after a fault the instruction goes on where it was. In
/// the step, Source is the mask, Index the vector of indices, Immediate the segment base and, above it, whether the address wraps at 32 bits.
/// </remarks>
internal static unsafe class VectorGather
{
    private const ulong NarrowBit = 1UL << 16;

    /// <summary>Binds a gather of elements of a type by indices of a type.</summary>
    public static void Bind<T, TIndex>(BlockBuilder b, in Instruction i)
        where T : unmanaged
        where TIndex : unmanaged
    {
        if (i.Op0Register == i.Op2Register || IsSame(i.MemoryIndex, i.Op0Register) || IsSame(i.MemoryIndex, i.Op2Register))
        {
            SystemInstructions.Undefined(b, i);
            return;
        }
        ulong segment = i.SegmentPrefix switch
        {
            Register.FS => CpuState.FsBaseOffset,
            Register.GS => CpuState.GsBaseOffset,
            _ => CpuState.ZeroOffset,
        };
        bool narrow = i.MemoryBase == Register.None ? i.MemoryDisplSize == 4 : i.MemoryBase.GetSize() == 4;
        bool wide = i.Op0Register.IsYMM() || i.MemoryIndex.IsYMM();
        Handler handler = wide ? &Gather<T, TIndex, Vex256> : &Gather<T, TIndex, Vex128>;
        b.EmitGather(handler, i, Reg.Offset(i.Op0Register), Reg.Offset(i.Op2Register), segment | (narrow ? NarrowBit : 0));
    }

    private static bool IsSame(Register index, Register other) => index.GetNumber() == other.GetNumber();

    private static Block* Gather<T, TIndex, TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged
        where TIndex : unmanaged
        where TForm : struct, IVectorForm
    {
        // As many elements as the wider of both kinds has room for.
        int count = 16 * TForm.Lanes / Math.Max(sizeof(T), sizeof(TIndex));
        VectorMasked.SuspendAlignmentCheck(c);
        bool done = TryLoad<T, TIndex>(s, op, c, count);
        Mmu.SetAlignmentCheck(s, c);
        Finish(s, op->Destination, count * sizeof(T));
        Finish(s, op->Source, done ? 0 : count * sizeof(T));
        return done ? op[1].Handler(s, op + 1, c) : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryLoad<T, TIndex>(CpuState* s, MicroOp* op, VirtualCpu* c, int count)
        where T : unmanaged
        where TIndex : unmanaged
    {
        T* destination = (T*)Access.Register(s, op->Destination), mask = (T*)Access.Register(s, op->Source);
        TIndex* indices = (TIndex*)Access.Register(s, op->Index);
        for (int at = 0; at < count; at++)
        {
            bool wanted = sizeof(T) == 4 ? ((int*)mask)[at] < 0 : ((long*)mask)[at] < 0;
            if (wanted)
            {
                long index = sizeof(TIndex) == 4 ? ((int*)indices)[at] : ((long*)indices)[at];
                byte* place = Access.Read(s, op, c, AddressOf(s, op, index), sizeof(T));
                if (place == null)
                    return false;
                destination[at] = *(T*)place;
            }
            mask[at] = default;
        }
        return true;
    }

    private static ulong AddressOf(CpuState* s, MicroOp* op, long index)
    {
        ulong offset = *(ulong*)Access.Register(s, op->Base) + (ulong)(index << op->Scale) + (ulong)(long)op->Displacement;
        if ((op->Immediate & NarrowBit) != 0)
            offset = (uint)offset;
        return *(ulong*)Access.Register(s, (ushort)op->Immediate) + offset;
    }

    // What is above the elements is zero, even where a fault ends the instruction.
    private static void Finish(CpuState* s, ushort register, int used) =>
        new Span<byte>(Access.Register(s, register), 64)[used..].Clear();
}
