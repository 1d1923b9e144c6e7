using System.Runtime.InteropServices;

namespace Emu.Cpu;

/// <summary>One step of an instruction, decoded for execution. 32 bytes.</summary>
/// <remarks>
/// An instruction is one micro-operation or a few: an address that needs a segment base or wraps at 32 bits is computed by a step of its
/// own, and so is a memory operand that no handler takes directly. Only the last may have an effect that a fault in another could not undo.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct MicroOp
{
    /// <summary>Executes this step, and those behind it by tail calls; returns the next block, or null.</summary>
    public delegate*<CpuState*, MicroOp*, VirtualCpu*, Block*> Handler;

    /// <summary>Offset in <see cref="CpuState"/> of the destination.</summary>
    public ushort Destination;

    /// <summary>Offset of the source.</summary>
    public ushort Source;

    /// <summary>Offset of the base register.</summary>
    public ushort Base;

    /// <summary>Offset of the index register.</summary>
    public ushort Index;

    /// <summary>log2 of the scale.</summary>
    public byte Scale;

    /// <summary>Number of the instruction within its block.</summary>
    public byte InstructionIndex;

    /// <summary>Offset of the instruction from the block's first byte.</summary>
    public ushort RipOffset;

    /// <summary>Displacement; for an absolute address the immediate.</summary>
    public int Displacement;

    /// <summary>Immediate; for an absolute address the address; for a jump the target block.</summary>
    public ulong Immediate;
}

/// <summary>Follows a jump's micro-operation: where it may go.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct JumpTargets
{
    /// <summary>The block at <see cref="TakenRip"/>, once linked.</summary>
    public Block* Taken;

    /// <summary>The block at <see cref="NextRip"/>, once linked.</summary>
    public Block* Next;

    /// <summary>Target.</summary>
    public ulong TakenRip;

    /// <summary>The instruction behind the jump.</summary>
    public ulong NextRip;
}

/// <summary>A run of instructions that ends in a jump or at the end of its page. Its micro-operations follow it in memory.</summary>
/// <remarks>Keyed by frame and virtual address: addresses are built into the micro-operations.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct Block
{
    /// <summary>Virtual address of the first instruction.</summary>
    public ulong Rip;

    /// <summary>Next block in the same bucket of the cache.</summary>
    public Block* NextInBucket;

    /// <summary>Frame of the first byte.</summary>
    public uint Pfn;

    /// <summary>Frame of the last byte if it is another one, else 0. Such a block is never linked to.</summary>
    public uint SecondPfn;

    /// <summary>Instructions.</summary>
    public int Count;

    /// <summary>Bytes of code.</summary>
    public int Length;

    /// <summary>Micro-operations that can be executed (data behind a jump not counted).</summary>
    public int OpCount;

    /// <summary>Whether <see cref="JumpTargets"/> stand behind the last micro-operation.</summary>
    public bool HasTargets;

    /// <summary>The code was overwritten: every handler leads back to the dispatcher.</summary>
    public bool IsDead;

    /// <summary>First micro-operation.</summary>
    public static MicroOp* Ops(Block* block) => (MicroOp*)(block + 1);

    /// <summary>Address of the instruction that a micro-operation belongs to.</summary>
    public static ulong RipOf(Block* block, MicroOp* op) => block->Rip + op->RipOffset;
}
