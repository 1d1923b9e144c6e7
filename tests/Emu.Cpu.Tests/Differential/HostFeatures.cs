using System.Runtime.Intrinsics.X86;
using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>What this host's processor has.</summary>
internal static class HostFeatures
{
    private static readonly Dictionary<CpuidFeature, bool> Known = [];

    /// <summary>Whether it has an instruction.</summary>
    public static bool Has(Code code)
    {
        lock (Known)
            return code.CpuidFeatures().All(Has);
    }

    private static bool Has(CpuidFeature feature)
    {
        if (!Known.TryGetValue(feature, out bool has))
            Known[feature] = has = CpuFeatures.IsReported(feature, Read);
        return has;
    }

    private static CpuidResult Read(uint leaf, uint subleaf)
    {
        (int eax, int ebx, int ecx, int edx) = X86Base.CpuId(unchecked((int)leaf), (int)subleaf);
        return new CpuidResult((uint)eax, (uint)ebx, (uint)ecx, (uint)edx);
    }
}
