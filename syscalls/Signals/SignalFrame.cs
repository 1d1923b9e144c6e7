using System.Buffers.Binary;
using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The frame that a handler runs on: building it and returning from it. Linux: arch/x86/kernel/signal_64.c, fpu/signal.c.</summary>
/// <remarks>
/// <code>
///  sp + 0    return address (the restorer)
///     + 8    ucontext: flags, link, stack, 23 registers and state words, pointer to the FP state, reserved words, mask
///     + 312  siginfo
///     + 440  end; above it, at a multiple of 64, the FP state (SignalFpu)
/// </code>
/// At the entry of a handler sp + 8 is a multiple of 16. The 128 bytes below the stack pointer that the program may be using are skipped.
/// </remarks>
internal static class SignalFrame
{
    private const int FrameSize = 440, ContextPlace = 8, InfoPlace = 312, MaskPlace = 304;
    private const int RedZone = 128;
    private const ulong FpuAlignment = 64, FrameAlignment = 16;

    // Linux: UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS
    private const ulong ExtendedState = 1, StackSegmentSaved = 2, StackSegmentStrict = 4;

    /// <summary>Puts a frame on the stack and lets the task go on in the handler. Linux: <c>setup_rt_frame</c>.</summary>
    /// <returns>False if it cannot be written, or the action has no restorer: the task is to get SIGSEGV.</returns>
    public static bool Setup(Task task, in SigInfo info, in SignalAction action)
    {
        ref CpuState state = ref task.Cpu.State;
        if ((action.Flags & SignalActionFlags.Restorer) == 0 || !Place(task, action, out ulong fpu, out ulong sp))
            return false;
        Span<byte> frame = stackalloc byte[FrameSize];
        frame.Clear();
        Write(frame, task, action, fpu);
        info.WriteTo(frame[InfoPlace..]);
        task.User.ForbiddenKeys = 0; // the frame may lie where the program may not write now. Linux: sig_prepare_pkru
        bool withInfo = (action.Flags & SignalActionFlags.SigInfo) != 0;
        if (!SignalFpu.TryWrite(task, fpu) || task.User.CopyTo(sp, withInfo ? frame : frame[..InfoPlace]) != 0)
            return false;
        Enter(ref state, info.Signo, action.Handler, sp);
        return true;
    }

    /// <summary>Goes back to where a handler was called. Linux: <c>rt_sigreturn</c>.</summary>
    /// <returns>The value of RAX, which is what the system call returns.</returns>
    public static long Return(Task task)
    {
        ref CpuState state = ref task.Cpu.State;
        ulong sp = state.Gpr[Registers.Rsp] - 8;
        Span<byte> frame = stackalloc byte[InfoPlace];
        if (task.User.CopyFrom(sp, frame) != 0)
            return BadFrame(task);
        task.SetBlocked(Read(frame, MaskPlace));
        if (!Restore(task, frame[ContextPlace..]))
            return BadFrame(task);
        AlternateStackCalls.RestoreFrom(task, frame[(ContextPlace + UserContext.Stack)..], task.Cpu.State.Gpr[Registers.Rsp]);
        return (long)task.Cpu.State.Gpr[Registers.Rax];
    }

    // Where the parts go. Linux: get_sigframe
    private static bool Place(Task task, in SignalAction action, out ulong fpu, out ulong frame)
    {
        ulong sp = task.Cpu.State.Gpr[Registers.Rsp];
        AlternateStack alternate = task.AlternateStack;
        bool onAlternate = alternate.IsInUse(sp);
        sp -= RedZone;
        if ((action.Flags & SignalActionFlags.OnStack) != 0 && alternate.StateAt(sp) == 0)
        {
            sp = alternate.Base + alternate.Size;
            onAlternate = true;
        }
        fpu = (sp - (ulong)SignalFpu.SizeOf(task.Kernel.Options.Model)) & ~(FpuAlignment - 1);
        frame = ((fpu - FrameSize) & ~(FrameAlignment - 1)) - 8;
        return (!onAlternate || alternate.Contains(frame)) && UserAccess.IsUserRange(frame, sp - frame);
    }

    private static void Write(Span<byte> frame, Task task, in SignalAction action, ulong fpu)
    {
        ref CpuState state = ref task.Cpu.State;
        BinaryPrimitives.WriteUInt64LittleEndian(frame, action.Restorer);
        Span<byte> context = frame[ContextPlace..];
        ulong extended = task.Kernel.Options.Model.XFeatures == 0 ? 0 : ExtendedState;
        BinaryPrimitives.WriteUInt64LittleEndian(context, StackSegmentSaved | StackSegmentStrict | extended);
        AlternateStackCalls.Write(context[UserContext.Stack..], task.AlternateStack);
        ulong mask = task.MaskToSave;
        UserContext.Write(context, task, fpu, mask);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[MaskPlace..], mask);
    }

    private static void Enter(ref CpuState state, int signal, ulong handler, ulong sp)
    {
        state.Gpr[Registers.Rdi] = (ulong)signal;
        state.Gpr[Registers.Rsi] = sp + InfoPlace;
        state.Gpr[Registers.Rdx] = sp + ContextPlace;
        state.Gpr[Registers.Rax] = 0;
        state.Gpr[Registers.Rsp] = sp;
        state.Rip = handler;
        state.RFlags &= ~(RFlagsBits.Direction | RFlagsBits.Resume | RFlagsBits.Trap);
        state.ResetFpu();
    }

    // Linux: restore_sigcontext
    private static bool Restore(Task task, ReadOnlySpan<byte> context)
    {
        task.Restart = null;
        task.OriginalRax = -1;
        ulong fpu = UserContext.Read(context, task);
        return SignalFpu.TryRestore(task, fpu) && UserContext.HasOurSegments(context);
    }

    private static long BadFrame(Task task)
    {
        SignalSender.Force(task, SigInfo.ForKernel(Signal.SIGSEGV));
        return 0;
    }

    private static ulong Read(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
