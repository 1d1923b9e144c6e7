using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>One way to write an instruction: its code, and whether an operand that may be a register or memory is memory.</summary>
public readonly record struct InstructionForm(Code Code, bool Memory)
{
    public override string ToString() => Memory ? $"{Code} (memory)" : Code.ToString();
}

/// <summary>Instructions that are tested together.</summary>
public enum InstructionGroup
{
    Integer,
    Fpu,
    Mmx,
    Sse,
    Sse2,
    Sse3,
    Sse4,
    Bmi,
    Avx,
    Avx2,
    Fma,
    XSave,
    Crypto,
    Other,
}

/// <summary>What a processor model has, and what of it can be compared with the host.</summary>
internal static class InstructionForms
{
    /// <summary>
    /// Instructions of the model that are not executed on the host, with the reason. Those that only end the run, or depend on the machine
    /// that runs the test, have tests of their own.
    /// </summary>
    public static IReadOnlyDictionary<Mnemonic, string> NotCompared { get; } = new Dictionary<Mnemonic, string>
    {
        [Mnemonic.Syscall] = "enters the kernel",
        [Mnemonic.Sysenter] = "enters the kernel on some processors",
        [Mnemonic.Int1] = "leaves RIP at itself on virtual machines",
        [Mnemonic.Int3] = "ends every case",
        [Mnemonic.Cpuid] = "answers for the model, not for the host",
        [Mnemonic.Rdtsc] = "reads the time",
        [Mnemonic.Rdtscp] = "reads the time",
        [Mnemonic.Rdpmc] = "may be allowed by the host's kernel",
        [Mnemonic.Sgdt] = "is emulated by kernels with UMIP",
        [Mnemonic.Sidt] = "is emulated by kernels with UMIP",
        [Mnemonic.Sldt] = "is emulated by kernels with UMIP",
        [Mnemonic.Smsw] = "is emulated by kernels with UMIP",
        [Mnemonic.Str] = "is emulated by kernels with UMIP",
        [Mnemonic.Rcpps] = "is an estimate",
        [Mnemonic.Rcpss] = "is an estimate",
        [Mnemonic.Rsqrtps] = "is an estimate",
        [Mnemonic.Rsqrtss] = "is an estimate",
        [Mnemonic.Vrcpps] = "is an estimate",
        [Mnemonic.Vrcpss] = "is an estimate",
        [Mnemonic.Vrsqrtps] = "is an estimate",
        [Mnemonic.Vrsqrtss] = "is an estimate",
        [Mnemonic.Rdpkru] = "depends on the kernel",
        [Mnemonic.Wrpkru] = "depends on the kernel",
        [Mnemonic.Rdrand] = "draws a number",
        [Mnemonic.Rdseed] = "draws a number",
        [Mnemonic.Rdpid] = "tells the host's CPU",
        [Mnemonic.Xgetbv] = "answers for the model, not for the host",
    };

    /// <summary>Single forms of which processors make different things.</summary>
    public static IReadOnlyDictionary<InstructionForm, string> Differing { get; } = new Dictionary<InstructionForm, string>
    {
        [new(Code.Movsxd_r16_rm16, true)] = "reads a doubleword on AMD's",
        [new(Code.Cvtpi2ps_xmm_mmm64, true)] = "leaves the x87 state alone on AMD's",
        [new(Code.Reservednop_rm16_r16_0F0D, false)] = "is undefined on AMD's",
        [new(Code.Reservednop_rm32_r32_0F0D, false)] = "is undefined on AMD's",
        [new(Code.Reservednop_rm64_r64_0F0D, false)] = "is undefined on AMD's",
        [new(Code.Lss_r64_m1664, true)] = "has an offset of 32 bits on AMD's",
        [new(Code.Lfs_r64_m1664, true)] = "has an offset of 32 bits on AMD's",
        [new(Code.Lgs_r64_m1664, true)] = "has an offset of 32 bits on AMD's",
        [new(Code.Call_m1664, true)] = "has an offset of 32 bits on AMD's",
        [new(Code.Jmp_m1664, true)] = "has an offset of 32 bits on AMD's",
    };

    /// <summary>The forms that are compared with the host.</summary>
    public static IEnumerable<InstructionForm> Compared(CpuModel model)
    {
        foreach (Code code in InstructionSet.CodesOf(model).Where(static code => !NotCompared.ContainsKey(code.Mnemonic())))
        {
            if (!HasMemoryOnly(code) && !Differing.ContainsKey(new InstructionForm(code, Memory: false)))
                yield return new InstructionForm(code, Memory: false);
            if (MayHaveMemory(code) && !Differing.ContainsKey(new InstructionForm(code, Memory: true)))
                yield return new InstructionForm(code, Memory: true);
        }
    }

    /// <summary>Whether an instruction is refused in user mode, or undefined.</summary>
    public static bool AlwaysFaults(Code code) => !code.ToOpCode().Cpl3 || code.Mnemonic() is Mnemonic.In or Mnemonic.Out or Mnemonic.Insb or Mnemonic.Insw
        or Mnemonic.Insd or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd or Mnemonic.Cli or Mnemonic.Sti or Mnemonic.Ud0 or Mnemonic.Ud1
        or Mnemonic.Ud2 or Mnemonic.Rsm;

    /// <summary>The group of an instruction, by what CPUID calls it.</summary>
    public static InstructionGroup GroupOf(Code code)
    {
        CpuidFeature[] features = code.CpuidFeatures();
        if (features.Any(static feature => feature is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387))
            return InstructionGroup.Fpu;
        return features[0] switch
        {
            CpuidFeature.AVX or CpuidFeature.F16C => InstructionGroup.Avx,
            CpuidFeature.AVX2 => InstructionGroup.Avx2,
            CpuidFeature.FMA => InstructionGroup.Fma,
            CpuidFeature.AES or CpuidFeature.PCLMULQDQ or CpuidFeature.SHA or CpuidFeature.VAES or CpuidFeature.VPCLMULQDQ or CpuidFeature.GFNI =>
                InstructionGroup.Crypto,
            CpuidFeature.ADX or CpuidFeature.RDSEED or CpuidFeature.RDRAND or CpuidFeature.CLFLUSHOPT or CpuidFeature.CLWB or CpuidFeature.MOVDIRI
                or CpuidFeature.SERIALIZE or CpuidFeature.RDPID or CpuidFeature.FSGSBASE => InstructionGroup.Other,
            CpuidFeature.XSAVE or CpuidFeature.XSAVEOPT or CpuidFeature.XSAVEC => InstructionGroup.XSave,
            CpuidFeature.BMI1 or CpuidFeature.BMI2 or CpuidFeature.LZCNT or CpuidFeature.MOVBE => InstructionGroup.Bmi,
            CpuidFeature.MMX => InstructionGroup.Mmx,
            CpuidFeature.SSE or CpuidFeature.FXSR => InstructionGroup.Sse,
            CpuidFeature.SSE2 => InstructionGroup.Sse2,
            CpuidFeature.SSE3 or CpuidFeature.SSSE3 => InstructionGroup.Sse3,
            CpuidFeature.SSE4_1 or CpuidFeature.SSE4_2 => InstructionGroup.Sse4,
            _ => InstructionGroup.Integer,
        };
    }

    /// <summary>Whether an operand is memory with a vector register as index.</summary>
    public static bool IsGather(OpCodeOperandKind kind) => kind is OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib64x
        or OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64y;

    private static bool HasMemoryOnly(Code code) => OperandKinds(code).Any(static kind => kind == OpCodeOperandKind.mem || IsGather(kind));

    private static bool MayHaveMemory(Code code) => OperandKinds(code).Any(static kind => kind is OpCodeOperandKind.mem
        or OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem
        or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.ymm_or_mem || IsGather(kind));

    public static IEnumerable<OpCodeOperandKind> OperandKinds(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        for (int operand = 0; operand < info.OpCount; operand++)
            yield return info.GetOpKind(operand);
    }
}
