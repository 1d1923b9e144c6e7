using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>The flags that a sequence may leave undefined.</summary>
/// <param name="Behind">At its end.</param>
/// <param name="Within">At any place within it, where a fault may end it.</param>
internal sealed record SequenceFlags(ulong Behind, ulong Within);

/// <summary>Cases that travel together: their code in slots of one area, and their states.</summary>
internal sealed class CaseBatch
{
    private const byte Int3 = 0xCC;

    // Room at the start of a slot for the end of code that began in the page before.
    private const ulong Spare = 16;

    private readonly int _slotSize;
    private readonly List<(InstructionForm Form, Instruction[] Instructions, SequenceFlags? UndefinedFlags)> _contents = [];
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
    public (InstructionForm Form, Instruction[] Instructions, SequenceFlags? UndefinedFlags) this[int index] => _contents[index];

    /// <summary>Adds a case at one of these addresses.</summary>
    /// <param name="form">Its form, if it is a single instruction.</param>
    /// <param name="instructions">What it executes.</param>
    /// <param name="code">Its bytes.</param>
    /// <param name="address">Where they go.</param>
    /// <param name="state">The state before.</param>
    /// <param name="undefinedFlags">The flags that a sequence may leave undefined.</param>
    public void Add(InstructionForm form, Instruction[] instructions, ReadOnlySpan<byte> code, ulong address, in CpuCase state, SequenceFlags? undefinedFlags = null)
    {
        code.CopyTo(Code.AsSpan((int)(address - CpuCase.CodeAddress)));
        CpuCase placed = state;
        placed.Rip = address;
        _contents.Add((form, instructions, undefinedFlags));
        _states.Add(placed);
    }
}
