using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Finds flags of a block that nobody can see: others are written before anything reads them, faults or leaves the block.</summary>
internal sealed unsafe class FlagLiveness
{
    private const RflagsBits All = RflagsBits.OF | RflagsBits.SF | RflagsBits.ZF | RflagsBits.AF | RflagsBits.CF | RflagsBits.PF;

    private readonly (int Slot, nint Quiet)[] _pending = new (int, nint)[BlockBuilder.MaxInstructions];
    private int _count;

    /// <summary>Forgets what is pending: the flags are seen.</summary>
    public void Clear() => _count = 0;

    /// <summary>Takes notice of an instruction.</summary>
    /// <param name="ops">The steps of the block.</param>
    /// <param name="instruction">The instruction.</param>
    /// <param name="isPure">Whether it can neither fault nor leave the block.</param>
    /// <param name="slot">Its last step.</param>
    /// <param name="quiet">A version of that step without the flags, or null.</param>
    public void Follow(MicroOp* ops, in Instruction instruction, bool isPure, int slot, Handler quiet)
    {
        RflagsBits written = instruction.RflagsModified & All;
        if (!isPure || (instruction.RflagsRead & All) != RflagsBits.None)
            _count = 0;
        else if (written == All)
            Silence(ops);
        else if (written != RflagsBits.None)
            _count = 0;
        if (quiet != null)
            _pending[_count++] = (slot, (nint)quiet);
    }

    private void Silence(MicroOp* ops)
    {
        foreach ((int slot, nint quiet) in _pending.AsSpan(0, _count))
            ops[slot].Handler = (Handler)quiet;
        _count = 0;
    }
}
