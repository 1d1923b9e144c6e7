using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Memory operands: where they lie, and how the instruction says so.</summary>
internal sealed class AddressGenerator(Random random)
{
    private const ulong NonCanonical = 0x0000_8000_0000_0000;

    /// <summary>Whether now and then there is nothing at an address, or nothing that can be written.</summary>
    public bool MayFault { get; set; } = true;

    /// <summary>The registers whose values are what the state says: no instruction before this one has used them. A bit each.</summary>
    public uint FreeRegisters { get; set; } = 0xFFFF;

    /// <summary>An address for an operand: mostly within the window, now and then across pages, at the end of the data or nowhere.</summary>
    public ulong Choose(int size)
    {
        const ulong PageEnd = CpuCase.DataAddress + 0x1000, ReadOnlyEnd = CpuCase.ReadOnlyAddress + CpuCase.ReadOnlySize;
        int room = Math.Max(1, CpuCase.WindowSize - 0x100 - size);
        ulong inside = CpuCase.WindowAddress + 0x80 + (ulong)random.Next(room);
        return random.Next(MayFault ? 44 : 37) switch
        {
            < 26 => inside & ~(ulong)(Alignment(size) - 1),
            < 32 => inside,
            < 37 => PageEnd - (ulong)random.Next(size + 1),
            < 39 => CpuCase.ReadOnlyAddress - (ulong)random.Next(size + 1),
            39 => CpuCase.ReadOnlyAddress + (ulong)random.Next(0x100),
            40 => ReadOnlyEnd - (ulong)random.Next(size + 1),
            41 => CpuCase.DataAddress - (ulong)random.Next(size + 1),
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
            i.SegmentPrefix = random.Next(2) == 0 ? Register.FS : Register.GS;
            address -= BaseOf(i.SegmentPrefix, state);
        }
        int form = random.Next(8);
        if (form == 0 && IsNearCode(address, rip))
            SetDisplacement(ref i, Register.RIP, address);
        else if ((form == 1 || FreeRegisters == 0) && address == (ulong)(int)address)
            SetDisplacement(ref i, Register.None, address);
        else if (FreeRegisters == 0)
            SetDisplacement(ref i, Register.None, CpuCase.WindowAddress);
        else
            SetRegisters(ref i, form == 2 && address <= uint.MaxValue ? Register.EAX : Register.RAX, address, ref state);
    }

    /// <summary>The base that a segment prefix adds.</summary>
    public static ulong BaseOf(Register segment, in CpuCase state) => segment switch
    {
        Register.FS => state.FsBase,
        Register.GS => state.GsBase,
        _ => 0,
    };

    /// <summary>Makes an operand an absolute address of 64 bits.</summary>
    public void SetOffset(ref Instruction i, int operand)
    {
        i.SetOpKind(operand, OpKind.Memory);
        i.MemoryDisplacement64 = Choose(Math.Max(1, i.MemorySize.GetSize()));
        i.MemoryDisplSize = 8;
    }

    /// <summary>Makes an operand memory at as many places as a vector register has indices.</summary>
    public void SetGather(ref Instruction i, int operand, Register index, int indexSize, ref CpuCase state)
    {
        bool narrow = random.Next(8) == 0;
        int baseNumber = random.Next(8) == 0 || FreeRegisters == 0 ? -1 : AnyFree(0), number = index.GetNumber();
        i.SetOpKind(operand, OpKind.Memory);
        i.MemoryBase = baseNumber < 0 ? Register.None : (narrow ? Register.EAX : Register.RAX) + baseNumber;
        i.MemoryIndex = index;
        i.MemoryIndexScale = 1 << random.Next(4);
        i.MemoryDisplacement64 = (ulong)random.Next(-0x4000, 0x4000);
        i.MemoryDisplSize = narrow && baseNumber < 0 ? 4 : 8;
        ulong start = CpuCase.WindowAddress + 0x200;
        if (baseNumber >= 0)
            state.Gpr[baseNumber] = start - i.MemoryDisplacement64;
        else
            i.MemoryDisplacement64 = start;
        for (int at = 0; at < 32; at += indexSize)
        {
            long offset = random.Next(MayFault ? 60 : 59) == 59 ? 0x10000 : random.Next(-0x200, 0x400);
            Span<byte> place = at < 16 ? state.Xmm(number)[at..] : state.High(number)[(at - 16)..];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(place, (int)(offset / i.MemoryIndexScale));
            if (indexSize == 8)
                System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(place[4..], (int)(offset >> 63));
        }
    }

    private static int Alignment(int size) => size > 64 ? 64 : size > 32 || !System.Numerics.BitOperations.IsPow2(size) ? 16 : size;

    private static void SetDisplacement(ref Instruction i, Register register, ulong address)
    {
        i.MemoryBase = register;
        i.MemoryDisplacement64 = address;
        i.MemoryDisplSize = 8;
    }

    private static bool IsNearCode(ulong address, ulong rip) => (long)(address - rip) is > -0x7000_0000 and < 0x7000_0000;

    // With registers of 32 bits the address wraps there, and their upper halves count for nothing.
    private void SetRegisters(ref Instruction i, Register first, ulong address, ref CpuCase state)
    {
        int form = random.Next(4), displacement = random.Next(3) switch { 0 => 0, 1 => random.Next(-128, 128), _ => random.Next(-0x4000, 0x4000) };
        int baseNumber = AnyFree(0), indexNumber = form == 0 ? -1 : AnyFree((1u << 4) | (1u << baseNumber));
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

    // One of the free registers that is not taken, or −1.
    private int AnyFree(uint taken)
    {
        uint free = FreeRegisters & ~taken;
        if (free == 0)
            return -1;
        int number;
        do
            number = random.Next(16);
        while ((free >> number & 1) == 0);
        return number;
    }
}
