using Iced.Intel;

namespace Emu.Cpu;

/// <summary>The flag that an addition takes as its carry.</summary>
internal interface ICarryFlag
{
    /// <summary>Whether it is set.</summary>
    static abstract bool IsSet(in LazyFlags flags);

    /// <summary>Changes it and no other.</summary>
    static abstract void Set(ref LazyFlags flags, bool carry);
}

/// <summary>ADCX: CF.</summary>
internal readonly struct ByCarry : ICarryFlag
{
    public static bool IsSet(in LazyFlags flags) => flags.Carry;

    public static void Set(ref LazyFlags flags, bool carry) => flags.SetCarry(carry);
}

/// <summary>ADOX: OF.</summary>
internal readonly struct ByOverflow : ICarryFlag
{
    public static bool IsSet(in LazyFlags flags) => flags.Overflow;

    public static void Set(ref LazyFlags flags, bool carry) => flags.SetCarryOverflow(flags.Carry, carry);
}

/// <summary>ADCX and ADOX. Intel SDM vol. 2A.</summary>
internal static unsafe class ExtendedCarry
{
    /// <summary>Binds one of them.</summary>
    public static void Bind<TFlag>(BlockBuilder b, in Instruction i)
        where TFlag : struct, ICarryFlag
    {
        int size = Operands.Size(i);
        ushort source = b.EmitLoad(i, 1, size);
        b.Emit(size == 8 ? &Add<TFlag, W64> : &Add<TFlag, W32>, Reg.Offset(i.Op0Register), source);
    }

    private static Block* Add<TFlag, TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TFlag : struct, ICarryFlag
        where TWidth : struct, IWidth
    {
        UInt128 sum = (UInt128)Access.Get<TWidth>(s, op->Destination) + Access.Get<TWidth>(s, op->Source) + (TFlag.IsSet(s->Flags) ? 1UL : 0);
        Access.Set<TWidth>(s, op->Destination, (ulong)sum);
        TFlag.Set(ref s->Flags, sum >> TWidth.Bits != 0);
        return op[1].Handler(s, op + 1, c);
    }
}
