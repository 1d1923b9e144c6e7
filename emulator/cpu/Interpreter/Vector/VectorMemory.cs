using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Whether an operand of 16 bytes must be aligned.</summary>
internal interface IAlignment
{
    /// <summary>The bits of an address that must be clear.</summary>
    static abstract ulong Mask { get; }
}

internal readonly struct Unaligned : IAlignment
{
    public static ulong Mask => 0;
}

internal readonly struct Aligned : IAlignment
{
    public static ulong Mask => 15;
}

/// <summary>Loads and stores of 16 bytes, and how a vector operand becomes a register.</summary>
internal static unsafe class VectorMemory
{
    /// <summary>
    /// Makes an operand available as a register: itself, or a step that loads it. One of 16 bytes must be aligned, as Intel SDM vol. 1,
    /// 4.1.1 has it for all SSE instructions but the unaligned moves.
    /// </summary>
    /// <returns>Offset of the register; above the operand's size its bits are undefined.</returns>
    public static ushort EmitSource(BlockBuilder b, in Instruction i, int operand)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
            return Reg.Offset(i.GetOpRegister(operand));
        int size = i.MemorySize.GetSize();
        if (size <= 8)
            return b.EmitLoad(i, operand, size);
        EmitLoad<Aligned>(b, i, CpuState.VectorTempOffset);
        return CpuState.VectorTempOffset;
    }

    /// <summary>Loads 16 bytes into a register.</summary>
    public static void EmitLoad<TAlignment>(BlockBuilder b, in Instruction i, ushort destination)
        where TAlignment : struct, IAlignment => b.EmitMemory(Select.Address<Load<TAlignment>>(b.Lower(i)), destination);

    /// <summary>Stores 16 bytes of a register.</summary>
    public static void EmitStore<TAlignment>(BlockBuilder b, in Instruction i, ushort source)
        where TAlignment : struct, IAlignment => b.EmitMemory(Select.Address<Store<TAlignment>>(b.Lower(i)), source: source);

    private readonly struct Load<TAlignment> : IAddressHandler
        where TAlignment : struct, IAlignment
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress => (TAddress.Of(s, op) & TAlignment.Mask) == 0
            ? MemoryStep.Load<LoadStep, TAddress>(s, op, c)
            : Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
    }

    private readonly struct LoadStep : IMemoryStep
    {
        public static int Bytes => Vector128<byte>.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => Xmm.Store(s, op->Destination, *(Vector128<byte>*)place);
    }

    private readonly struct Store<TAlignment> : IAddressHandler
        where TAlignment : struct, IAlignment
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress => (TAddress.Of(s, op) & TAlignment.Mask) == 0
            ? MemoryStep.Store<StoreStep, TAddress>(s, op, c)
            : Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
    }

    private readonly struct StoreStep : IMemoryStep
    {
        public static int Bytes => Vector128<byte>.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => *(Vector128<byte>*)place = Xmm.Load(s, op->Source);
    }
}
