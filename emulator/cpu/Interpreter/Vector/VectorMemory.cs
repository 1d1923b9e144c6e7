using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Whether an operand of a whole vector must be aligned.</summary>
internal interface IAlignment
{
    /// <summary>Whether it must.</summary>
    static abstract bool IsNeeded { get; }
}

internal readonly struct Unaligned : IAlignment
{
    public static bool IsNeeded => false;
}

internal readonly struct Aligned : IAlignment
{
    public static bool IsNeeded => true;
}

/// <summary>Loads and stores of whole vectors, and how a vector operand becomes a register.</summary>
internal static unsafe class VectorMemory
{
    private const int LaneBytes = 16;

    /// <summary>
    /// Makes an operand available as a register: itself, or a step that loads it. One of 16 bytes must be aligned, as Intel SDM vol. 1,
    /// 4.1.1 has it for all SSE instructions but the unaligned moves; for those with a VEX prefix only the aligned moves ask for it.
    /// </summary>
    /// <returns>Offset of the register; above the operand's size its bits are undefined.</returns>
    public static ushort EmitSource(BlockBuilder b, in Instruction i, int operand)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
            return Reg.Offset(i.GetOpRegister(operand));
        int size = i.MemorySize.GetSize();
        if (size < LaneBytes)
            return b.EmitLoad(i, operand, size);
        if (VectorOperands.IsVex(i))
            EmitLoad<Unaligned>(b, i, size, CpuState.VectorTempOffset);
        else
            EmitLoad<Aligned>(b, i, size, CpuState.VectorTempOffset);
        return CpuState.VectorTempOffset;
    }

    /// <summary>Loads 16 or 32 bytes into a register; what is above becomes zero if the instruction has a VEX prefix.</summary>
    public static void EmitLoad<TAlignment>(BlockBuilder b, in Instruction i, int size, ushort destination)
        where TAlignment : struct, IAlignment
    {
        AddressForm form = b.Lower(i);
        b.EmitMemory(size > LaneBytes ? Select.Address<Load<TAlignment, Vex256>>(form)
            : VectorOperands.IsVex(i) ? Select.Address<Load<TAlignment, Vex128>>(form)
            : Select.Address<Load<TAlignment, Xmm>>(form), destination);
    }

    /// <summary>Stores 16 or 32 bytes of a register.</summary>
    public static void EmitStore<TAlignment>(BlockBuilder b, in Instruction i, int size, ushort source)
        where TAlignment : struct, IAlignment
    {
        AddressForm form = b.Lower(i);
        b.EmitMemory(size > LaneBytes ? Select.Address<Store<TAlignment, Vex256>>(form) : Select.Address<Store<TAlignment, Xmm>>(form), source: source);
    }

    private static ulong MisalignmentOf<TAlignment, TForm>(ulong address)
        where TAlignment : struct, IAlignment
        where TForm : struct, IVectorForm => TAlignment.IsNeeded ? address & (ulong)((LaneBytes * TForm.Lanes) - 1) : 0;

    private readonly struct Load<TAlignment, TForm> : IAddressHandler
        where TAlignment : struct, IAlignment
        where TForm : struct, IVectorForm
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress => MisalignmentOf<TAlignment, TForm>(TAddress.Of(s, op)) == 0
            ? MemoryStep.Load<LoadStep<TForm>, TAddress>(s, op, c)
            : Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
    }

    private readonly struct LoadStep<TForm> : IMemoryStep
        where TForm : struct, IVectorForm
    {
        public static int Bytes => LaneBytes * TForm.Lanes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, ((Vector128<byte>*)place)[1], 1);
            TForm.Store(s, op->Destination, *(Vector128<byte>*)place);
        }
    }

    private readonly struct Store<TAlignment, TForm> : IAddressHandler
        where TAlignment : struct, IAlignment
        where TForm : struct, IVectorForm
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress => MisalignmentOf<TAlignment, TForm>(TAddress.Of(s, op)) == 0
            ? MemoryStep.Store<StoreStep<TForm>, TAddress>(s, op, c)
            : Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
    }

    private readonly struct StoreStep<TForm> : IMemoryStep
        where TForm : struct, IVectorForm
    {
        public static int Bytes => LaneBytes * TForm.Lanes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress
        {
            *(Vector128<byte>*)place = TForm.Load(s, op->Source);
            if (TForm.Lanes == 2)
                ((Vector128<byte>*)place)[1] = TForm.Load(s, op->Source, 1);
        }
    }
}
