namespace Emu.Mm;

/// <summary>The resource limits of a process that mm obeys, and the privileges that lift them.</summary>
/// <remarks>The process owns the object; its address space reads it. Source: getrlimit(2).</remarks>
public sealed class MmLimits
{
    /// <summary>No limit. Linux: <c>RLIM_INFINITY</c>.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>RLIMIT_AS in bytes.</summary>
    public ulong AddressSpace { get; set; } = Infinity;

    /// <summary>RLIMIT_DATA in bytes.</summary>
    public ulong Data { get; set; } = Infinity;

    /// <summary>RLIMIT_STACK in bytes.</summary>
    public ulong Stack { get; set; } = 8UL << 20;

    /// <summary>RLIMIT_MEMLOCK in bytes.</summary>
    public ulong Memlock { get; set; } = 8UL << 20;

    /// <summary>CAP_IPC_LOCK: RLIMIT_MEMLOCK does not apply.</summary>
    public bool CanLock { get; set; }

    /// <summary>CAP_SYS_ADMIN: the reserve for root may be used in overcommit mode 2.</summary>
    public bool IsAdmin { get; set; }

    /// <summary>CAP_SYS_RAWIO: mappings below <see cref="MmSysctl.MmapMinAddr"/> are allowed.</summary>
    public bool CanMapLow { get; set; }
}
