using System.Runtime.InteropServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Turns decoded instructions into the micro-operations of one block.</summary>
/// <remarks>
/// A handler's binder lowers the memory operand first (<see cref="Lower"/>), which may emit a step that computes the address, and then emits
/// the handler's own step with it (<see cref="EmitMemory"/>).
/// </remarks>
internal sealed unsafe class BlockBuilder : IDisposable
{
    /// <summary>Most instructions of a block.</summary>
    public const int MaxInstructions = 64;

    /// <summary>Most micro-operations of one instruction, and data behind a jump.</summary>
    public const int MaxOpsPerInstruction = 8;

    private const int Capacity = MaxInstructions * MaxOpsPerInstruction;

    private readonly MicroOp* _ops;
    private readonly FlagLiveness _flags = new();
    private Move _move;
    private Handler _quiet;
    private bool _isPure;
    private ulong _blockRip;
    private ushort _base, _index;
    private byte _scale;
    private int _displacement;
    private ulong _absolute;
    private ushort _ripOffset;
    private AddressForm _form;

    /// <summary>An empty builder.</summary>
    public BlockBuilder() => _ops = (MicroOp*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MicroOp));

    /// <summary>Micro-operations and data so far.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Of those, micro-operations.</summary>
    public int OpCount { get; private set; }

    /// <summary>Instructions so far.</summary>
    public int InstructionCount { get; private set; }

    /// <summary>Whether the last instruction ended the block.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The micro-operations.</summary>
    public ReadOnlySpan<MicroOp> Ops => new(_ops, SlotCount);

    /// <summary>The comparison that a jump right behind it can be fused with.</summary>
    public Comparison PendingComparison { get; set; }

    /// <summary>Starts a block.</summary>
    public void Begin(ulong rip)
    {
        _blockRip = rip;
        SlotCount = OpCount = InstructionCount = 0;
        IsEnded = false;
        PendingComparison = default;
        _move = default;
        _flags.Clear();
    }

    /// <summary>Binds one instruction.</summary>
    public void Add(in Instruction instruction, delegate*<BlockBuilder, in Instruction, void> binder)
    {
        _ripOffset = (ushort)(instruction.IP - _blockRip);
        Comparison before = PendingComparison;
        Move move = _move;
        _quiet = null;
        _isPure = false;
        binder(this, instruction);
        if (PendingComparison.Slot == before.Slot)
            PendingComparison = default;
        if (_move == move)
            _move = default;
        _flags.Follow(_ops, instruction, _isPure, SlotCount - 1, _quiet);
        InstructionCount++;
        Mm.Bug.On(SlotCount > InstructionCount * MaxOpsPerInstruction, "too many micro-operations for an instruction");
    }

    /// <summary>Ends a block that has no jump at its end: go on behind it.</summary>
    public void EndWithFallThrough(ulong nextRip)
    {
        _ripOffset = (ushort)(nextRip - _blockRip);
        EmitJump(&Branch.FallThrough, nextRip, nextRip);
    }

    /// <summary>Emits a step without memory operand.</summary>
    public void Emit(Handler handler, ushort destination = CpuState.ValueTempOffset, ushort source = CpuState.ZeroOffset, ulong immediate = 0) =>
        *Append(handler) = new MicroOp
        {
            Handler = handler,
            Destination = destination,
            Source = source,
            Base = CpuState.ZeroOffset,
            Index = CpuState.ZeroOffset,
            InstructionIndex = (byte)InstructionCount,
            RipOffset = _ripOffset,
            Immediate = immediate,
        };

    /// <summary>
    /// Emits a step that reads its first operand from Base and writes Destination, the same register. If the instruction right before has
    /// copied another one there, that one is read instead, and both are one step.
    /// </summary>
    public void EmitOnMoved(Handler handler, int size, ushort destination, ushort source, ulong immediate)
    {
        bool merges = _move.Slot != 0 && _move.Slot == SlotCount && _move.Destination == destination && size >= 4 && size <= _move.Size;
        MicroOp copy = merges ? TakeLast() : default;
        if (merges && source == destination)
            source = copy.Source;
        Emit(handler, destination, source, immediate);
        MicroOp* op = _ops + SlotCount - 1;
        op->Base = destination;
        if (!merges)
            return;
        op->Base = copy.Source;
        op->InstructionIndex = copy.InstructionIndex;
        op->RipOffset = copy.RipOffset;
    }

    /// <summary>Emits a step with two sources, the first of which is named by Base.</summary>
    public void EmitVector(Handler handler, ushort destination, ushort first, ushort source, ulong immediate = 0)
    {
        Emit(handler, destination, source, immediate);
        _ops[SlotCount - 1].Base = first;
    }

    /// <summary>Says that the step emitted last copies a register whole, or with zeros above it.</summary>
    public void MarkMove(int size) => _move = new Move(SlotCount, _ops[SlotCount - 1].Destination, size);

    /// <summary>Says that the instruction can neither fault nor leave the block: between it and its neighbours nobody sees the flags.</summary>
    public void MarkPure() => _isPure = true;

    /// <summary>Offers a version of the step emitted last that leaves the flags alone, for when nobody will ask for them.</summary>
    public void MarkQuiet(Handler handler) => _quiet = handler;

    /// <summary>Emits a step with the memory operand that was lowered last.</summary>
    /// <param name="handler">The version for the form that <see cref="Lower"/> returned.</param>
    /// <param name="destination">Register.</param>
    /// <param name="source">Register.</param>
    /// <param name="immediate">Fits in 32 bits, sign-extended, for an absolute address.</param>
    public void EmitMemory(Handler handler, ushort destination = CpuState.ValueTempOffset, ushort source = CpuState.ZeroOffset, ulong immediate = 0)
    {
        bool absolute = _form == AddressForm.Absolute;
        *Append(handler) = new MicroOp
        {
            Handler = handler,
            Destination = destination,
            Source = source,
            Base = _base,
            Index = _index,
            Scale = _scale,
            InstructionIndex = (byte)InstructionCount,
            RipOffset = _ripOffset,
            Displacement = absolute ? (int)immediate : _displacement,
            Immediate = absolute ? _absolute : immediate,
        };
    }

    /// <summary>Emits a step with a memory operand whose index is a vector register.</summary>
    public void EmitGather(Handler handler, in Instruction i, ushort destination, ushort mask, ulong immediate)
    {
        SetRegisters(i);
        _displacement = (int)i.MemoryDisplacement64;
        _form = AddressForm.Base;
        EmitMemory(handler, destination, mask, immediate);
    }

    /// <summary>Emits a jump and the data behind it, and ends the block.</summary>
    public void EmitJump(Handler handler, ulong target, ulong next, ushort destination = CpuState.ZeroOffset, ushort source = CpuState.ZeroOffset,
        ulong immediate = 0)
    {
        Emit(handler, destination, source, immediate);
        AppendTargets(target, next);
    }

    /// <summary>Emits a jump with the memory operand that was lowered last, and ends the block.</summary>
    public void EmitMemoryJump(Handler handler, ulong target, ulong next, ushort destination = CpuState.ZeroOffset, ulong immediate = 0)
    {
        EmitMemory(handler, destination, CpuState.ZeroOffset, immediate);
        AppendTargets(target, next);
    }

    /// <summary>Emits the last step of a block without a target of its own.</summary>
    public void EmitExit(Handler handler, ushort destination = CpuState.ZeroOffset, ushort source = CpuState.ZeroOffset, ulong immediate = 0)
    {
        Emit(handler, destination, source, immediate);
        IsEnded = true;
    }

    /// <summary>The micro-operation emitted last, for a jump that is to be fused with it; removed from the block.</summary>
    public MicroOp TakeLast()
    {
        SlotCount--;
        OpCount--;
        return _ops[SlotCount];
    }

    /// <summary>Emits a jump that takes over the operands of a step that came before it.</summary>
    public void EmitFused(Handler handler, in MicroOp first, ulong target, ulong next)
    {
        *Append(handler) = first;
        _ops[SlotCount - 1].Handler = handler;
        AppendTargets(target, next);
    }

    /// <summary>Prepares the memory operand of an instruction in the form that costs least.</summary>
    public AddressForm Lower(in Instruction i)
    {
        bool segment = i.SegmentPrefix is Register.FS or Register.GS;
        bool narrow = IsNarrow(i);
        if (segment || narrow)
            return LowerToTemp(i, narrow ? &SegmentedAddress.Run32 : &SegmentedAddress.Run64);
        if (i.IsIPRelativeMemoryOperand || (i.MemoryBase == Register.None && i.MemoryIndex == Register.None))
            return SetAbsolute(i.MemoryDisplacement64);
        _displacement = (int)i.MemoryDisplacement64;
        SetRegisters(i);
        return _form = i.MemoryIndex == Register.None ? AddressForm.Base : AddressForm.Indexed;
    }

    /// <summary>Prepares the memory operand as [base + displacement], with a step before it if need be.</summary>
    public void LowerToBase(in Instruction i)
    {
        AddressForm form = Lower(i);
        if (form == AddressForm.Base)
            return;
        EmitMemory(Select.Memory<LoadEffectiveAddress>(8, form), CpuState.AddressTempOffset);
        UseBase(CpuState.AddressTempOffset);
    }

    /// <summary>Whether the address of a memory operand wraps at 32 bits.</summary>
    public static bool IsNarrow(in Instruction i) =>
        !i.IsIPRelativeMemoryOperand && (i.MemoryBase.GetSize() == 4 || i.MemoryIndex.GetSize() == 4);

    /// <summary>Prepares an operand that is <see cref="IsNarrow"/>, and so many bytes further on as the value temporary says.</summary>
    public void LowerNarrowWithOffset(in Instruction i) => LowerToTemp(i, &SegmentedAddress.Run32WithOffset);

    /// <summary>The same for POP: RSP as base counts as it is after the pop.</summary>
    public void LowerToBaseAfterPop(in Instruction i, int size)
    {
        Instruction popped = i;
        popped.MemoryDisplacement64 = i.MemoryDisplacement64 + (ulong)size;
        popped.MemoryDisplSize = 8;
        LowerToBase(popped);
    }

    /// <summary>Makes an operand available as a register: itself, or a step that loads it.</summary>
    /// <returns>Offset of the register.</returns>
    public ushort EmitLoad(in Instruction i, int operand, int size)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
            return Reg.Offset(i.GetOpRegister(operand));
        EmitMemory(Select.Memory<LoadRegister>(size, Lower(i)), CpuState.ValueTempOffset);
        return CpuState.ValueTempOffset;
    }

    /// <summary>Stores a register to the memory operand.</summary>
    public void EmitStore(in Instruction i, int size, ushort source) =>
        EmitMemory(Select.Memory<StoreRegister>(size, Lower(i)), source: source);

    private readonly record struct Move(int Slot, ushort Destination, int Size);

    /// <summary>Makes [register + displacement] the memory operand.</summary>
    public void UseBase(ushort register, int displacement = 0)
    {
        _form = AddressForm.Base;
        _base = register;
        _index = CpuState.ZeroOffset;
        _scale = 0;
        _displacement = displacement;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_ops);

    private AddressForm LowerToTemp(in Instruction i, Handler handler)
    {
        SetRegisters(i);
        if (i.IsIPRelativeMemoryOperand)
            _base = CpuState.ZeroOffset;
        ushort segmentBase = i.SegmentPrefix switch
        {
            Register.FS => CpuState.FsBaseOffset,
            Register.GS => CpuState.GsBaseOffset,
            _ => CpuState.ZeroOffset,
        };
        Emit(handler, CpuState.AddressTempOffset, segmentBase, i.MemoryDisplacement64);
        MicroOp* op = _ops + SlotCount - 1;
        op->Base = _base;
        op->Index = _index;
        op->Scale = _scale;
        UseBase(CpuState.AddressTempOffset);
        return AddressForm.Base;
    }

    private AddressForm SetAbsolute(ulong address)
    {
        _form = AddressForm.Absolute;
        _absolute = address;
        _base = _index = CpuState.ZeroOffset;
        _scale = 0;
        return _form;
    }

    private void SetRegisters(in Instruction i)
    {
        _base = i.MemoryBase == Register.None || i.IsIPRelativeMemoryOperand ? CpuState.ZeroOffset : Reg.Offset(i.MemoryBase.GetFullRegister());
        _index = i.MemoryIndex == Register.None ? CpuState.ZeroOffset : Reg.Offset(i.MemoryIndex.GetFullRegister());
        _scale = (byte)System.Numerics.BitOperations.TrailingZeroCount(i.MemoryIndexScale);
    }

    private MicroOp* Append(Handler handler)
    {
        Mm.Bug.On(handler == null || SlotCount >= Capacity - 1, "a block without room or a step without handler");
        OpCount++;
        return _ops + SlotCount++;
    }

    private void AppendTargets(ulong target, ulong next)
    {
        *(JumpTargets*)(_ops + SlotCount++) = new JumpTargets { TakenRip = target, NextRip = next };
        IsEnded = true;
    }
}
