using System.Buffers.Binary;

namespace Emu.Loader;

/// <summary>What the kernel tells a program about itself. Linux: include/uapi/linux/auxvec.h; getauxval(3).</summary>
public sealed class AuxiliaryVector
{
    /// <summary>AT_PHDR.</summary>
    public const ulong ProgramHeaders = 3;

    /// <summary>AT_PHENT.</summary>
    public const ulong ProgramHeaderSize = 4;

    /// <summary>AT_PHNUM.</summary>
    public const ulong ProgramHeaderCount = 5;

    /// <summary>AT_PAGESZ.</summary>
    public const ulong PageSize = 6;

    /// <summary>AT_BASE.</summary>
    public const ulong InterpreterBase = 7;

    /// <summary>AT_FLAGS.</summary>
    public const ulong Flags = 8;

    /// <summary>AT_ENTRY.</summary>
    public const ulong Entry = 9;

    /// <summary>AT_UID.</summary>
    public const ulong UserId = 11;

    /// <summary>AT_EUID.</summary>
    public const ulong EffectiveUserId = 12;

    /// <summary>AT_GID.</summary>
    public const ulong GroupId = 13;

    /// <summary>AT_EGID.</summary>
    public const ulong EffectiveGroupId = 14;

    /// <summary>AT_PLATFORM.</summary>
    public const ulong Platform = 15;

    /// <summary>AT_HWCAP: CPUID.1:EDX.</summary>
    public const ulong HardwareCapabilities = 16;

    /// <summary>AT_CLKTCK.</summary>
    public const ulong ClockTicks = 17;

    /// <summary>AT_SECURE.</summary>
    public const ulong Secure = 23;

    /// <summary>AT_RANDOM.</summary>
    public const ulong Random = 25;

    /// <summary>AT_HWCAP2.</summary>
    public const ulong HardwareCapabilities2 = 26;

    /// <summary>AT_RSEQ_FEATURE_SIZE.</summary>
    public const ulong RseqFeatureSize = 27;

    /// <summary>AT_RSEQ_ALIGN.</summary>
    public const ulong RseqAlign = 28;

    /// <summary>AT_EXECFN.</summary>
    public const ulong ExecFileName = 31;

    /// <summary>AT_SYSINFO_EHDR: the vDSO.</summary>
    public const ulong SysinfoEhdr = 33;

    /// <summary>AT_MINSIGSTKSZ.</summary>
    public const ulong MinimumSignalStack = 51;

    private readonly List<Pair> _pairs = [];

    private sealed record Pair(ulong Key, ulong Value);

    /// <summary>Adds an entry, or changes it where it stands.</summary>
    public void Set(ulong key, ulong value)
    {
        int index = _pairs.FindIndex(entry => entry.Key == key);
        if (index >= 0)
            _pairs[index] = new Pair(key, value);
        else
            _pairs.Add(new Pair(key, value));
    }

    /// <summary>The vector as it stands in memory, ended by AT_NULL.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[(_pairs.Count + 1) * 16];
        for (int i = 0; i < _pairs.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 16), _pairs[i].Key);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((i * 16) + 8), _pairs[i].Value);
        }
        return bytes;
    }
}
