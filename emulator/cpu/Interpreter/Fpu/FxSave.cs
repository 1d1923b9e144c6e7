using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>FXSAVE, FXSAVE64, FXRSTOR and FXRSTOR64. Intel SDM vol. 2A.</summary>
internal static unsafe class FxSave
{
    private const int Chunk = 16, InstructionPlace = 8, DataPlace = 16;
    private const ulong Wide = 1;

    public static void Save(BlockBuilder b, in Instruction i) =>
        b.EmitMemory(Select.Address<SaveState>(b.Lower(i)), immediate: i.Mnemonic == Mnemonic.Fxsave64 ? Wide : 0);

    public static void Restore(BlockBuilder b, in Instruction i) =>
        b.EmitMemory(Select.Address<RestoreState>(b.Lower(i)), immediate: i.Mnemonic == Mnemonic.Fxrstor64 ? Wide : 0);

    private readonly struct SaveState : IAddressHandler
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            RunSave(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op) == Wide) ? op[1].Handler(s, op + 1, c) : null;
    }

    private readonly struct RestoreState : IAddressHandler
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            RunRestore(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op) == Wide) ? op[1].Handler(s, op + 1, c) : null;
    }

    // Without REX.W the pointers are 32 bits wide, with selectors above them, which are zero.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunSave(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, bool wide)
    {
        if (!IsAligned(s, op, c, address))
            return false;
        byte* image = stackalloc byte[FxImage.WrittenSize];
        FxImage.Save(ref *s, new Span<byte>(image, FxImage.WrittenSize));
        if (!wide)
            *(uint*)(image + InstructionPlace + 4) = *(uint*)(image + DataPlace + 4) = 0;
        ulong last = address + FxImage.Size - Chunk; // the rest of the area is not written, but must be there
        if (Access.Write(s, op, c, address, Chunk) == null || Access.Write(s, op, c, last, Chunk) == null)
            return false;
        for (int at = 0; at < FxImage.WrittenSize; at += Chunk)
        {
            byte* place = Access.Write(s, op, c, address + (ulong)at, Chunk);
            if (place == null)
                return false;
            *(UInt128*)place = *(UInt128*)(image + at);
            Access.Commit(c, place);
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunRestore(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, bool wide)
    {
        if (!IsAligned(s, op, c, address))
            return false;
        byte* image = stackalloc byte[FxImage.WrittenSize];
        if (Access.Read(s, op, c, address + FxImage.Size - Chunk, Chunk) == null)
            return false;
        for (int at = 0; at < FxImage.WrittenSize; at += Chunk)
        {
            byte* place = Access.Read(s, op, c, address + (ulong)at, Chunk);
            if (place == null)
                return false;
            *(UInt128*)(image + at) = *(UInt128*)place;
        }
        if (!wide)
            *(uint*)(image + InstructionPlace + 4) = *(uint*)(image + DataPlace + 4) = 0;
        if (FxImage.TryRestore(ref *s, new ReadOnlySpan<byte>(image, FxImage.WrittenSize)))
            return true;
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        return false;
    }

    private static bool IsAligned(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address)
    {
        if ((address & (Chunk - 1)) == 0)
            return true;
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        return false;
    }
}
