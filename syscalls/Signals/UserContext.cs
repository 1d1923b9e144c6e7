using System.Buffers.Binary;
using Emu.Cpu;

namespace Emu.Syscalls;

/// <summary>The registers of an interrupted program as handlers see them. Linux: <c>struct ucontext</c>, <c>struct sigcontext_64</c>.</summary>
internal static class UserContext
{
    /// <summary>Offset of the alternate stack.</summary>
    public const int Stack = 16;

    private const int Machine = 40, Rip = 128, Flags = 136, Selectors = 144, Error = 152, Trap = 160, OldMask = 168, FaultAddress = 176, Fpu = 184;
    private const ulong UserCs = 0x33, UserDs = 0x2B, Privilege = 3, SelectorMask = 0xFFFF;
    private const int StackSelectorShift = 48;

    // Linux: FIX_EFLAGS; RF would be gone after the next instruction.
    private const ulong RestoredFlags = RFlagsBits.StatusMask | RFlagsBits.Trap | RFlagsBits.Direction | RFlagsBits.AlignmentCheck;

    // The order in which the registers stand.
    private static ReadOnlySpan<byte> Order =>
    [
        Registers.R8, Registers.R9, Registers.R10, Registers.R11, Registers.R12, Registers.R13, Registers.R14, Registers.R15, Registers.Rdi,
        Registers.Rsi, Registers.Rbp, Registers.Rbx, Registers.Rdx, Registers.Rax, Registers.Rcx, Registers.Rsp,
    ];

    /// <summary>Writes registers and what is known of the last exception. Linux: <c>__unsafe_setup_sigcontext</c>.</summary>
    /// <param name="context">The ucontext.</param>
    /// <param name="task">Whose registers.</param>
    /// <param name="fpu">Where the FP state stands.</param>
    /// <param name="mask">The mask to come back; its low word stands here too.</param>
    public static void Write(Span<byte> context, Task task, ulong fpu, ulong mask)
    {
        ref CpuState state = ref task.Cpu.State;
        Span<byte> machine = context[Machine..];
        for (int i = 0; i < Order.Length; i++)
            Put(machine, i * 8, state.Gpr[Order[i]]);
        Put(machine, Rip, state.Rip);
        Put(machine, Flags, state.RFlags);
        Put(machine, Selectors, UserCs | (UserDs << StackSelectorShift));
        Put(machine, Error, task.TrapError);
        Put(machine, Trap, task.TrapNumber);
        Put(machine, OldMask, mask);
        Put(machine, FaultAddress, task.TrapAddress);
        Put(machine, Fpu, fpu);
    }

    /// <summary>Reads the registers back.</summary>
    /// <returns>Where the FP state stands, 0 for nowhere.</returns>
    public static ulong Read(ReadOnlySpan<byte> context, Task task)
    {
        ref CpuState state = ref task.Cpu.State;
        ReadOnlySpan<byte> machine = context[Machine..];
        for (int i = 0; i < Order.Length; i++)
            state.Gpr[Order[i]] = Get(machine, i * 8);
        state.Rip = Get(machine, Rip);
        state.RFlags = (state.RFlags & ~RestoredFlags) | (Get(machine, Flags) & RestoredFlags);
        return Get(machine, Fpu);
    }

    /// <summary>Whether the code and stack segments are those of a 64-bit program: there are no others to return to.</summary>
    public static bool HasOurSegments(ReadOnlySpan<byte> context)
    {
        ulong selectors = Get(context[Machine..], Selectors);
        ulong stack = (selectors >> StackSelectorShift) | Privilege;
        return ((selectors & SelectorMask) | Privilege) == UserCs && stack is UserDs or Privilege;
    }

    private static void Put(Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);

    private static ulong Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
