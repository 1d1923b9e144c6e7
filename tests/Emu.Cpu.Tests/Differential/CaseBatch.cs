using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Cases that travel together: their code in slots of one area, and their states.</summary>
internal sealed class CaseBatch
{
    private const byte Int3 = 0xCC;

    // Room at the start of a slot for the end of code that began in the page before.
    private const ulong Spare = 16;

    private readonly int _slotSize;
    private readonly List<(InstructionForm Form, Instruction[] Instructions)> _contents = [];
    private readonly List<CpuCase> _states = [];

    /// <summary>An empty batch.</summary>
    /// <param name="slotSize">Bytes of code that a case may have, and a trap behind it.</param>
    public CaseBatch(int slotSize)
    {
        _slotSize = slotSize;
        Code.AsSpan().Fill(Int3);
    }

    /// <summary>The code area.</summary>
    public byte[] Code { get; } = new byte[CpuCase.CodeSize];

    /// <summary>The states before.</summary>
    public CpuCase[] States => [.. _states];

    public int Count => _states.Count;

    public bool IsFull => Count == CpuCase.CodeSize / _slotSize;

    /// <summary>Where the code of the next case goes: behind the start of its slot.</summary>
    public ulong NextAddress => CpuCase.CodeAddress + (ulong)(Count * _slotSize) + Spare;

    /// <summary>The same for code that may move: in the last slot of a page it begins at the end, and its rest lies in the next.</summary>
    public ulong NextStraddlingAddress(int length)
    {
        ulong end = CpuCase.CodeAddress + (ulong)((Count + 1) * _slotSize);
        bool isLast = (end & ~MmConstants.PageMask) == 0 && Count + 1 < CpuCase.CodeSize / _slotSize;
        return isLast && length > 1 ? end - (ulong)(length / 2) : NextAddress;
    }

    /// <summary>What a case is.</summary>
    public (InstructionForm Form, Instruction[] Instructions) this[int index] => _contents[index];

    /// <summary>Adds a case at one of these addresses.</summary>
    public void Add(InstructionForm form, Instruction[] instructions, ReadOnlySpan<byte> code, ulong address, in CpuCase state)
    {
        code.CopyTo(Code.AsSpan((int)(address - CpuCase.CodeAddress)));
        CpuCase placed = state;
        placed.Rip = address;
        _contents.Add((form, instructions));
        _states.Add(placed);
    }
}
