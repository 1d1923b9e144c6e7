using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Which clock a machine follows.</summary>
public enum ClockKind
{
    /// <summary>Retired instructions; the same each time.</summary>
    Virtual,

    /// <summary>The host's.</summary>
    Host,
}

/// <summary>How a machine is configured.</summary>
public sealed record KernelOptions
{
    /// <summary>RAM.</summary>
    public MemoryLayout Memory { get; init; } = new(4UL << 30);

    /// <summary>Number of CPUs.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>What the CPUs can do.</summary>
    public CpuModel Model { get; init; } = CpuModel.Default;

    /// <summary>Which clock the machine follows.</summary>
    public ClockKind Clock { get; init; } = ClockKind.Virtual;

    /// <summary>Realtime at the start, in nanoseconds since 1970; null for the host's.</summary>
    public long? Epoch { get; init; }

    /// <summary>Seed of all randomness; if it is not 0, the lengths of time slices are drawn from it too.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that there may be at a time.</summary>
    public int Pids { get; init; } = 32768;

    /// <summary>Instructions of a time slice.</summary>
    public long SliceInstructions { get; init; } = 1_000_000;

    /// <summary>Instructions that a CPU may execute before the machine is stopped.</summary>
    public ulong MaxInstructions { get; init; } = ulong.MaxValue;

    /// <summary>Release of the kernel, as uname reports it.</summary>
    public string Release { get; init; } = "6.18.0";

    /// <summary>Version of the kernel, as uname reports it.</summary>
    public string Version { get; init; } = "#1 SMP PREEMPT_DYNAMIC";

    /// <summary>What RLIMIT_NOFILE can be raised to. Linux: <c>nr_open</c>.</summary>
    public ulong MaxOpenFiles { get; init; } = 1 << 20;
}
