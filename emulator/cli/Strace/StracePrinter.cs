using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Prints system calls, signals and ends of tasks as strace does. Source: strace(1).</summary>
/// <remarks>
/// A line is written when its call is done. If another task has something to tell before that, the line is cut and goes on later, as with
/// strace -f. With several tasks each line names its task; in a file, every line does.
/// </remarks>
internal sealed class StracePrinter(ToolOutput output, ITraceFormat format) : ISyscallObserver, ITaskObserver
{
    private const int IdWidth = 5;

    private readonly Dictionary<int, CallText> _calls = [];
    private readonly ByteWriter _line = new();
    private int _last;
    private bool _hadSeveral;

    // The task whose call has begun and has no line yet; 0 for none.
    private int _open;

    /// <summary>Prints the execve that the first program began with.</summary>
    /// <param name="task">Its task, before it runs.</param>
    /// <param name="path">What was executed.</param>
    public void Started(Task task, byte[] path)
    {
        const int ExecveNumber = 59;
        ulong arguments = task.Cpu.State.Gpr[Registers.Rsp] + 8;
        CallText call = CallAt(task, SyscallTable.Find(ExecveNumber)!, default);
        ulong environment = arguments + (call.TryReadWord(arguments - 8, out ulong count) ? (count + 1) * 8 : 0);
        call = CallAt(task, call.Row, new SyscallArguments(0, arguments, environment, 0, 0, 0));
        CallPrinter.Enter(call);
        call.Texts[0] = new ByteWriter().AddQuoted(path).Written.ToArray();
        CallPrinter.Leave(call, 0);
        Finish(task.ThreadId, call);
    }

    /// <inheritdoc/>
    public void Enter(Task task, SyscallRow row, in SyscallArguments args)
    {
        Cut();
        CallText call = CallAt(task, row, args);
        CallPrinter.Enter(call);
        _calls[task.ThreadId] = call;
        _open = task.ThreadId;
    }

    /// <inheritdoc/>
    public void Leave(Task task, SyscallRow row, in SyscallArguments args, long result)
    {
        if (!_calls.Remove(task.ThreadId, out CallText? call))
            return;
        CallPrinter.Leave(call, result);
        Finish(task.ThreadId, call);
    }

    /// <inheritdoc/>
    public void Signalled(Task task, in SigInfo signal)
    {
        Cut();
        Span<byte> info = stackalloc byte[SigInfo.UserSize];
        info.Clear();
        signal.WriteTo(info);
        Begin(task.ThreadId);
        SignalKinds.AddInfo(_line.Add("--- "u8).AddSignal(signal.Signo).Add((byte)' '), info);
        _line.Add(" ---"u8);
        End();
    }

    /// <inheritdoc/>
    public void Ended(Task task, int status)
    {
        if (_calls.Remove(task.ThreadId, out CallText? call))
            FinishWithoutResult(task.ThreadId, call);
        Cut();
        Begin(task.ThreadId);
        int signal = status & 0x7F;
        if (signal == 0)
            _line.Add("+++ exited with "u8).Add((status >> 8) & 0xFF);
        else
            _line.Add("+++ killed by "u8).AddSignal(signal).Add((status & 0x80) != 0 ? " (core dumped)"u8 : ""u8);
        _line.Add(" +++"u8);
        End();
    }

    /// <summary>Prints the calls that will not be done any more, as the machine was stopped.</summary>
    public void Close()
    {
        Cut();
        _calls.Clear();
    }

    private static CallText CallAt(Task task, SyscallRow row, in SyscallArguments args)
    {
        MemoryDescriptor mm = task.Mm;
        return new CallText(row, args, (address, buffer) => MemoryPeek.Read(mm, address, buffer))
        {
            StackPointer = task.Cpu.State.Gpr[Registers.Rsp],
        };
    }

    // A call that has begun gets its line up to what is known, for another line comes between.
    private void Cut()
    {
        if (_open == 0 || !_calls.TryGetValue(_open, out CallText? call))
            return;
        Begin(_open);
        call.Known = CallPrinter.AddBegin(_line, call);
        call.IsCut = true;
        _line.Add(" <unfinished ...>"u8);
        End();
        _open = 0;
    }

    private void Finish(int id, CallText call)
    {
        if (call.IsCut)
            Cut();
        Begin(id);
        if (call.IsCut)
            CallPrinter.AddRest(_line.Add("<... "u8).Add(call.Row.Name).Add(" resumed>"u8), call, call.Known);
        else
            CallPrinter.AddRest(_line, call, CallPrinter.AddBegin(_line, call));
        CallPrinter.AddResult(_line, call, 0);
        End();
        if (!call.IsCut)
            _open = 0;
    }

    // The task ends within the call: for exit and the like that is all there is to it, another call was cut short.
    private void FinishWithoutResult(int id, CallText call)
    {
        if (_open == id)
            _open = 0;
        else
            Cut();
        Begin(id);
        if (call.IsCut)
            _line.Add("<... "u8).Add(call.Row.Name).Add(" resumed>"u8);
        int known = call.IsCut ? call.Known : CallPrinter.AddBegin(_line, call);
        if (known < CallKinds.Of(call.Row.Kinds).Arguments.Length)
            _line.Add(" <unfinished ...>"u8);
        CallPrinter.AddResult(_line, call, 0);
        End();
    }

    private void Begin(int id)
    {
        _line.Clear();
        _hadSeveral |= _last != 0 && _last != id;
        _last = id;
        int start = _line.Length;
        if (output.IsFile)
            _line.Add(id).PadFrom(start, IdWidth + 1);
        else if (_hadSeveral)
            _line.Add("[pid "u8).AddRight(id, IdWidth).Add("] "u8);
    }

    private void End() => output.Line(format, "strace"u8, _line.Written);
}
