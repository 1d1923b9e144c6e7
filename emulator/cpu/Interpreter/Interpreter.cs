using System.Runtime.CompilerServices;
using Emu.Mm;

namespace Emu.Cpu;

/// <summary>Executes pre-decoded blocks, step by step through tail calls within a block. The reference engine.</summary>
public sealed unsafe class Interpreter : IExecutionEngine
{
    // Instructions in a row before an interrupt is seen.
    private const long MaxFuel = 256;

    /// <inheritdoc/>
    public ExitReason Run(Processor processor, CpuContext context)
    {
        VirtualCpu* c = processor.Cpu;
        CpuState* s = context.Pointer;
        c->Exit = ExitReason.None;
        c->LinkSlot = null;
        Mmu.SetAlignmentCheck(s, c);
        processor.LoadKeyRights(s);
        while (true)
        {
            if ((s->ControlFlags & RFlagsBits.Trap) != 0)
                Step(processor, s, c);
            else if (Lookup(processor, s) is var block && block != null)
                RunBlocks(block, s, c, processor);
            if (c->Exit != ExitReason.None)
                return c->Exit;
        }
    }

    // TF: an instruction, and the trap behind it. Intel SDM vol. 3B, 18.3.1.4.
    private static void Step(Processor processor, CpuState* s, VirtualCpu* c)
    {
        AtBoundary(processor, s, c);
        if (c->Exit != ExitReason.None)
            return;
        c->Exit = ExitReason.Exception;
        processor.Exception = new ExceptionInfo(ExceptionVector.Debug, 0);
    }

    // The hot loop: a block leads to the next by itself for a while, and comes back here with it.
    private static void RunBlocks(Block* block, CpuState* s, VirtualCpu* c, Processor processor)
    {
        do
        {
            long left = c->Budget - block->Count;
            if (left < 0 || c->Interrupt != 0)
            {
                s->Rip = block->Rip;
                AtBoundary(processor, s, c);
                return;
            }
            c->Fuel = Math.Min(left, MaxFuel);
            c->Reserve = left - c->Fuel;
            c->Current = block;
            MicroOp* op = Block.Ops(block);
            block = op->Handler(s, op, c);
        }
        while (block != null);
    }

    // The slice is nearly used up, or someone wants the CPU.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AtBoundary(Processor processor, CpuState* s, VirtualCpu* c)
    {
        if (c->Interrupt != 0)
            c->Exit = ExitReason.Interrupted;
        else if (c->Budget <= 0)
            c->Exit = ExitReason.BudgetExhausted;
        else
            RunOne(processor, s, c);
    }

    // Executes an instruction by itself, from a block that is not kept.
    private static void RunOne(Processor processor, CpuState* s, VirtualCpu* c)
    {
        uint pfn = processor.Mmu.Fetch(s, s->Rip);
        if (pfn == 0 || !processor.Decoder.Decode(s, pfn, 1, out Block header))
            return;
        ReadOnlySpan<MicroOp> ops = processor.Decoder.Ops;
        byte* memory = stackalloc byte[sizeof(Block) + (ops.Length * sizeof(MicroOp)) + 64];
        Block* block = (Block*)(((nuint)memory + 63) & ~(nuint)63);
        *block = header;
        ops.CopyTo(new Span<MicroOp>(Block.Ops(block), ops.Length));
        c->Reserve = c->Budget - 1;
        c->Fuel = 0;
        c->Current = block;
        Block* next = Block.Ops(block)->Handler(s, Block.Ops(block), c);
        c->LinkSlot = null; // it would point into this stack frame
        if (next != null)
            s->Rip = next->Rip;
    }

    private static Block* Lookup(Processor processor, CpuState* s)
    {
        VirtualCpu* c = processor.Cpu;
        Block** link = c->LinkSlot;
        c->LinkSlot = null;
        uint pfn = processor.Mmu.Fetch(s, s->Rip);
        if (pfn == 0)
            return null;
        Block* block = processor.Code.Find(pfn, s->Rip);
        if (block != null && block->SecondPfn != 0 && !SecondPageStands(processor, s, block))
            return null;
        if (block == null)
        {
            if (!processor.Decoder.Decode(s, pfn, BlockBuilder.MaxInstructions, out Block header))
                return null;
            long flushes = processor.Code.FlushCount;
            block = processor.Code.Insert(header, processor.Decoder.Ops);
            if (flushes != processor.Code.FlushCount)
                link = null;
        }
        if (block->SecondPfn == 0)
        {
            Branch.Remember(c, s->Rip, block);
            if (link != null)
                *link = block;
        }
        return block;
    }

    // The end of a straddling instruction must still lie in the frame that it was decoded from; if not, the block is decoded again.
    private static bool SecondPageStands(Processor processor, CpuState* s, Block* block)
    {
        ulong nextPage = (s->Rip & MmConstants.PageMask) + MmConstants.PageSize;
        uint pfn = processor.Mmu.Fetch(s, nextPage);
        if (pfn == block->SecondPfn)
            return true;
        if (pfn != 0)
            processor.Code.Discard(block);
        return false;
    }
}
