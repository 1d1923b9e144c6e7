using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Sets of features, and where CPUID reports each. Intel SDM vol. 2A, CPUID, tables 3-10 and 3-11.</summary>
internal static class CpuFeatures
{
    /// <summary>Bit of a feature in a register of CPUID.</summary>
    private readonly record struct FeatureBit(CpuidFeature Feature, int Bit);

    /// <summary>No feature has a higher number.</summary>
    public const CpuidFeature Last = (CpuidFeature)255;

    private static readonly FeatureBit[] Leaf1EcxBits =
    [
        new(CpuidFeature.SSE3, 0), new(CpuidFeature.PCLMULQDQ, 1), new(CpuidFeature.SSSE3, 9), new(CpuidFeature.FMA, 12),
        new(CpuidFeature.CMPXCHG16B, 13), new(CpuidFeature.SSE4_1, 19), new(CpuidFeature.SSE4_2, 20), new(CpuidFeature.MOVBE, 22),
        new(CpuidFeature.POPCNT, 23), new(CpuidFeature.AES, 25), new(CpuidFeature.XSAVE, 26), new(CpuidFeature.XSAVE, 27),
        new(CpuidFeature.AVX, 28), new(CpuidFeature.F16C, 29), new(CpuidFeature.RDRAND, 30),
    ];

    private static readonly FeatureBit[] Leaf1EdxBits =
    [
        new(CpuidFeature.FPU, 0), new(CpuidFeature.TSC, 4), new(CpuidFeature.CX8, 8), new(CpuidFeature.CMOV, 15),
        new(CpuidFeature.CLFSH, 19), new(CpuidFeature.MMX, 23), new(CpuidFeature.FXSR, 24), new(CpuidFeature.SSE, 25),
        new(CpuidFeature.SSE2, 26),
    ];

    private static readonly FeatureBit[] Leaf7EbxBits =
    [
        new(CpuidFeature.FSGSBASE, 0), new(CpuidFeature.BMI1, 3), new(CpuidFeature.AVX2, 5), new(CpuidFeature.BMI2, 8),
        new(CpuidFeature.AVX512F, 16), new(CpuidFeature.AVX512DQ, 17), new(CpuidFeature.RDSEED, 18), new(CpuidFeature.ADX, 19),
        new(CpuidFeature.CLFLUSHOPT, 23), new(CpuidFeature.CLWB, 24), new(CpuidFeature.AVX512CD, 28), new(CpuidFeature.SHA, 29),
        new(CpuidFeature.AVX512BW, 30), new(CpuidFeature.AVX512VL, 31),
    ];

    // The second of PKU says that the kernel has switched protection keys on.
    private static readonly FeatureBit[] Leaf7EcxBits =
    [
        new(CpuidFeature.PKU, 3), new(CpuidFeature.PKU, 4), new(CpuidFeature.GFNI, 8), new(CpuidFeature.VAES, 9), new(CpuidFeature.VPCLMULQDQ, 10), new(CpuidFeature.RDPID, 22),
        new(CpuidFeature.MOVDIRI, 27),
    ];

    private static readonly FeatureBit[] Leaf7EdxBits = [new(CpuidFeature.SERIALIZE, 14)];

    private static readonly FeatureBit[] LeafDEaxBits = [new(CpuidFeature.XSAVEOPT, 0), new(CpuidFeature.XSAVEC, 1), new(CpuidFeature.XSAVE, 2)];

    private static readonly FeatureBit[] Extended1EcxBits = [new(CpuidFeature.LZCNT, 5), new(CpuidFeature.PREFETCHW, 8)];

    /// <summary>What every processor of the architecture has, and x86-64-v2.</summary>
    public static ReadOnlySpan<CpuidFeature> V2 =>
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486,
        CpuidFeature.INTEL8086_ONLY, CpuidFeature.X64, CpuidFeature.FPU, CpuidFeature.FPU287, CpuidFeature.FPU387, CpuidFeature.TSC,
        CpuidFeature.CX8, CpuidFeature.CMOV, CpuidFeature.CLFSH, CpuidFeature.MMX, CpuidFeature.FXSR, CpuidFeature.SSE,
        CpuidFeature.SSE2, CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2, CpuidFeature.POPCNT,
        CpuidFeature.CMPXCHG16B, CpuidFeature.SYSCALL, CpuidFeature.RDTSCP, CpuidFeature.CPUID, CpuidFeature.MULTIBYTENOP,
        CpuidFeature.PAUSE, CpuidFeature.RDPMC, CpuidFeature.MSR, CpuidFeature.PREFETCHW, CpuidFeature.SMM, CpuidFeature.SEP,
    ];

    /// <summary>What x86-64-v3 adds. XSAVEOPT and XSAVEC came with the same processors, or those next to them.</summary>
    public static ReadOnlySpan<CpuidFeature> AddedByV3 =>
    [
        CpuidFeature.AVX, CpuidFeature.AVX2, CpuidFeature.BMI1, CpuidFeature.BMI2, CpuidFeature.F16C, CpuidFeature.FMA, CpuidFeature.LZCNT,
        CpuidFeature.MOVBE, CpuidFeature.XSAVE, CpuidFeature.XSAVEOPT, CpuidFeature.XSAVEC,
    ];

    /// <summary>What the model max adds.</summary>
    public static ReadOnlySpan<CpuidFeature> AddedByMax =>
    [
        CpuidFeature.AES, CpuidFeature.PCLMULQDQ, CpuidFeature.SHA, CpuidFeature.VAES, CpuidFeature.VPCLMULQDQ, CpuidFeature.GFNI,
        CpuidFeature.ADX, CpuidFeature.RDRAND, CpuidFeature.RDSEED, CpuidFeature.CLFLUSHOPT, CpuidFeature.CLWB, CpuidFeature.MOVDIRI,
        CpuidFeature.SERIALIZE, CpuidFeature.RDPID, CpuidFeature.FSGSBASE, CpuidFeature.PKU,
    ];

    /// <summary>CPUID.1:ECX.</summary>
    public static uint Leaf1Ecx(CpuModel model) => Word(model, Leaf1EcxBits);

    /// <summary>CPUID.1:EDX, with what only the kernel uses (PSE, MSR, PAE, APIC, PGE, PAT, PSE36).</summary>
    public static uint Leaf1Edx(CpuModel model) => Word(model, Leaf1EdxBits) | 0x00032268;

    /// <summary>CPUID.7.0.</summary>
    public static CpuidResult Leaf7(CpuModel model) => new(0, Word(model, Leaf7EbxBits), Word(model, Leaf7EcxBits), Word(model, Leaf7EdxBits));

    /// <summary>CPUID.0DH: what XSAVE saves, and where. Intel SDM vol. 1, 13.2.</summary>
    public static CpuidResult LeafD(CpuModel model, uint subleaf)
    {
        if (!model.Has(CpuidFeature.XSAVE))
            return default;
        uint size = (uint)XSaveImage.SizeOf(model);
        return subleaf switch
        {
            0 => new CpuidResult((uint)model.XFeatures, size, size, 0),
            1 => new CpuidResult(Word(model, LeafDEaxBits), (uint)XSaveImage.SizeOf(model), 0, 0),
            2 when (model.XFeatures & XSaveImage.Avx) != 0 => new CpuidResult(XSaveImage.AvxSize, XSaveImage.AvxPlace, 0, 0),
            9 when (model.XFeatures & XSaveImage.KeyRights) != 0 => new CpuidResult(XSaveImage.KeyRightsSize, XSaveImage.KeyRightsPlace, 0, 0),
            _ => default,
        };
    }

    /// <summary>CPUID.80000001H: LAHF in 64-bit mode, SYSCALL, NX, RDTSCP, long mode.</summary>
    public static CpuidResult ExtendedLeaf1(CpuModel model) => new(model.Signature, 0, Word(model, Extended1EcxBits) | 1, 0x28100800);

    /// <summary>Whether a processor that answers CPUID so has a feature; true for features that CPUID does not tell of.</summary>
    public static bool IsReported(CpuidFeature feature, Func<uint, uint, CpuidResult> cpuid)
    {
        (FeatureBit[] Bits, Func<uint> Word)[] places =
        [
            (Leaf1EcxBits, () => cpuid(1, 0).Ecx), (Leaf1EdxBits, () => cpuid(1, 0).Edx), (Leaf7EbxBits, () => cpuid(7, 0).Ebx),
            (Leaf7EcxBits, () => cpuid(7, 0).Ecx), (Leaf7EdxBits, () => cpuid(7, 0).Edx), (LeafDEaxBits, () => cpuid(0xD, 1).Eax),
            (Extended1EcxBits, () => cpuid(0x80000001, 0).Ecx),
        ];
        foreach ((FeatureBit[] bits, Func<uint> word) in places)
        {
            foreach (FeatureBit bit in bits)
            {
                if (bit.Feature == feature)
                    return (word() >> bit.Bit & 1) != 0;
            }
        }
        return true;
    }

    private static uint Word(CpuModel model, FeatureBit[] bits)
    {
        uint word = 0;
        foreach (FeatureBit bit in bits)
        {
            if (model.Has(bit.Feature))
                word |= 1u << bit.Bit;
        }
        return word;
    }
}
