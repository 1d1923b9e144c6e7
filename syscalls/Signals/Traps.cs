using Emu.Cpu;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Turns faults and exceptions of user mode into signals. Linux: arch/x86/mm/fault.c, arch/x86/kernel/traps.c.</summary>
internal static class Traps
{
    /// <summary>A page fault that mm could not serve. Linux: <c>__bad_area_nosemaphore</c>, <c>do_sigbus</c>.</summary>
    public static void OnPageFault(Task task, in PageFaultInfo fault)
    {
        FaultOutcome outcome = fault.Outcome;
        switch (outcome.Status)
        {
            case FaultStatus.Retry:
                if (outcome.Wait is { } wait)
                    FaultWaiter.WaitInUserMode(task, wait);
                else
                    task.Work |= TaskWork.Reschedule;
                return;
            case FaultStatus.OutOfMemory:
                // A victim of the OOM killer leaves first; then the access is tried again. Linux: pagefault_out_of_memory
                if (!task.IsKillPending)
                    task.Work |= TaskWork.Reschedule;
                return;
        }
        PageFaultError error = fault.Error | PageFaultError.User;
        if (fault.Address >= MmConstants.TaskSize)
            error |= PageFaultError.Present; // what lies there is not for user mode to learn
        Note(task, ExceptionVector.PageFault, (uint)error);
        task.TrapAddress = fault.Address;
        SigInfo info = SigInfo.ForFault(outcome.Signal, outcome.Code, fault.Address);
        if (outcome is { Signal: Signal.SIGSEGV, Code: FaultOutcome.SegvPkuErr })
            info.ProtectionKey = (uint)outcome.ProtectionKey;
        Raise(task, info, isFault: true);
    }

    /// <summary>An exception of the processor.</summary>
    public static void OnException(Task task, in ExceptionInfo exception)
    {
        ref CpuState state = ref task.Cpu.State;
        ulong rip = state.Rip;
        Note(task, exception.Vector, exception.ErrorCode);
        switch (exception.Vector)
        {
            case ExceptionVector.DivideError:
                Raise(task, SigInfo.ForFault(Signal.SIGFPE, SigCode.FpeIntDiv, rip), isFault: true);
                break;
            case ExceptionVector.Debug:
                int code = (state.RFlags & RFlagsBits.Trap) != 0 ? SigCode.TrapTrace : SigCode.TrapBrkpt;
                Raise(task, SigInfo.ForFault(Signal.SIGTRAP, code, rip), isFault: false);
                break;
            case ExceptionVector.Breakpoint:
                Raise(task, SigInfo.ForKernel(Signal.SIGTRAP), isFault: false);
                break;
            case ExceptionVector.Overflow:
                Raise(task, SigInfo.ForKernel(Signal.SIGSEGV), isFault: false);
                break;
            case ExceptionVector.InvalidOpcode:
                Raise(task, SigInfo.ForFault(Signal.SIGILL, SigCode.IllOpn, rip), isFault: true);
                break;
            case ExceptionVector.StackFault:
                Raise(task, SigInfo.ForKernel(Signal.SIGBUS), isFault: true);
                break;
            case ExceptionVector.AlignmentCheck:
                Raise(task, SigInfo.ForFault(Signal.SIGBUS, SigCode.BusAdrAln, 0), isFault: true);
                break;
            case ExceptionVector.FloatingPoint or ExceptionVector.SimdFloatingPoint:
                OnFloatingPoint(task, exception.Vector, rip);
                break;
            default:
                Raise(task, SigInfo.ForKernel(Signal.SIGSEGV), isFault: true);
                break;
        }
    }

    // Linux: math_error
    private static void OnFloatingPoint(Task task, ExceptionVector vector, ulong rip)
    {
        ref CpuState state = ref task.Cpu.State;
        uint raised = vector == ExceptionVector.FloatingPoint
            ? (uint)(state.FpuStatus & ~state.FpuControl)
            : state.Mxcsr & ~(state.Mxcsr >> 7);
        if (CodeOf(raised) is int code and not 0)
            Raise(task, SigInfo.ForFault(Signal.SIGFPE, code, rip), isFault: true);
    }

    // Exceptions that are raised and not masked. Linux: fpu__exception_code
    private static int CodeOf(uint raised)
    {
        const uint Invalid = 1, Denormal = 2, ZeroDivide = 4, Overflow = 8, Underflow = 0x10, Precision = 0x20;
        if ((raised & Invalid) != 0)
            return SigCode.FpeFltInv;
        if ((raised & ZeroDivide) != 0)
            return SigCode.FpeFltDiv;
        if ((raised & Overflow) != 0)
            return SigCode.FpeFltOvf;
        if ((raised & (Denormal | Underflow)) != 0)
            return SigCode.FpeFltUnd;
        return (raised & Precision) != 0 ? SigCode.FpeFltRes : 0;
    }

    private static void Note(Task task, ExceptionVector vector, uint error)
    {
        task.TrapNumber = (ulong)vector;
        task.TrapError = error;
    }

    // A fault leaves RF set, as the instruction is to be repeated; a trap does not. Intel SDM vol. 3A, 7.3.1.1.
    private static void Raise(Task task, in SigInfo info, bool isFault)
    {
        ref CpuState state = ref task.Cpu.State;
        if (isFault)
            state.RFlags |= RFlagsBits.Resume;
        SignalSender.Force(task, info);
    }
}
