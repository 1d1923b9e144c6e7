namespace Emu.Cpu;

/// <summary>One x87 instruction while it executes: its context, and what it does to the stack. Intel SDM vol. 1, 8.1 and 8.5.</summary>
/// <remarks>
/// Reading an empty register and pushing onto a full stack are stack faults. While invalid operations are masked their answer is the
/// indefinite; else <see cref="IsSuppressed"/> tells that nothing may be written, pushed or popped. Every path ends in <c>End</c>.
/// </remarks>
internal unsafe ref struct FpuInstruction
{
    /// <summary>Control, exceptions and condition codes.</summary>
    public X87Context Context;

    private readonly CpuState* _s;
    private bool _isUnderflow;

    private FpuInstruction(CpuState* s)
    {
        _s = s;
        Context = new X87Context(s->FpuControl);
    }

    /// <summary>Whether an unmasked exception keeps the instruction from having its effect.</summary>
    public readonly bool IsSuppressed => Context.ResultSuppressed;

    /// <summary>Begins an instruction that waits: one with an exception pending is not executed, but reported as #MF.</summary>
    /// <returns>Whether it may go on.</returns>
    public static bool TryBegin(CpuState* s, MicroOp* op, VirtualCpu* c, out FpuInstruction instruction)
    {
        instruction = new FpuInstruction(s);
        if ((s->FpuStatus & X87Status.ES) == 0)
            return true;
        Exceptions.Raise(s, op, c, ExceptionVector.FloatingPoint);
        return false;
    }

    /// <summary>Reads ST(i).</summary>
    /// <returns>False if it is empty; <see cref="Underflow"/> is then the answer.</returns>
    public readonly bool TryRead(int index, out Float80 value)
    {
        value = FpuStack.Get(_s, index);
        return !FpuStack.IsEmpty(_s, index);
    }

    /// <summary>Notes a stack underflow: C1 is clear.</summary>
    public Float80 Underflow()
    {
        RaiseStackFault();
        _isUnderflow = true;
        return Float80.Indefinite;
    }

    /// <summary>Whether a push has room.</summary>
    public readonly bool HasRoom => FpuStack.IsEmpty(_s, -1);

    /// <summary>Notes a stack overflow: C1 is set.</summary>
    public Float80 Overflow()
    {
        RaiseStackFault();
        Context.Status |= X87Status.C1;
        return Float80.Indefinite;
    }

    /// <summary>Sets ST(i) unless suppressed.</summary>
    public readonly void Write(int index, Float80 value)
    {
        if (!IsSuppressed)
            FpuStack.Set(_s, index, value);
    }

    /// <summary>Pushes; onto a full stack the indefinite. An underflow in the same instruction is what is reported of the two.</summary>
    public void Push(Float80 value)
    {
        if (!HasRoom && !_isUnderflow)
            value = Overflow();
        PushAnyway(value);
    }

    /// <summary>Pushes whether there is room or not.</summary>
    public readonly void PushAnyway(Float80 value)
    {
        if (!IsSuppressed)
            FpuStack.Push(_s, value);
    }

    /// <summary>Pops unless suppressed.</summary>
    public readonly void Pop()
    {
        if (!IsSuppressed)
            FpuStack.Pop(_s);
    }

    /// <summary>Brings exceptions and condition codes to the status word, and the instruction's address to the pointers.</summary>
    /// <returns>True: x87 exceptions are reported by the next instruction that waits.</returns>
    public readonly bool End(MicroOp* op, VirtualCpu* c)
    {
        _s->FpuStatus = Context.MergeInto(_s->FpuStatus);
        UpdateSummary(_s);
        _s->FpuInstructionPointer = Block.RipOf(c->Current, op);
        if (Context.Unmasked != 0)
            _s->FpuOpcode = Processor.Of(c).FpuOpcodeAt(_s, _s->FpuInstructionPointer);
        return true;
    }

    /// <summary>As <see cref="End(MicroOp*, VirtualCpu*)"/>, for one with a memory operand.</summary>
    public readonly bool End(MicroOp* op, VirtualCpu* c, ulong address)
    {
        _s->FpuDataPointer = address;
        return End(op, c);
    }

    /// <summary>Sets ES and B if an exception flag is up that the control word does not mask, else clears them.</summary>
    public static void UpdateSummary(CpuState* s)
    {
        bool pending = (s->FpuStatus & ~s->FpuControl & X87Status.Exceptions) != 0;
        s->FpuStatus = (ushort)(pending ? s->FpuStatus | X87Status.ES | X87Status.B : s->FpuStatus & ~(X87Status.ES | X87Status.B));
    }

    private void RaiseStackFault()
    {
        Context.RaiseInvalid();
        Context.Status |= X87Status.SF;
    }
}
