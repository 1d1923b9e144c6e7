using Emu.Cpu;
using Emu.Host;
using Emu.Mm;
using Emu.Syscalls;
using Microsoft.Extensions.Logging;

namespace Emu.Cli;

/// <summary>One machine from its making to its end: who hears of what, what ends it, and what is said then.</summary>
internal sealed class MachineRun
{
    private readonly RunOptions _options;
    private readonly byte[][] _program;
    private readonly ToolOutput _output;
    private readonly ITraceFormat _format;
    private readonly Symbolizer _symbols = new();
    private readonly Kernel _kernel;
    private readonly List<IMmEvents> _events = [];
    private readonly List<ITaskObserver> _tasks = [];
    private TracePrinter? _trace;
    private StracePrinter? _strace;
    private RunStatistics? _statistics;
    private InvariantChecker? _checker;
    private AllocationFailure? _failure;
    private TerminalState? _terminal;

    /// <summary>Brings a machine up; nothing runs on it yet.</summary>
    /// <param name="options">How.</param>
    /// <param name="program">The program and its arguments.</param>
    /// <param name="output">Where emu's own lines go.</param>
    /// <exception cref="OutOfMemoryException">The host refuses the memory.</exception>
    public MachineRun(RunOptions options, byte[][] program, ToolOutput output)
    {
        _options = options;
        _program = program;
        _output = output;
        _format = options.Format == OutputFormat.JsonLines ? new TraceJson(_symbols) : new TraceText(_symbols);
        ILogger log = new OutputLogger(output, _format, options.Verbosity);
        _kernel = new Kernel(options.ToKernelOptions(), new Interpreter(), log);
        AttachObservers();
    }

    /// <summary>Runs the program to its end.</summary>
    /// <param name="starter">Opens and loads programs.</param>
    /// <returns>The status for emu to end with.</returns>
    public int Run(IProgramStarter starter)
    {
        _ = TerminalState.Save(0, out _terminal); // what is no terminal has nothing to restore
        using HostSignals signals = new(_kernel, EndNow);
        signals.Register(onTerminal: _terminal != null);
        byte[][] environment = GuestEnvironment.OfCaller();
        if (MachineSetup.Apply(_kernel, _options, environment) is { } wrong)
            return UserError.Fail(ExitStatus.Usage, wrong);
        ProgramRequest request = new()
        {
            Path = _program[0],
            Arguments = _program,
            Environment = GuestEnvironment.Create(_options, environment),
        };
        if (_options.FailingAllocation is { } nth)
            _kernel.Memory.Allocator.FaultInjection = _failure = new AllocationFailure(nth);
        _trace?.Begin(new TraceHeader { Version = VersionCommand.Version, Command = _program, Options = _options });
        if (new ProgramSearch(starter).TryStart(_kernel, request, out Task? task, out int status) is { } reason)
            return UserError.Fail(status, reason);
        _strace?.Started(task!, _program[0]);
        if (_options.Timeout is { } timeout)
            Deadline.Start(_kernel, timeout, EndNow);
        return RunMachine();
    }

    private void AttachObservers()
    {
        if (_options.Command == CommandKind.Trace)
            _events.Add(_trace = new TracePrinter(_output, _format, new TraceFilter(_options)));
        if (_options.Statistics)
        {
            _statistics = new RunStatistics();
            _events.Add(_statistics);
            _tasks.Add(_statistics);
        }
        if (_options.CheckInterval != 0)
            _events.Add(_checker = new InvariantChecker(_kernel, _options.CheckInterval));
        if (_options.Strace)
        {
            _kernel.SyscallObserver = _strace = new StracePrinter(_output, _format);
            _tasks.Add(_strace);
        }
        _tasks.Add(new CrashReport(_output, _format, _symbols, reportsAll: _options.Verbosity != 0));
        _kernel.Memory.Trace = EventFanOut.Of(_events);
        _kernel.TaskObserver = new TaskFanOut([.. _tasks]);
    }

    private int RunMachine()
    {
        int status;
        try
        {
            _kernel.Run();
            _checker?.CheckEnd();
            status = ReportEnd();
        }
        catch (Exception defect)
        {
            status = DefectReport.Print(_output, _format, _kernel, defect);
        }
        return Finish(status);
    }

    // What a machine that was stopped from outside left to say, and the status.
    private int ReportEnd()
    {
        _strace?.Close();
        string? why = _kernel.Stop.Reason switch
        {
            StopReason.InstructionLimit => $"stopped after {_options.MaxInstructions} instructions (--max-instructions)",
            StopReason.Panic => "stopped: the kernel panicked",
            StopReason.Timeout => $"stopped after {_options.Timeout!.Value.TotalSeconds} seconds (--timeout)",
            _ => null,
        };
        if (why == null)
            return _kernel.Status is { } status ? ExitStatus.OfGuest(status) : ExitStatus.Failure;
        _output.Line(_format, "stop"u8, RawText.ToBytes("emu: " + why));
        return ExitStatus.LimitReached;
    }

    private int Finish(int status)
    {
        if (_output.IsFile)
        {
            ToolOutput summary = ToolOutput.ToStandardError();
            _trace?.End(summary, new TraceText(_symbols));
            summary.Dispose();
        }
        else
        {
            _trace?.End(_output, _format);
        }
        _statistics?.Print(_output, _format, _kernel);
        if (_failure != null)
            _output.Line(_format, "inject"u8, RawText.ToBytes("emu: " + _failure.Describe()));
        _ = _terminal?.Restore(); // the host may have taken the terminal away
        return status;
    }

    // From another thread, while the machine may be doing anything.
    private void EndNow(int status)
    {
        _ = _terminal?.Restore();
        _output.TryFlush(TimeSpan.FromSeconds(1));
        HostProcess.ExitNow(status);
    }
}
