namespace Emu.Mm;

/// <summary>How a page fault ended.</summary>
public enum FaultStatus
{
    /// <summary>The access can be repeated.</summary>
    Resolved,

    /// <summary>Wait with no lock held, then repeat the access.</summary>
    Retry,

    /// <summary>A signal for user mode, EFAULT for the kernel's access.</summary>
    Signal,

    /// <summary>No memory: the OOM killer has to run.</summary>
    OutOfMemory,
}

/// <summary>The result of a page fault.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Signal">Signal number if <see cref="FaultStatus.Signal"/>.</param>
/// <param name="Code">The signal's si_code.</param>
/// <param name="ProtectionKey">The key of the area if the code is SEGV_PKUERR.</param>
/// <param name="Wait">What to wait for if <see cref="FaultStatus.Retry"/>, or null to try again at once.</param>
public readonly record struct FaultOutcome(FaultStatus Status, int Signal = 0, int Code = 0, int ProtectionKey = 0, UserfaultWait? Wait = null)
{
    /// <summary>SIGBUS.</summary>
    public const int Sigbus = 7;

    /// <summary>SIGSEGV.</summary>
    public const int Sigsegv = 11;

    /// <summary>si_code: nothing is mapped there.</summary>
    public const int SegvMapErr = 1;

    /// <summary>si_code: the mapping does not allow it.</summary>
    public const int SegvAccErr = 2;

    /// <summary>si_code: the protection key does not allow it.</summary>
    public const int SegvPkuErr = 4;

    /// <summary>si_code: the object has no page there.</summary>
    public const int BusAdrErr = 2;

    /// <summary>The access can be repeated.</summary>
    public static FaultOutcome Resolved => default;

    /// <summary>To be repeated after a wait.</summary>
    public static FaultOutcome Retry => new(FaultStatus.Retry);

    /// <summary>To be repeated after the reader of a userfaultfd has served it.</summary>
    public static FaultOutcome WaitFor(UserfaultWait wait) => new(FaultStatus.Retry, Wait: wait);

    /// <summary>SIGSEGV.</summary>
    public static FaultOutcome Segv(int code, int key = 0) => new(FaultStatus.Signal, Sigsegv, code, key);

    /// <summary>SIGBUS, BUS_ADRERR.</summary>
    public static FaultOutcome Bus => new(FaultStatus.Signal, Sigbus, BusAdrErr);

    /// <summary>No memory.</summary>
    public static FaultOutcome OutOfMemory => new(FaultStatus.OutOfMemory);
}
