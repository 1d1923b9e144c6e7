using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>Leaving a block in the middle with everything exact.</summary>
internal static unsafe class Exceptions
{
    /// <summary>Ends the instruction with an exception; it has had no effect.</summary>
    /// <returns>Null: what the handler returns.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Block* Raise(CpuState* s, MicroOp* op, VirtualCpu* c, ExceptionVector vector, uint errorCode = 0)
    {
        Rewind(s, op, c);
        c->Exit = ExitReason.Exception;
        Processor.Of(c).Exception = new ExceptionInfo(vector, errorCode);
        return null;
    }

    /// <summary>Leaves so that the instruction is executed again.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Block* Restart(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Rewind(s, op, c);
        return null;
    }

    /// <summary>The step that every step of a block becomes when its code is overwritten.</summary>
    public static Block* BlockKilled(CpuState* s, MicroOp* op, VirtualCpu* c) => Restart(s, op, c);

    /// <summary>Sets RIP to the instruction of a step and gives back what was charged for it and those behind it.</summary>
    public static void Rewind(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Block* block = c->Current;
        s->Rip = Block.RipOf(block, op);
        c->Fuel += block->Count - op->InstructionIndex;
    }
}
