using Emu.Cpu;
using Emu.Mm;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Emu.Syscalls.Tests;

/// <summary>One system call of a script.</summary>
internal readonly record struct Call(int Number, params ulong[] Arguments);

/// <summary>What a scripted task knows of itself.</summary>
internal sealed class ScriptedTask
{
    /// <summary>The task.</summary>
    public required Task Task { get; init; }

    /// <summary>Result of its last system call.</summary>
    public long Result => (long)Task.Cpu.State.Gpr[Registers.Rax];

    /// <summary>A page of its own that it can read and write; shared by threads.</summary>
    public ulong Page => ScriptedMachine.Page;
}

/// <summary>A machine whose programs are written in C#: instead of instructions, tasks execute the system calls of scripts.</summary>
/// <remarks>A script is chosen by the stack pointer: scripts are numbered in the order of <see cref="Add"/>, and clone passes the number as stack.</remarks>
internal sealed class ScriptedMachine : IDisposable
{
    public const ulong Page = 0x10000;

    private readonly Script _engine;

    public ScriptedMachine(ILogger? log = null)
    {
        _engine = new Script(this);
        Kernel = new Kernel(new KernelOptions { Memory = new MemoryLayout(16UL << 20), Epoch = 0 }, _engine, log ?? NullLogger.Instance);
    }

    public Kernel Kernel { get; }

    /// <summary>What the scripts have noted, in order.</summary>
    public List<string> Notes { get; } = [];

    private List<Func<ScriptedTask, IEnumerable<Call>>> Scripts { get; } = [];

    /// <summary>Adds a script; its number is returned.</summary>
    public ulong Add(Func<ScriptedTask, IEnumerable<Call>> script)
    {
        Scripts.Add(script);
        return (ulong)Scripts.Count;
    }

    /// <summary>Runs a script as the first program until the machine ends, and returns its wait status.</summary>
    public int? Run(Func<ScriptedTask, IEnumerable<Call>> script)
    {
        MemoryDescriptor mm = MemoryDescriptor.TryCreate(Kernel.Memory, new MmLimits())!;
        mm.Map(
            new MapRequest
            {
                Address = Page,
                Length = MmConstants.PageSize,
                Protection = MemoryProtection.Read | MemoryProtection.Write,
                Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
            },
            out _);
        Task task = Kernel.CreateTask(mm, Credentials.Root, "script"u8.ToArray())!;
        task.Cpu.State.Gpr[Registers.Rsp] = Add(script);
        Kernel.StartTask(task);
        Kernel.Run();
        return Kernel.Status;
    }

    /// <summary>Some calls, and then a script that goes on; nothing of it happens before.</summary>
    public static IEnumerable<Call> Then(IEnumerable<Call> first, IEnumerable<Call> rest) => first.Concat(rest);

    public void Dispose() => Kernel.Dispose();

    private sealed class Script(ScriptedMachine machine) : IExecutionEngine
    {
        private readonly Dictionary<CpuContext, IEnumerator<Call>> _running = [];

        public ExitReason Run(Processor processor, CpuContext context)
        {
            if (!_running.TryGetValue(context, out IEnumerator<Call>? script))
            {
                Task task = machine.Kernel.Pids.Processes.SelectMany(static process => process.Threads).Single(task => task.Cpu == context);
                int number = (int)context.State.Gpr[Registers.Rsp];
                script = machine.Scripts[number - 1](new ScriptedTask { Task = task }).GetEnumerator();
                _running.Add(context, script);
            }
            if (!script.MoveNext())
                Load(context, new Call(Calls.ExitGroup, 0));
            else
                Load(context, script.Current);
            return ExitReason.SystemCall;
        }

        private static void Load(CpuContext context, Call call)
        {
            ReadOnlySpan<int> order = [Registers.Rdi, Registers.Rsi, Registers.Rdx, Registers.R10, Registers.R8, Registers.R9];
            context.State.Gpr[Registers.Rax] = (ulong)call.Number;
            for (int i = 0; i < order.Length; i++)
                context.State.Gpr[order[i]] = i < call.Arguments.Length ? call.Arguments[i] : 0;
        }
    }
}

/// <summary>Numbers of system calls.</summary>
internal static class Calls
{
    public const int SchedYield = 24, Pause = 34, NanoSleep = 35, Alarm = 37, GetPid = 39, Clone = 56, Exit = 60, Wait4 = 61, Kill = 62,
        SetScheduler = 144, Futex = 202, ExitGroup = 231, ClockNanoSleep = 230;
}
