using System.Numerics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CRC32: the checksum with the polynomial 11EDC6F41H. Intel SDM vol. 2A.</summary>
internal static unsafe class Crc32
{
    public static void Bind(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i, 1);
        b.Emit(Select.Width<Accumulate>(size), Reg.Offset(i.Op0Register), b.EmitLoad(i, 1, size));
    }

    private readonly struct Accumulate : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            uint crc = (uint)Access.Get<W32>(s, op->Destination);
            ulong data = Access.Get<TWidth>(s, op->Source);
            crc = TWidth.Bytes switch
            {
                1 => BitOperations.Crc32C(crc, (byte)data),
                2 => BitOperations.Crc32C(crc, (ushort)data),
                4 => BitOperations.Crc32C(crc, (uint)data),
                _ => BitOperations.Crc32C(crc, data),
            };
            Access.Set<W64>(s, op->Destination, crc);
            return op[1].Handler(s, op + 1, c);
        }
    }
}
