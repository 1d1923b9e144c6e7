using Iced.Intel;

namespace Emu.Cpu;

/// <summary>RDRAND and RDSEED: numbers of the machine's own source, so that a seed gives the same run. Intel SDM vol. 2B.</summary>
internal static unsafe class RandomNumbers
{
    /// <summary>Binds either.</summary>
    public static void Bind(BlockBuilder b, in Instruction i) => b.Emit(Select.Width<Draw>(Operands.Size(i)), Reg.Offset(i.Op0Register));

    // CF tells that there was a number; the other flags are clear.
    private readonly struct Draw : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            bool there = Processor.Of(c).TryDraw(out ulong number);
            Access.Set<TWidth>(s, op->Destination, number);
            s->Flags = LazyFlags.FromRFlags(there ? RFlagsBits.Carry : 0);
            return op[1].Handler(s, op + 1, c);
        }
    }
}
