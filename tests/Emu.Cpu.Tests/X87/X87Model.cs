namespace Emu.Cpu.Tests.X87;

/// <summary>The operations of the native program, with its numbers.</summary>
public enum X87Op
{
    Fadd, Fsub, Fsubr, Fmul, Fdiv, Fdivr, Fsqrt, Fcom, Fucom, Fcomi, Fucomi, Ftst, Fxam, Fprem, Fprem1, Frndint, Fscale,
    Fxtract, Fabs, Fchs,
    FldSingle, FldDouble, Fild16, Fild32, Fild64, FstSingle, FstDouble, Fist16, Fist32, Fistp64, Fisttp16, Fisttp32, Fisttp64,
    Fbld, Fbstp,
    Fld1, Fldl2t, Fldl2e, Fldpi, Fldlg2, Fldln2, Fldz,
    F2xm1, Fyl2x, Fyl2xp1, Fptan, Fpatan, Fsin, Fcos, Fsincos,
    FaddSingle, FaddDouble, Fiadd16, FmulSingle, FdivDouble, FdivrDouble, FcomSingle, FcomDouble, Ficom16, Fidivr32,
    FsubDouble, FsubrSingle,
}

/// <summary>Runs a case through <see cref="X87Math"/> and lays the outcome out as the native program does.</summary>
internal ref struct X87Model
{
    private const ulong Untouched = 0xA5A5_A5A5_A5A5_A5A5;

    private readonly OracleCase _case;
    private readonly Float80 _a;
    private readonly Float80 _b;
    private X87Context _context;
    private OracleResult _result;

    private X87Model(in OracleCase testCase)
    {
        _case = testCase;
        _a = testCase.St0.Value;
        _b = testCase.St1.Value;
        _context = new X87Context(testCase.Control);
        Stay();
        _result.Memory = Untouched;
        _result.MemoryHigh = unchecked((ushort)Untouched);
    }

    /// <summary>The result; <paramref name="defined"/> has the status bits that the operation defines.</summary>
    public static OracleResult Run(in OracleCase testCase, out ushort defined)
    {
        X87Model model = new(testCase);
        X87Op op = (X87Op)testCase.Op;
        if (op <= X87Op.Fchs)
            model.RunRegister(op);
        else if (op <= X87Op.Fisttp64)
            model.RunConversion(op);
        else if (op <= X87Op.Fldz)
            model.RunDecimalOrConstant(op);
        else if (op <= X87Op.Fsincos)
            model.RunTranscendental(op);
        else
            model.RunMemoryOperand(op);
        defined = (ushort)(X87Status.Exceptions | X87Status.ES | model._context.DefinedConditions);
        model._result.Status = model._context.MergeInto(0);
        if (model._context.Unmasked != 0)
            model._result.Status |= X87Status.ES;
        return model._result;
    }

    private void RunRegister(X87Op op)
    {
        switch (op)
        {
            case X87Op.Fadd: Set(X87Math.Add(_a, _b, ref _context)); break;
            case X87Op.Fsub: Set(X87Math.Subtract(_a, _b, ref _context)); break;
            case X87Op.Fsubr: Set(X87Math.Subtract(_b, _a, ref _context)); break;
            case X87Op.Fmul: Set(X87Math.Multiply(_a, _b, ref _context)); break;
            case X87Op.Fdiv: Set(X87Math.Divide(_a, _b, ref _context)); break;
            case X87Op.Fdivr: Set(X87Math.Divide(_b, _a, ref _context)); break;
            case X87Op.Fsqrt: Set(X87Math.SquareRoot(_a, ref _context)); break;
            case X87Op.Fcom: X87Math.Compare(_a, _b, ref _context); break;
            case X87Op.Fucom: X87Math.CompareUnordered(_a, _b, ref _context); break;
            case X87Op.Fcomi: SetFlags(X87Math.CompareToFlags(_a, _b, quiet: false, ref _context)); break;
            case X87Op.Fucomi: SetFlags(X87Math.CompareToFlags(_a, _b, quiet: true, ref _context)); break;
            case X87Op.Ftst: X87Math.Compare(_a, Float80.Zero, ref _context); break;
            case X87Op.Fxam: X87Math.Examine(_a, ref _context); break;
            case X87Op.Fprem: Set(X87Math.Remainder(_a, _b, ref _context)); break;
            case X87Op.Fprem1: Set(X87Math.RemainderNearest(_a, _b, ref _context)); break;
            case X87Op.Frndint: Set(X87Math.RoundToInteger(_a, ref _context)); break;
            case X87Op.Fscale: Set(X87Math.Scale(_a, _b, ref _context)); break;
            case X87Op.Fxtract: SetTwo(X87Math.Extract(_a, out Float80 exponent, ref _context), exponent); break;
            case X87Op.Fabs: Set(Float80.Abs(_a)); break;
            default: Set(Float80.ChangeSign(_a)); break;
        }
    }

    private void RunConversion(X87Op op)
    {
        switch (op)
        {
            case X87Op.FldSingle: Push(X87Math.LoadSingle((uint)_case.Memory, ref _context)); break;
            case X87Op.FldDouble: Push(X87Math.LoadDouble(_case.Memory, ref _context)); break;
            case X87Op.Fild16: Push(X87Math.FromInteger((short)_case.Memory)); break;
            case X87Op.Fild32: Push(X87Math.FromInteger((int)_case.Memory)); break;
            case X87Op.Fild64: Push(X87Math.FromInteger((long)_case.Memory)); break;
            case X87Op.FstSingle: Store(X87Math.StoreSingle(_a, ref _context), 32, pop: false); break;
            case X87Op.FstDouble: Store(X87Math.StoreDouble(_a, ref _context), 64, pop: false); break;
            case X87Op.Fist16: Store((ushort)X87Math.StoreInt16(_a, ref _context), 16, pop: false); break;
            case X87Op.Fist32: Store((uint)X87Math.StoreInt32(_a, ref _context), 32, pop: false); break;
            case X87Op.Fistp64: Store((ulong)X87Math.StoreInt64(_a, ref _context), 64, pop: true); break;
            case X87Op.Fisttp16: Store((ushort)X87Math.TruncateInt16(_a, ref _context), 16, pop: true); break;
            case X87Op.Fisttp32: Store((uint)X87Math.TruncateInt32(_a, ref _context), 32, pop: true); break;
            default: Store((ulong)X87Math.TruncateInt64(_a, ref _context), 64, pop: true); break;
        }
    }

    private void RunDecimalOrConstant(X87Op op)
    {
        switch (op)
        {
            case X87Op.Fbld: Push(X87Math.LoadDecimal(_b.Significand, _b.SignExponent)); break;
            case X87Op.Fbstp:
                (ulong low, ushort high) = X87Math.StoreDecimal(_a, ref _context);
                Store(low, 64, pop: true);
                _result.MemoryHigh = _context.ResultSuppressed ? _result.MemoryHigh : high;
                break;
            case X87Op.Fld1: Push(Float80.One); break;
            case X87Op.Fldl2t: Push(X87Math.LoadLog2Ten(_context)); break;
            case X87Op.Fldl2e: Push(X87Math.LoadLog2E(_context)); break;
            case X87Op.Fldpi: Push(X87Math.LoadPi(_context)); break;
            case X87Op.Fldlg2: Push(X87Math.LoadLog10Two(_context)); break;
            case X87Op.Fldln2: Push(X87Math.LoadLnTwo(_context)); break;
            default: Push(Float80.Zero); break;
        }
    }

    private void RunTranscendental(X87Op op)
    {
        switch (op)
        {
            case X87Op.F2xm1: Set(X87Math.TwoToXMinusOne(_a, ref _context)); break;
            case X87Op.Fyl2x: SetAndPop(X87Math.YLog2X(_a, _b, ref _context)); break;
            case X87Op.Fyl2xp1: SetAndPop(X87Math.YLog2XPlusOne(_a, _b, ref _context)); break;
            case X87Op.Fptan: SetTwoUnlessIncomplete(X87Math.Tangent(_a, out Float80 one, ref _context), one); break;
            case X87Op.Fpatan: SetAndPop(X87Math.ArcTangent(_b, _a, ref _context)); break;
            case X87Op.Fsin: Set(X87Math.Sine(_a, ref _context)); break;
            case X87Op.Fcos: Set(X87Math.Cosine(_a, ref _context)); break;
            default: SetTwoUnlessIncomplete(X87Math.SineCosine(_a, out Float80 cosine, ref _context), cosine); break;
        }
    }

    private void RunMemoryOperand(X87Op op)
    {
        ulong memory = _case.Memory;
        switch (op)
        {
            case X87Op.FaddSingle: Set(X87Math.Add(_a, Single(memory), ref _context)); break;
            case X87Op.FaddDouble: Set(X87Math.Add(_a, Double(memory), ref _context)); break;
            case X87Op.Fiadd16: Set(X87Math.Add(_a, X87Math.FromInteger((short)memory), ref _context)); break;
            case X87Op.FmulSingle: Set(X87Math.Multiply(_a, Single(memory), ref _context)); break;
            case X87Op.FdivDouble: Set(X87Math.Divide(_a, Double(memory), ref _context)); break;
            case X87Op.FdivrDouble: Set(X87Math.Divide(Double(memory), _a, ref _context)); break;
            case X87Op.FcomSingle: X87Math.Compare(_a, Single(memory), ref _context); break;
            case X87Op.FcomDouble: X87Math.Compare(_a, Double(memory), ref _context); break;
            case X87Op.Ficom16: X87Math.Compare(_a, X87Math.FromInteger((short)memory), ref _context); break;
            case X87Op.Fidivr32: Set(X87Math.Divide(X87Math.FromInteger((int)memory), _a, ref _context)); break;
            case X87Op.FsubDouble: Set(X87Math.Subtract(_a, Double(memory), ref _context)); break;
            default: Set(X87Math.Subtract(Single(memory), _a, ref _context)); break;
        }
    }

    private Float80 Single(ulong memory) => X87Math.WidenSingle((uint)memory, ref _context);

    private Float80 Double(ulong memory) => X87Math.WidenDouble(memory, ref _context);

    private void Stay()
    {
        _result.St0 = _case.St0;
        _result.St1 = _case.St1;
    }

    private void Set(Float80 value)
    {
        if (!_context.ResultSuppressed)
            _result.St0 = new Packed80(value);
    }

    /// <summary>Replaces ST(0) by <paramref name="next"/> and pushes <paramref name="top"/>.</summary>
    private void SetTwo(Float80 top, Float80 next)
    {
        if (_context.ResultSuppressed)
            return;
        _result.St0 = new Packed80(top);
        _result.St1 = new Packed80(next);
    }

    private void SetTwoUnlessIncomplete(Float80 next, Float80 top)
    {
        if ((_context.Status & X87Status.C2) == 0)
            SetTwo(top, next);
    }

    private void SetAndPop(Float80 value)
    {
        if (_context.ResultSuppressed)
            return;
        _result.St0 = new Packed80(value);
        _result.St1 = new Packed80(Float80.Indefinite);
    }

    private void Push(Float80 value)
    {
        if (_context.ResultSuppressed)
            return;
        _result.St1 = _result.St0;
        _result.St0 = new Packed80(value);
    }

    /// <summary>Pops: the native program then finds ST(1) empty and reads the indefinite.</summary>
    private void Pop()
    {
        if (_context.ResultSuppressed)
            return;
        _result.St0 = _result.St1;
        _result.St1 = new Packed80(Float80.Indefinite);
    }

    private void Store(ulong value, int bits, bool pop)
    {
        if (!_context.ResultSuppressed)
            _result.Memory = bits == 64 ? value : (Untouched << bits) | value;
        if (pop)
            Pop();
    }

    /// <summary>ZF, PF and CF of the native program's EFLAGS; it compares no others.</summary>
    private void SetFlags(uint flags) => _result.Memory = flags;
}
