using Emu.Mm;
using Iced.Intel;
using Decoder = Iced.Intel.Decoder;

namespace Emu.Cpu;

/// <summary>Reads instructions from the guest's code and makes blocks of them.</summary>
internal sealed unsafe class BlockDecoder : IDisposable
{
    private readonly Processor _processor;
    private readonly PhysicalMemory _memory;
    private readonly FrameReader _reader = new();
    private Decoder? _decoder;
    private readonly BlockBuilder _builder = new();

    public BlockDecoder(Processor processor, PhysicalMemory memory)
    {
        _processor = processor;
        _memory = memory;
    }

    // Made when it is first needed: its tables are many, and another thread may be at them (Rehearsal).
    private Decoder Decoder => _decoder ??= Decoder.Create(64, _reader, _processor.Model.DecoderOptions);

    /// <summary>Decodes the block at RIP.</summary>
    /// <param name="s">Registers.</param>
    /// <param name="pfn">The frame that RIP lies in.</param>
    /// <param name="limit">Most instructions.</param>
    /// <param name="header">The block's header.</param>
    /// <returns>Whether there is a block; if not, the fetch of a second page faulted, and the exit is recorded.</returns>
    public bool Decode(CpuState* s, uint pfn, int limit, out Block header)
    {
        ulong rip = s->Rip;
        uint secondPfn = 0;
        int offset = (int)(rip & ~MmConstants.PageMask);
        _reader.Set(_memory.Frame(pfn), offset);
        Decoder decoder = Decoder;
        decoder.IP = rip;
        _builder.Begin(rip);
        int start = offset;
        while (_builder.InstructionCount < limit && !_builder.IsEnded)
        {
            decoder.Decode(out Instruction instruction);
            if (decoder.LastError == DecoderError.NoMoreBytes)
            {
                if (_builder.InstructionCount != 0)
                    break; // the instruction that straddles the page begins a block of its own
                if (!DecodeStraddling(s, rip, pfn, out instruction, out secondPfn))
                {
                    header = default;
                    return false;
                }
            }
            InstructionTable.Bind(_builder, instruction, _processor.Model);
            start = (int)(instruction.NextIP - rip) + offset;
            if (secondPfn != 0)
                break;
        }
        if (!_builder.IsEnded)
            _builder.EndWithFallThrough(rip + (ulong)(start - offset));
        header = new Block
        {
            Rip = rip,
            Pfn = pfn,
            SecondPfn = secondPfn,
            Count = _builder.InstructionCount,
            Length = start - offset,
            OpCount = _builder.OpCount,
            HasTargets = _builder.SlotCount > _builder.OpCount,
        };
        return true;
    }

    /// <summary>The micro-operations of the block decoded last.</summary>
    public ReadOnlySpan<MicroOp> Ops => _builder.Ops;

    /// <summary>Decodes the one instruction at an address from bytes, for messages and rare questions.</summary>
    public Instruction DecodeOne(ulong rip, ReadOnlySpan<byte> bytes)
    {
        Decoder decoder = Decoder.Create(64, bytes.ToArray(), rip, _processor.Model.DecoderOptions);
        return decoder.Decode();
    }

    /// <inheritdoc/>
    public void Dispose() => _builder.Dispose();

    private bool DecodeStraddling(CpuState* s, ulong rip, uint pfn, out Instruction instruction, out uint secondPfn)
    {
        instruction = default;
        ulong nextPage = (rip & MmConstants.PageMask) + MmConstants.PageSize;
        secondPfn = _processor.Mmu.Fetch(s, nextPage);
        if (secondPfn == 0)
            return false;
        _reader.Set(_memory.Frame(pfn), (int)(rip & ~MmConstants.PageMask), _memory.Frame(secondPfn));
        Decoder decoder = Decoder;
        decoder.IP = rip;
        decoder.Decode(out instruction);
        return true;
    }

    // Reads a frame to its end, and then the frame behind it if there is one.
    private sealed class FrameReader : CodeReader
    {
        private byte* _frame, _second;
        private int _offset;

        public void Set(byte* frame, int offset, byte* second = null)
        {
            _frame = frame;
            _offset = offset;
            _second = second;
        }

        public override int ReadByte()
        {
            if (_offset == (int)MmConstants.PageSize)
            {
                if (_second == null)
                    return -1;
                _frame = _second;
                _second = null;
                _offset = 0;
            }
            return _frame[_offset++];
        }
    }
}
