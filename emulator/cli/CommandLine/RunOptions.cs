using Emu.Cpu;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>How a trace or a table is printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    JsonLines,

    /// <summary>One JSON array.</summary>
    Json,

    /// <summary>Comma-separated values. Source: RFC 4180.</summary>
    Csv,
}

/// <summary>A swap area.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="File">The file of the host that holds it; null for memory of the host.</param>
internal sealed record SwapRequest(ulong Bytes, byte[]? File);

/// <summary>A file of the program's control group and what is written to it, such as memory.max and 64M.</summary>
/// <param name="Name">The file.</param>
/// <param name="Value">What is written.</param>
internal sealed record ControlGroupSetting(string Name, string Value);

/// <summary>What the command line asks for.</summary>
internal sealed record RunOptions
{
    /// <summary>Realtime at the start of a trace, in seconds since 1970: 2025-01-01T00:00:00Z.</summary>
    public const long TraceEpochSeconds = 1_735_689_600;

    /// <summary>Faults between two checks if --check does not say.</summary>
    public const int DefaultCheckInterval = 1000;

    /// <summary>Threads that there may be if --pids does not say.</summary>
    public const int DefaultPids = 32768;

    /// <summary>What to do.</summary>
    public CommandKind Command { get; set; } = CommandKind.Run;

    /// <summary>--memory.</summary>
    public MemoryLayout Memory { get; set; } = new(4UL << 30);

    /// <summary>--cpus.</summary>
    public int Cpus { get; set; } = 1;

    /// <summary>--cpu.</summary>
    public CpuModel Model { get; set; } = CpuModel.Default;

    /// <summary>--clock.</summary>
    public ClockKind Clock { get; set; } = ClockKind.Virtual;

    /// <summary>--seed.</summary>
    public ulong Seed { get; set; }

    /// <summary>--epoch in nanoseconds since 1970; null for the host's time.</summary>
    public long? Epoch { get; set; }

    /// <summary>--timeout, or null.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>--max-instructions.</summary>
    public ulong MaxInstructions { get; set; } = ulong.MaxValue;

    /// <summary>--volume.</summary>
    public List<HostVolume> Volumes { get; } = [];

    /// <summary>--rootfs, or null.</summary>
    public byte[]? RootFs { get; set; }

    /// <summary>--cwd, or null.</summary>
    public byte[]? WorkingDirectory { get; set; }

    /// <summary>--env: each NAME=VALUE.</summary>
    public List<byte[]> Environment { get; } = [];

    /// <summary>--clear-env.</summary>
    public bool ClearEnvironment { get; set; }

    /// <summary>--swap.</summary>
    public List<SwapRequest> Swap { get; } = [];

    /// <summary>--cgroup.</summary>
    public List<ControlGroupSetting> ControlGroup { get; } = [];

    /// <summary>--pids: threads that there may be at a time.</summary>
    public int Pids { get; set; } = DefaultPids;

    /// <summary>--strace.</summary>
    public bool Strace { get; set; }

    /// <summary>--stats.</summary>
    public bool Statistics { get; set; }

    /// <summary>--check: faults between two checks, 0 for none at all.</summary>
    public int CheckInterval { get; set; }

    /// <summary>--inject: which page allocation fails, counted from 1; null for none.</summary>
    public ulong? FailingAllocation { get; set; }

    /// <summary>--class: a bit for each class to be printed.</summary>
    public ulong Classes { get; set; } = ulong.MaxValue;

    /// <summary>--vma: name of the areas to be printed, or null.</summary>
    public byte[]? AreaName { get; set; }

    /// <summary>--range: first address to be printed.</summary>
    public ulong RangeStart { get; set; }

    /// <summary>--range: last address to be printed.</summary>
    public ulong RangeLast { get; set; } = ulong.MaxValue;

    /// <summary>--format.</summary>
    public OutputFormat Format { get; set; }

    /// <summary>--output, or null.</summary>
    public byte[]? Output { get; set; }

    /// <summary>--verbose: how often.</summary>
    public int Verbosity { get; set; }

    /// <summary>The options of a command with nothing said.</summary>
    public static RunOptions For(CommandKind command) => new()
    {
        Command = command,
        Epoch = command == CommandKind.Trace ? TraceEpochSeconds * 1_000_000_000 : null,
    };

    /// <summary>The machine that they describe.</summary>
    public KernelOptions ToKernelOptions() => new()
    {
        Memory = Memory,
        Cpus = Cpus,
        Model = Model,
        Clock = Clock,
        Seed = Seed,
        Epoch = Epoch,
        MaxInstructions = MaxInstructions,
        Pids = Pids,
    };

    /// <summary>What the program sees of the host's files.</summary>
    /// <param name="environment">The caller's environment, which names the home directory.</param>
    public GuestFiles ToGuestFiles(byte[][] environment) => new()
    {
        RootDirectory = RootFs,
        Volumes = Volumes,
        WorkingDirectory = WorkingDirectory,
        Home = GuestEnvironment.Find(environment, "HOME="u8) is { Length: not 0 } home ? home.ToArray() : null,
    };
}
