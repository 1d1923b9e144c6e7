using Emu.Cpu;
using Emu.Mm;
using Microsoft.Extensions.Logging;

namespace Emu.Syscalls;

/// <summary>One machine: its memory, its processors, its clock, and the tasks that run on it.</summary>
/// <remarks>Everything is reached from here; there is no global state, so that machines do not disturb each other.</remarks>
public sealed partial class Kernel : IDisposable
{
    /// <summary>Brings a machine up; nothing runs on it yet.</summary>
    /// <exception cref="OutOfMemoryException">The host refuses the memory.</exception>
    public Kernel(KernelOptions options, IExecutionEngine engine, ILogger log)
    {
        Options = options;
        Engine = engine;
        Log = log;
        Pids = new PidTable { Limit = options.Pids, Maximum = Math.Max(options.Pids, PidTable.DefaultMaximum) };
        Memory = new MemoryManager(options.Memory, options.Cpus);
        Memory.HasProtectionKeys = options.Model.HasProtectionKeys;
        Clock = new Clock(options);
        Random = new SeededRandom(options.Seed);
        _slices = new SeededRandom(~options.Seed); // what a program draws does not change its schedule
        Code = new CodeCache(Memory.Memory);
        Contexts = new TlbContexts();
        Memory.Tlb = Contexts;
        Memory.FrameWatch = Code;
        Processors = new Processor[options.Cpus];
        for (int cpu = 0; cpu < Processors.Length; cpu++)
        {
            Processors[cpu] = new Processor(cpu, Memory, options.Model, Contexts, Code, Clock)
            {
                UndefinedInstruction = (rip, bytes) => KernelLog.UndefinedInstruction(Log, rip, Convert.ToHexString(bytes)),
                RandomSource = Random.Next,
            };
        }
        Stop = new MachineStop(Processors);
        Scheduler = new Scheduler(this);
        Threads = new KernelThreads(this);
        Memory.Vmscan.Kswapd = new Kswapd(this);
        Memory.Compaction.Kcompactd = new Kcompactd(this);
        _ = new FlusherThread(this);
        Memory.Khugepaged.Thread = new KhugepagedThread(this);
        Memory.Ksm.Thread = new Ksmd(this);
        Memory.FaultWait = new FaultWaiter(this);
        Memory.Oom.Port = new OomPort(this);
        Memory.Log = line => KernelLog.Memory(log, line);
        Stop.Requested = Scheduler.Attend;
        Dispatcher = new SyscallDispatcher(this);
    }

    /// <summary>How the machine was configured.</summary>
    public KernelOptions Options { get; }

    /// <summary>Executes guest code.</summary>
    public IExecutionEngine Engine { get; }

    /// <summary>Where messages of the machine go.</summary>
    public ILogger Log { get; }

    /// <summary>Memory.</summary>
    public MemoryManager Memory { get; }

    /// <summary>Time.</summary>
    public Clock Clock { get; }

    /// <summary>Randomness, the same for the same seed.</summary>
    public SeededRandom Random { get; }

    /// <summary>Decoded code.</summary>
    public CodeCache Code { get; }

    /// <summary>Translations.</summary>
    public TlbContexts Contexts { get; }

    /// <summary>The CPUs.</summary>
    public Processor[] Processors { get; }

    /// <summary>Stops everything.</summary>
    public MachineStop Stop { get; }

    /// <summary>System calls.</summary>
    public SyscallDispatcher Dispatcher { get; }

    /// <summary>Who hears of system calls, or null. Set before anything runs.</summary>
    public ISyscallObserver? SyscallObserver { get; set; }

    /// <summary>Who hears how tasks end, or null. Set before anything runs.</summary>
    public ITaskObserver? TaskObserver { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Processor processor in Processors)
            processor.Dispose();
        Code.Dispose();
        Memory.Dispose();
    }
}
