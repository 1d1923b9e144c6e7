namespace Emu.Cpu;

/// <summary>How a number is rounded. The encoding of MXCSR, of the x87 control word and of ROUNDSD's immediate.</summary>
internal enum FloatRounding
{
    /// <summary>To the nearest, a tie to the even one.</summary>
    Nearest = 0,

    /// <summary>Toward −∞.</summary>
    Down = 1,

    /// <summary>Toward +∞.</summary>
    Up = 2,

    /// <summary>Toward zero.</summary>
    Zero = 3,
}

/// <summary>What the operations of one instruction read of MXCSR, and the exceptions that they raise. Intel SDM vol. 1, 11.5.</summary>
internal struct FloatContext
{
    /// <summary>Exceptions raised so far, in their places in MXCSR.</summary>
    public uint Raised;

    /// <summary>Rounding.</summary>
    public FloatRounding Rounding;

    private readonly uint _control;

    /// <summary>A context with nothing raised yet.</summary>
    public FloatContext(uint mxcsr)
    {
        _control = mxcsr;
        Rounding = (FloatRounding)((mxcsr & Mxcsr.RoundingMask) >> Mxcsr.RoundingShift);
    }

    /// <summary>DAZ.</summary>
    public readonly bool DenormalsAreZero => (_control & Mxcsr.DenormalsAreZero) != 0;

    /// <summary>FTZ, which counts only where underflow is masked.</summary>
    public readonly bool FlushToZero => (_control & Mxcsr.FlushToZero) != 0 && IsMasked(Mxcsr.Underflow);

    /// <summary>Whether an exception has a masked response.</summary>
    public readonly bool IsMasked(uint flag) => (_control & (flag << Mxcsr.MaskShift)) != 0;

    /// <summary>
    /// What MXCSR shows of the exceptions raised. Those found in the operands come first: an unmasked one keeps the results from being
    /// computed, in all elements. Intel SDM vol. 1, 11.5.4.
    /// </summary>
    /// <param name="unmasked">Whether one of them is not masked.</param>
    public readonly uint Report(out bool unmasked)
    {
        uint open = Raised & ~(_control >> Mxcsr.MaskShift) & Mxcsr.Flags;
        unmasked = open != 0;
        return (open & Mxcsr.BeforeResult) != 0 ? Raised & Mxcsr.BeforeResult : Raised;
    }
}
