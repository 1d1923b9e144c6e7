using System.Text;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>What CPUID returns for one leaf.</summary>
public readonly record struct CpuidResult(uint Eax, uint Ebx, uint Ecx, uint Edx);

/// <summary>A named processor: which instructions it has, and what CPUID says. The same on every host. Intel SDM vol. 2A, CPUID.</summary>
public sealed class CpuModel
{
    private const uint MaxBasicLeaf = 0xD, MaxExtendedLeaf = 0x80000008;

    private readonly bool[] _features;
    private readonly byte[] _supported = new byte[8192];

    private CpuModel(string name, string brand, uint signature, ReadOnlySpan<CpuidFeature> features)
    {
        Name = name;
        Brand = brand;
        Signature = signature;
        _features = new bool[(int)CpuFeatures.Last + 1];
        foreach (CpuidFeature feature in features)
            _features[(int)feature] = true;
    }

    /// <summary>x86-64-v2: SSE4.2, POPCNT, CMPXCHG16B.</summary>
    public static CpuModel V2 { get; } = new("x86-64-v2", "emu x86-64-v2", 0x000106A5, CpuFeatures.V2);

    /// <summary>x86-64-v3: AVX2, FMA, BMI1 and BMI2, F16C, LZCNT, MOVBE, XSAVE.</summary>
    public static CpuModel V3 { get; } = new("x86-64-v3", "emu x86-64-v3", 0x000306C3, [.. CpuFeatures.V2, .. CpuFeatures.AddedByV3]);

    /// <summary>All that the interpreter can do: x86-64-v3, AES, SHA and their kin, protection keys.</summary>
    public static CpuModel Max { get; } = new("max", "emu max", 0x000906A3, [.. CpuFeatures.V2, .. CpuFeatures.AddedByV3, .. CpuFeatures.AddedByMax]);

    /// <summary>The model if nothing else is asked for.</summary>
    public static CpuModel Default => V3;

    /// <summary>The models by name.</summary>
    public static IReadOnlyList<CpuModel> All { get; } = [V2, V3, Max];

    /// <summary>Name as --cpu takes it.</summary>
    public string Name { get; }

    /// <summary>The processor brand string.</summary>
    public string Brand { get; }

    /// <summary>Family, model and stepping: CPUID.1:EAX.</summary>
    public uint Signature { get; }

    /// <summary>The state components that XSAVE knows, as XCR0 has them; 0 without it. Intel SDM vol. 1, 13.3.</summary>
    public ulong XFeatures => !Has(CpuidFeature.XSAVE) ? 0 : XSaveImage.Legacy | (Has(CpuidFeature.AVX) ? XSaveImage.Avx : 0) |
        (Has(CpuidFeature.PKU) ? XSaveImage.KeyRights : 0);

    /// <summary>Whether there are protection keys.</summary>
    public bool HasProtectionKeys => Has(CpuidFeature.PKU);

    /// <summary>How instructions are to be decoded.</summary>
    internal DecoderOptions DecoderOptions => DecoderOptions.None;

    /// <summary>Whether the processor has a feature.</summary>
    public bool Has(CpuidFeature feature) => _features[(int)feature];

    /// <summary>Whether the processor has an instruction.</summary>
    public bool Supports(Code code)
    {
        ref byte known = ref _supported[(int)code];
        if (known == 0)
            known = HasAll(code.CpuidFeatures()) ? (byte)1 : (byte)2;
        return known == 1;
    }

    private bool HasAll(CpuidFeature[] features)
    {
        foreach (CpuidFeature feature in features)
        {
            if (!Has(feature))
                return false;
        }
        return true;
    }

    /// <summary>What CPUID returns.</summary>
    public CpuidResult Cpuid(uint leaf, uint subleaf)
    {
        if (leaf is > MaxBasicLeaf and < 0x80000000 || leaf > MaxExtendedLeaf)
            leaf = MaxBasicLeaf; // beyond the last leaf a processor answers with the last basic one
        return leaf switch
        {
            0 => new CpuidResult(MaxBasicLeaf, 0x756E6547, 0x6C65746E, 0x49656E69), // GenuineIntel
            1 => new CpuidResult(Signature, 0x00010800, CpuFeatures.Leaf1Ecx(this), CpuFeatures.Leaf1Edx(this)),
            2 => new CpuidResult(0x00FEFF01, 0, 0, 0),
            4 => CacheParameters(subleaf),
            7 when subleaf == 0 => CpuFeatures.Leaf7(this),
            0xD => CpuFeatures.LeafD(this, subleaf),
            0x80000000 => new CpuidResult(MaxExtendedLeaf, 0, 0, 0),
            0x80000001 => CpuFeatures.ExtendedLeaf1(this),
            0x80000002 or 0x80000003 or 0x80000004 => BrandPart((int)(leaf - 0x80000002)),
            0x80000006 => new CpuidResult(0, 0, 0x01006040, 0),
            0x80000007 => new CpuidResult(0, 0, 0, 0x100), // invariant TSC
            0x80000008 => new CpuidResult(0x3030, 0, 0, 0), // 48 physical and 48 virtual bits
            _ => default,
        };
    }

    // L1 data, L1 instruction, L2 and L3: type and level; ways, partitions and line; sets; flags. Intel SDM vol. 2A, leaf 04H.
    private static CpuidResult CacheParameters(uint subleaf) => subleaf switch
    {
        0 => new CpuidResult(0x121, 0x01C0003F, 63, 0),
        1 => new CpuidResult(0x122, 0x01C0003F, 63, 0),
        2 => new CpuidResult(0x143, 0x01C0003F, 1023, 0),
        3 => new CpuidResult(0x163, 0x03C0003F, 8191, 2),
        _ => default,
    };

    private CpuidResult BrandPart(int part)
    {
        Span<byte> text = stackalloc byte[48];
        text.Clear();
        Encoding.ASCII.GetBytes(Brand, text);
        ReadOnlySpan<byte> slice = text.Slice(part * 16, 16);
        return new CpuidResult(BitConverter.ToUInt32(slice), BitConverter.ToUInt32(slice[4..]), BitConverter.ToUInt32(slice[8..]),
            BitConverter.ToUInt32(slice[12..]));
    }
}
