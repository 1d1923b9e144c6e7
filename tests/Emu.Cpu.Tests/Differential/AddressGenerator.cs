using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Memory operands: where they lie, and how the instruction says so.</summary>
internal sealed class AddressGenerator(Random random)
{
    private const ulong NonCanonical = 0x0000_8000_0000_0000;

    /// <summary>An address for an operand: mostly within the window, now and then across pages, at the end of the data or nowhere.</summary>
    public ulong Choose(int size)
    {
        const ulong PageEnd = CpuCase.DataAddress + 0x1000, DataEnd = CpuCase.DataAddress + CpuCase.DataSize;
        int room = Math.Max(1, CpuCase.WindowSize - 0x100 - size);
        ulong inside = CpuCase.WindowAddress + 0x80 + (ulong)random.Next(room);
        return random.Next(40) switch
        {
            < 26 => inside & ~(ulong)(Alignment(size) - 1),
            < 32 => inside,
            < 37 => PageEnd - (ulong)random.Next(size + 1),
            37 => DataEnd - (ulong)random.Next(size + 1),
            38 => CpuCase.DataAddress - (ulong)random.Next(size + 1),
            _ => NonCanonical + (ulong)random.Next(0x1000) - 0x800,
        };
    }

    /// <summary>Makes an operand memory, and sets the registers of its address.</summary>
    public void SetMemory(ref Instruction i, int operand, ulong rip, ref CpuCase state)
    {
        i.SetOpKind(operand, OpKind.Memory);
        int size = Math.Max(1, i.MemorySize.GetSize());
        ulong address = Choose(size);
        if (random.Next(12) == 0)
        {
            i.SegmentPrefix = Register.GS;
            address -= CpuCase.GsBase;
        }
        switch (random.Next(8))
        {
            case 0 when IsNearCode(address, rip):
                i.MemoryBase = Register.RIP;
                i.MemoryDisplacement64 = address;
                i.MemoryDisplSize = 8;
                break;
            case 1 when address == (ulong)(int)address:
                i.MemoryDisplacement64 = address;
                i.MemoryDisplSize = 8;
                break;
            case 2 when address <= uint.MaxValue:
                SetRegisters(ref i, Register.EAX, address, ref state);
                break;
            default:
                SetRegisters(ref i, Register.RAX, address, ref state);
                break;
        }
    }

    /// <summary>Makes an operand an absolute address of 64 bits.</summary>
    public void SetOffset(ref Instruction i, int operand)
    {
        i.SetOpKind(operand, OpKind.Memory);
        i.MemoryDisplacement64 = Choose(Math.Max(1, i.MemorySize.GetSize()));
        i.MemoryDisplSize = 8;
    }

    private static int Alignment(int size) => size > 16 || !System.Numerics.BitOperations.IsPow2(size) ? 16 : size;

    private static bool IsNearCode(ulong address, ulong rip) => (long)(address - rip) is > -0x7000_0000 and < 0x7000_0000;

    // With registers of 32 bits the address wraps there, and their upper halves count for nothing.
    private void SetRegisters(ref Instruction i, Register first, ulong address, ref CpuCase state)
    {
        int form = random.Next(4), displacement = random.Next(3) switch { 0 => 0, 1 => random.Next(-128, 128), _ => random.Next(-0x4000, 0x4000) };
        int baseNumber = random.Next(16), indexNumber = form == 0 ? -1 : AnyBut(4, baseNumber);
        ulong mask = first == Register.EAX ? uint.MaxValue : ulong.MaxValue, left = address - (ulong)displacement;
        if (indexNumber >= 0)
        {
            i.MemoryIndex = first + indexNumber;
            i.MemoryIndexScale = 1 << random.Next(4);
            state.Gpr[indexNumber] = random.Next(2) == 0 ? (ulong)random.Next(-0x1000, 0x1000) : OperandValues.Integer(random);
            left -= (state.Gpr[indexNumber] & mask) * (ulong)i.MemoryIndexScale;
        }
        i.MemoryBase = first + baseNumber;
        i.MemoryDisplacement64 = (ulong)displacement;
        i.MemoryDisplSize = displacement == 0 ? 0 : displacement is >= -128 and < 128 ? 1 : 8;
        state.Gpr[baseNumber] = mask == uint.MaxValue ? (OperandValues.Integer(random) & ~mask) | (uint)left : left;
    }

    private int AnyBut(int first, int second)
    {
        while (true)
        {
            int number = random.Next(16);
            if (number != first && number != second)
                return number;
        }
    }
}
