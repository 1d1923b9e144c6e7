using Iced.Intel;

namespace Emu.Cpu;

/// <summary>From mnemonics to the functions that bind them: the list of what the processor can do.</summary>
internal static unsafe partial class InstructionTable
{
    private const int Mnemonics = 2048;

    private static readonly nint[] Rows = Build();

    /// <summary>What becomes of an instruction that a model has.</summary>
    public static InstructionSupport SupportOf(Mnemonic mnemonic, CpuModel model)
    {
        nint row = RowOf(mnemonic, model);
        if (row == 0)
            return InstructionSupport.Missing;
        if (row == (nint)(delegate*<BlockBuilder, in Instruction, void>)&SystemInstructions.Undefined)
            return InstructionSupport.Undefined;
        return row == (nint)(delegate*<BlockBuilder, in Instruction, void>)&SystemInstructions.Privileged
            ? InstructionSupport.Privileged
            : InstructionSupport.Executed;
    }

    /// <summary>Binds an instruction; one that is unknown, or that the model does not have, becomes #UD.</summary>
    public static void Bind(BlockBuilder builder, in Instruction instruction, CpuModel model)
    {
        nint row = RowOf(instruction.Mnemonic, model);
        if (row == 0 || (!model.Supports(instruction.Code) && !IsHint(instruction.Mnemonic) && instruction.Code != Code.INVALID))
            builder.Add(instruction, &SystemInstructions.Undefined);
        else
            builder.Add(instruction, (delegate*<BlockBuilder, in Instruction, void>)row);
    }

    // Without BMI1 and LZCNT the prefix of TZCNT and LZCNT is ignored.
    private static nint RowOf(Mnemonic mnemonic, CpuModel model) => mnemonic switch
    {
        Mnemonic.Tzcnt when !model.Has(CpuidFeature.BMI1) => Rows[(int)Mnemonic.Bsf],
        Mnemonic.Lzcnt when !model.Has(CpuidFeature.LZCNT) => Rows[(int)Mnemonic.Bsr],
        _ => Rows[(int)mnemonic],
    };

    // Encodings that older processors execute as NOP, and the two whose prefix they ignore.
    private static bool IsHint(Mnemonic mnemonic) =>
        mnemonic is Mnemonic.Endbr64 or Mnemonic.Endbr32 or Mnemonic.Rdsspd or Mnemonic.Rdsspq or Mnemonic.Tzcnt or Mnemonic.Lzcnt or
            Mnemonic.Cldemote or Mnemonic.Prefetchwt1;

    private static nint[] Build()
    {
        nint[] rows = new nint[Mnemonics];
        AddArithmetic(rows);
        AddShiftsAndBits(rows);
        AddTransfers(rows);
        AddConditionals(rows);
        AddControl(rows);
        AddStrings(rows);
        AddSystem(rows);
        AddVectorMoves(rows);
        AddPackedArithmetic(rows);
        AddPackedMultiplies(rows);
        AddPackedComparisons(rows);
        AddPackedShifts(rows);
        AddPackedRearrangements(rows);
        AddPackedExtensions(rows);
        AddFloatArithmetic(rows);
        AddFloatOthers(rows);
        AddFloatConversions(rows);
        AddFloatComparisons(rows);
        AddFpuArithmetic(rows);
        AddFpuTransfers(rows);
        AddFpuControl(rows);
        AddBitManipulation(rows);
        AddVectorPermutes(rows);
        AddFused(rows);
        AddCrypto(rows);
        AddSmallExtensions(rows);
        return rows;
    }

    private static void Set(nint[] rows, delegate*<BlockBuilder, in Instruction, void> binder, params ReadOnlySpan<Mnemonic> mnemonics)
    {
        foreach (Mnemonic mnemonic in mnemonics)
            rows[(int)mnemonic] = (nint)binder;
    }

    private static void AddArithmetic(nint[] rows)
    {
        Set(rows, &Alu.Bind<Add>, Mnemonic.Add);
        Set(rows, &Alu.Bind<Or>, Mnemonic.Or);
        Set(rows, &Alu.Bind<AddWithCarry>, Mnemonic.Adc);
        Set(rows, &Alu.Bind<SubtractWithBorrow>, Mnemonic.Sbb);
        Set(rows, &Alu.Bind<And>, Mnemonic.And);
        Set(rows, &Alu.Bind<Subtract>, Mnemonic.Sub);
        Set(rows, &Alu.Bind<ExclusiveOr>, Mnemonic.Xor);
        Set(rows, &Alu.Bind<Compare>, Mnemonic.Cmp);
        Set(rows, &Alu.Bind<Test>, Mnemonic.Test);
        Set(rows, &Unary.Bind<Increment>, Mnemonic.Inc);
        Set(rows, &Unary.Bind<Decrement>, Mnemonic.Dec);
        Set(rows, &Unary.Bind<Negate>, Mnemonic.Neg);
        Set(rows, &Unary.Bind<Complement>, Mnemonic.Not);
        Set(rows, &MultiplyDivide.Mul, Mnemonic.Mul);
        Set(rows, &MultiplyDivide.Imul, Mnemonic.Imul);
        Set(rows, &MultiplyDivide.Div, Mnemonic.Div);
        Set(rows, &MultiplyDivide.Idiv, Mnemonic.Idiv);
    }

    private static void AddShiftsAndBits(nint[] rows)
    {
        Set(rows, &Shift.Bind<ShiftLeft>, Mnemonic.Shl, Mnemonic.Sal);
        Set(rows, &Shift.Bind<ShiftRight>, Mnemonic.Shr);
        Set(rows, &Shift.Bind<ShiftArithmeticRight>, Mnemonic.Sar);
        Set(rows, &Shift.Bind<RotateLeft>, Mnemonic.Rol);
        Set(rows, &Shift.Bind<RotateRight>, Mnemonic.Ror);
        Set(rows, &Shift.Bind<RotateCarryLeft>, Mnemonic.Rcl);
        Set(rows, &Shift.Bind<RotateCarryRight>, Mnemonic.Rcr);
        Set(rows, &DoubleShift.Bind<DoubleShiftLeft>, Mnemonic.Shld);
        Set(rows, &DoubleShift.Bind<DoubleShiftRight>, Mnemonic.Shrd);
        Set(rows, &BitInstructions.Bind<BitTest>, Mnemonic.Bt);
        Set(rows, &BitInstructions.Bind<BitSet>, Mnemonic.Bts);
        Set(rows, &BitInstructions.Bind<BitReset>, Mnemonic.Btr);
        Set(rows, &BitInstructions.Bind<BitComplement>, Mnemonic.Btc);
        Set(rows, &BitInstructions.BindScan<ScanForward>, Mnemonic.Bsf);
        Set(rows, &BitInstructions.BindScan<ScanReverse>, Mnemonic.Bsr);
        Set(rows, &BitInstructions.BindScan<CountBits>, Mnemonic.Popcnt);
        Set(rows, &Crc32.Bind, Mnemonic.Crc32);
        Set(rows, &BitInstructions.BindScan<CountTrailingZeros>, Mnemonic.Tzcnt);
        Set(rows, &BitInstructions.BindScan<CountLeadingZeros>, Mnemonic.Lzcnt);
    }

    private static void AddTransfers(nint[] rows)
    {
        Set(rows, &DataTransfer.Mov, Mnemonic.Mov);
        Set(rows, &DataTransfer.Lea, Mnemonic.Lea);
        Set(rows, &DataTransfer.Bswap, Mnemonic.Bswap);
        Set(rows, &DataTransfer.Movbe, Mnemonic.Movbe);
        Set(rows, &DataTransfer.Xlat, Mnemonic.Xlatb);
        Set(rows, &Extension.Bind<ZeroExtend>, Mnemonic.Movzx);
        Set(rows, &Extension.Bind<SignExtend>, Mnemonic.Movsx, Mnemonic.Movsxd);
        Set(rows, &Extension.Accumulator, Mnemonic.Cbw, Mnemonic.Cwde, Mnemonic.Cdqe);
        Set(rows, &Extension.AccumulatorSign, Mnemonic.Cwd, Mnemonic.Cdq, Mnemonic.Cqo);
        Set(rows, &StackInstructions.Push, Mnemonic.Push);
        Set(rows, &StackInstructions.Pop, Mnemonic.Pop);
        Set(rows, &StackInstructions.Pushf, Mnemonic.Pushf, Mnemonic.Pushfq);
        Set(rows, &StackInstructions.Popf, Mnemonic.Popf, Mnemonic.Popfq);
        Set(rows, &StackInstructions.Leave, Mnemonic.Leave);
        Set(rows, &StackInstructions.Enter, Mnemonic.Enter);
        Set(rows, &Atomic.Xchg, Mnemonic.Xchg);
        Set(rows, &Atomic.Xadd, Mnemonic.Xadd);
        Set(rows, &Atomic.Cmpxchg, Mnemonic.Cmpxchg);
        Set(rows, &Atomic.Cmpxchg8b, Mnemonic.Cmpxchg8b);
        Set(rows, &Atomic.Cmpxchg16b, Mnemonic.Cmpxchg16b);
    }

    private static void AddConditionals(nint[] rows)
    {
        Set(rows, &DataTransfer.Cmov, Mnemonic.Cmovo, Mnemonic.Cmovno, Mnemonic.Cmovb, Mnemonic.Cmovae, Mnemonic.Cmove, Mnemonic.Cmovne,
            Mnemonic.Cmovbe, Mnemonic.Cmova, Mnemonic.Cmovs, Mnemonic.Cmovns, Mnemonic.Cmovp, Mnemonic.Cmovnp, Mnemonic.Cmovl,
            Mnemonic.Cmovge, Mnemonic.Cmovle, Mnemonic.Cmovg);
        Set(rows, &DataTransfer.Setcc, Mnemonic.Seto, Mnemonic.Setno, Mnemonic.Setb, Mnemonic.Setae, Mnemonic.Sete, Mnemonic.Setne,
            Mnemonic.Setbe, Mnemonic.Seta, Mnemonic.Sets, Mnemonic.Setns, Mnemonic.Setp, Mnemonic.Setnp, Mnemonic.Setl, Mnemonic.Setge,
            Mnemonic.Setle, Mnemonic.Setg);
        Set(rows, &Branch.Jcc, Mnemonic.Jo, Mnemonic.Jno, Mnemonic.Jb, Mnemonic.Jae, Mnemonic.Je, Mnemonic.Jne, Mnemonic.Jbe, Mnemonic.Ja,
            Mnemonic.Js, Mnemonic.Jns, Mnemonic.Jp, Mnemonic.Jnp, Mnemonic.Jl, Mnemonic.Jge, Mnemonic.Jle, Mnemonic.Jg);
    }

    private static void AddControl(nint[] rows)
    {
        Set(rows, &Branch.Jmp, Mnemonic.Jmp);
        Set(rows, &Branch.Call, Mnemonic.Call);
        Set(rows, &Branch.Ret, Mnemonic.Ret);
        Set(rows, &FarTransfer.Return, Mnemonic.Retf);
        Set(rows, &FarTransfer.InterruptReturn, Mnemonic.Iret, Mnemonic.Iretd, Mnemonic.Iretq);
        Set(rows, &Branch.Jrcxz, Mnemonic.Jrcxz, Mnemonic.Jecxz);
        Set(rows, &Branch.Loop, Mnemonic.Loop, Mnemonic.Loope, Mnemonic.Loopne);
        Set(rows, &FlagInstructions.Bind, Mnemonic.Clc, Mnemonic.Stc, Mnemonic.Cmc, Mnemonic.Cld, Mnemonic.Std, Mnemonic.Lahf,
            Mnemonic.Sahf);
    }

    private static void AddStrings(nint[] rows)
    {
        Set(rows, &StringInstructions.Bind<MoveString>, Mnemonic.Movsb, Mnemonic.Movsw, Mnemonic.Movsq);
        Set(rows, &StringInstructions.Bind<StoreString>, Mnemonic.Stosb, Mnemonic.Stosw, Mnemonic.Stosd, Mnemonic.Stosq);
        Set(rows, &StringInstructions.Bind<LoadString>, Mnemonic.Lodsb, Mnemonic.Lodsw, Mnemonic.Lodsd, Mnemonic.Lodsq);
        Set(rows, &StringInstructions.Bind<ScanString>, Mnemonic.Scasb, Mnemonic.Scasw, Mnemonic.Scasd, Mnemonic.Scasq);
        Set(rows, &StringInstructions.Bind<CompareString>, Mnemonic.Cmpsb, Mnemonic.Cmpsw, Mnemonic.Cmpsq);
    }

    private static void AddSystem(nint[] rows)
    {
        Set(rows, &SystemInstructions.Syscall, Mnemonic.Syscall);
        Set(rows, &SystemInstructions.Cpuid, Mnemonic.Cpuid);
        Set(rows, &SystemInstructions.Rdtsc, Mnemonic.Rdtsc, Mnemonic.Rdtscp);
        Set(rows, &SystemInstructions.KeyRights, Mnemonic.Rdpkru, Mnemonic.Wrpkru);
        Set(rows, &SystemInstructions.Int3, Mnemonic.Int3);
        Set(rows, &SystemInstructions.Int1, Mnemonic.Int1);
        Set(rows, &SystemInstructions.Interrupt, Mnemonic.Int);
        Set(rows, &SystemInstructions.Unreadable, Mnemonic.INVALID);
        Set(rows, &SystemInstructions.Undefined, Mnemonic.Ud0, Mnemonic.Ud1, Mnemonic.Ud2, Mnemonic.Rsm, Mnemonic.Sysenter);
        Set(rows, &SegmentInstructions.LoadFarPointer, Mnemonic.Lss, Mnemonic.Lfs, Mnemonic.Lgs);
        Set(rows, &SegmentInstructions.AccessRights, Mnemonic.Lar);
        Set(rows, &SegmentInstructions.Limit, Mnemonic.Lsl);
        Set(rows, &SegmentInstructions.Verify, Mnemonic.Verr, Mnemonic.Verw);
        Set(rows, &SystemInstructions.Flush, Mnemonic.Clflush);
        Set(rows, &SystemInstructions.Nop, Mnemonic.Nop, Mnemonic.Pause, Mnemonic.Endbr64, Mnemonic.Endbr32, Mnemonic.Rdsspd,
            Mnemonic.Rdsspq, Mnemonic.Prefetchnta, Mnemonic.Prefetcht0, Mnemonic.Prefetcht1, Mnemonic.Prefetcht2, Mnemonic.Prefetchw,
            Mnemonic.Prefetchwt1, Mnemonic.Prefetch, Mnemonic.Reservednop, Mnemonic.Cldemote);
        Set(rows, &SystemInstructions.Fence, Mnemonic.Mfence, Mnemonic.Lfence, Mnemonic.Sfence);
        Set(rows, &SystemInstructions.Privileged, Mnemonic.Hlt, Mnemonic.In, Mnemonic.Out, Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd,
            Mnemonic.Outsb, Mnemonic.Outsw, Mnemonic.Outsd, Mnemonic.Cli, Mnemonic.Sti, Mnemonic.Rdmsr, Mnemonic.Wrmsr,
            Mnemonic.Invd, Mnemonic.Wbinvd, Mnemonic.Clts, Mnemonic.Sysexit, Mnemonic.Sysexitq, Mnemonic.Sysret, Mnemonic.Sysretq, Mnemonic.Lgdt, Mnemonic.Lidt,
            Mnemonic.Lldt, Mnemonic.Ltr, Mnemonic.Lmsw, Mnemonic.Invlpg, Mnemonic.Swapgs, Mnemonic.Sgdt, Mnemonic.Sidt, Mnemonic.Sldt,
            Mnemonic.Str, Mnemonic.Smsw, Mnemonic.Rdpmc, Mnemonic.Xsetbv);
    }
}
