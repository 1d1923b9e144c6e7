namespace Emu.Cpu;

/// <summary>Why an engine stopped executing guest code. RIP is exact for each.</summary>
public enum ExitReason
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The slice's instructions are used up.</summary>
    BudgetExhausted,

    /// <summary>Another thread asked for it.</summary>
    Interrupted,

    /// <summary>SYSCALL; RIP is behind it.</summary>
    SystemCall,

    /// <summary>A page fault that mm could not resolve: see <see cref="Processor.Fault"/>.</summary>
    PageFault,

    /// <summary>A processor exception: see <see cref="Processor.Exception"/>.</summary>
    Exception,
}

/// <summary>Exceptions of the processor. Intel SDM vol. 3A, 7.15.</summary>
public enum ExceptionVector
{
    /// <summary>#DE.</summary>
    DivideError = 0,

    /// <summary>#DB.</summary>
    Debug = 1,

    /// <summary>#BP: RIP is behind the instruction.</summary>
    Breakpoint = 3,

    /// <summary>#OF.</summary>
    Overflow = 4,

    /// <summary>#UD.</summary>
    InvalidOpcode = 6,

    /// <summary>#SS.</summary>
    StackFault = 12,

    /// <summary>#GP.</summary>
    GeneralProtection = 13,

    /// <summary>#PF.</summary>
    PageFault = 14,

    /// <summary>#MF.</summary>
    FloatingPoint = 16,

    /// <summary>#AC.</summary>
    AlignmentCheck = 17,

    /// <summary>#XM.</summary>
    SimdFloatingPoint = 19,
}

/// <summary>A page fault that ended an instruction.</summary>
/// <param name="Address">CR2.</param>
/// <param name="Error">The error code.</param>
/// <param name="Outcome">How mm says it ends.</param>
public readonly record struct PageFaultInfo(ulong Address, Mm.PageFaultError Error, Mm.FaultOutcome Outcome);

/// <summary>An exception that ended an instruction.</summary>
/// <param name="Vector">Which.</param>
/// <param name="ErrorCode">Its error code, 0 where it has none.</param>
public readonly record struct ExceptionInfo(ExceptionVector Vector, uint ErrorCode);
