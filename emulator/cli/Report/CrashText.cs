using Emu.Cpu;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>What the processor said of the last exception of a task.</summary>
/// <param name="Vector">Which.</param>
/// <param name="Error">Its error code.</param>
/// <param name="Address">CR2 of a page fault.</param>
internal readonly record struct TrapInfo(ExceptionVector Vector, PageFaultError Error, ulong Address);

/// <summary>Writes why a signal ended a program, in one line: the cause, the address and what lies there, RIP, the registers.</summary>
internal static class CrashText
{
    private const int Digits = 12;

    private static readonly string[] RegisterNames =
        ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    // The order of people: by letter, then pointers, then numbers.
    private static readonly int[] RegisterOrder =
    [
        Registers.Rax, Registers.Rbx, Registers.Rcx, Registers.Rdx, Registers.Rsi, Registers.Rdi, Registers.Rbp, Registers.Rsp, Registers.R8,
        Registers.R9, Registers.R10, Registers.R11, Registers.R12, Registers.R13, Registers.R14, Registers.R15,
    ];

    /// <summary>Adds why a signal came: <c>SIGSEGV (SEGV_MAPERR): store to 0x0, where nothing is mapped (nearest: …)</c>.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="trap">The exception that raised it, if one did.</param>
    /// <param name="mm">The address space.</param>
    /// <param name="ownId">Number of the process, to tell whether it sent the signal itself.</param>
    public static void AddCause(ByteWriter writer, in SigInfo signal, TrapInfo trap, MemoryDescriptor mm, int ownId)
    {
        SignalKinds.AddSignal(writer, signal.Signo);
        SignalKinds.AddCode(writer.Add(" ("u8), signal.Signo, signal.Code);
        writer.Add((byte)')');
        if (signal.Code <= SigCode.User)
            AddSender(writer, signal, ownId);
        else if (signal.Code == SigCode.Kernel && trap.Vector == ExceptionVector.PageFault)
            writer.Add(": forced by the kernel, for a stack that takes no signal frame or a frame that is not valid"u8);
        else if (IsException(signal.Signo))
            AddException(writer, trap, mm);
    }

    /// <summary>Adds RIP with its symbol, and all registers.</summary>
    public static void AddRegisters(ByteWriter writer, in CpuState state, MemoryDescriptor mm, Symbolizer symbols)
    {
        symbols.Append(writer.Add("; rip="u8).AddHex(state.Rip).Add((byte)' '), mm, state.Rip);
        writer.Add((byte)';');
        foreach (int register in RegisterOrder)
            writer.Add((byte)' ').Add(RegisterNames[register]).Add((byte)'=').AddHex(state.Gpr[register]);
        writer.Add(" eflags="u8).AddHex(state.RFlags).Add(" fs="u8).AddHex(state.FsBase).Add(" gs="u8).AddHex(state.GsBase);
    }

    private static bool IsException(int signal) =>
        signal is Signal.SIGSEGV or Signal.SIGBUS or Signal.SIGILL or Signal.SIGFPE or Signal.SIGTRAP;

    private static void AddSender(ByteWriter writer, in SigInfo signal, int ownId)
    {
        if (signal.Code is SigCode.Timer)
            writer.Add(": a timer"u8);
        else if (signal.Pid == ownId)
            writer.Add(": sent by the process itself"u8);
        else if (signal.Pid != 0)
            writer.Add(": sent by process "u8).Add(signal.Pid);
    }

    private static void AddException(ByteWriter writer, TrapInfo trap, MemoryDescriptor mm)
    {
        writer.Add(": "u8);
        if (trap.Vector == ExceptionVector.PageFault)
            AddPageFault(writer, trap, mm);
        else
            writer.Add(NameOf(trap.Vector));
    }

    private static ReadOnlySpan<byte> NameOf(ExceptionVector vector) => vector switch
    {
        ExceptionVector.DivideError => "divide error"u8,
        ExceptionVector.Debug => "single step"u8,
        ExceptionVector.Breakpoint => "breakpoint"u8,
        ExceptionVector.Overflow => "overflow trap"u8,
        ExceptionVector.InvalidOpcode => "undefined instruction"u8,
        ExceptionVector.StackFault => "stack fault"u8,
        ExceptionVector.GeneralProtection => "general protection: a privileged instruction, or an address that is not canonical or not aligned"u8,
        ExceptionVector.FloatingPoint => "x87 floating-point exception"u8,
        ExceptionVector.AlignmentCheck => "unaligned access"u8,
        ExceptionVector.SimdFloatingPoint => "SSE floating-point exception"u8,
        _ => "exception"u8,
    };

    private static void AddPageFault(ByteWriter writer, TrapInfo trap, MemoryDescriptor mm)
    {
        writer.Add((trap.Error & PageFaultError.Instruction) != 0 ? "fetch from 0x"u8
            : (trap.Error & PageFaultError.Write) != 0 ? "store to 0x"u8
            : "load from 0x"u8).AddHex(trap.Address);
        if (mm.Lookup(trap.Address) is { } area)
            AddArea(writer.Add(" in "u8), area);
        else if (trap.Address >= MmConstants.TaskSize)
            writer.Add(", which is no address of user mode"u8);
        else
            AddNearest(writer.Add(", where nothing is mapped"u8), trap.Address, mm);
    }

    private static void AddNearest(ByteWriter writer, ulong address, MemoryDescriptor mm)
    {
        VmArea? below = mm.AreaBelow(address), above = mm.FindArea(address);
        ulong toBelow = below == null ? ulong.MaxValue : address - below.End + 1, toAbove = above == null ? ulong.MaxValue : above.Start - address;
        if (below == null && above == null)
            return;
        bool isBelow = toBelow <= toAbove;
        writer.Add(" (0x"u8).AddHex(Math.Min(toBelow, toAbove)).Add(isBelow ? " above "u8 : " below "u8);
        AddArea(writer, isBelow ? below! : above!);
        writer.Add((byte)')');
    }

    // As a line of /proc/PID/maps begins, and the name.
    private static void AddArea(ByteWriter writer, VmArea area)
    {
        writer.AddHex(area.Start, Digits).Add((byte)'-').AddHex(area.End, Digits).Add((byte)' ');
        AreaNames.AppendRights(writer, area);
        ByteWriter name = new();
        AreaNames.Append(name, area);
        writer.Add((byte)' ').AddName(name.Written);
    }
}
