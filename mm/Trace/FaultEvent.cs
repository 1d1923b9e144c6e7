namespace Emu.Mm;

/// <summary>What kind of fault one proved to be. The names in traces are the lower-case, dashed forms.</summary>
public enum FaultClass : byte
{
    /// <summary>Not known yet.</summary>
    None,

    /// <summary>A read of anonymous memory that was never written: the shared zero page.</summary>
    ZeroPage,

    /// <summary>A first write to anonymous memory: a fresh frame.</summary>
    Anon,

    /// <summary>A write to a page that is shared copy-on-write: it was copied.</summary>
    Cow,

    /// <summary>A write to a page that was shared copy-on-write and has one owner left: it was made writable.</summary>
    CowReuse,

    /// <summary>A read of a file page.</summary>
    FileRead,

    /// <summary>A first write to a private file mapping: the file's page was copied.</summary>
    FileCow,

    /// <summary>A write to a shared file mapping.</summary>
    FileShared,

    /// <summary>A read of a page of shmem (tmpfs, memfd, shared anonymous memory).</summary>
    ShmemRead,

    /// <summary>A write to a page of shmem.</summary>
    ShmemWrite,

    /// <summary>A first write to a private mapping of shmem.</summary>
    ShmemCow,

    /// <summary>A write to a shared page that only had to be made writable. Linux: wp_page_shared.</summary>
    MkWrite,

    /// <summary>The stack grew to reach the address.</summary>
    StackGrow,

    /// <summary>A page came back from swap.</summary>
    SwapIn,

    /// <summary>A huge page of anonymous memory.</summary>
    HugeAnon,

    /// <summary>The shared huge zero page.</summary>
    HugeZeroPage,

    /// <summary>A write to a huge page that is shared copy-on-write.</summary>
    HugeCow,

    /// <summary>A page of the hugetlb pool.</summary>
    HugeTlb,

    /// <summary>A hint fault of NUMA balancing.</summary>
    NumaHint,

    /// <summary>Handed to userfaultfd.</summary>
    Userfault,

    /// <summary>Only the accessed or dirty bit was missing, or another CPU was faster.</summary>
    Spurious,

    /// <summary>No access: SIGSEGV.</summary>
    Sigsegv,

    /// <summary>No page: SIGBUS.</summary>
    Sigbus,

    /// <summary>No memory.</summary>
    Oom,

    /// <summary>A kernel access that failed: the system call gets EFAULT.</summary>
    Efault,

    /// <summary>It has to be tried again.</summary>
    Retry,
}

/// <summary>What the access was.</summary>
public enum FaultAccess : byte
{
    /// <summary>A data read.</summary>
    Load,

    /// <summary>A data write.</summary>
    Store,

    /// <summary>An instruction fetch.</summary>
    Exec,
}

/// <summary>Why a translation failed, as the processor says it. Intel SDM vol. 3A, 4.7; Linux: <c>X86_PF_*</c>.</summary>
[Flags]
public enum PageFaultError : uint
{
    /// <summary>A supervisor read of a page that is not present.</summary>
    None = 0,

    /// <summary>The page is present, but its protection forbids the access.</summary>
    Present = 1,

    /// <summary>A write.</summary>
    Write = 2,

    /// <summary>From user mode.</summary>
    User = 4,

    /// <summary>A reserved bit is set in a table.</summary>
    Reserved = 8,

    /// <summary>An instruction fetch.</summary>
    Instruction = 16,

    /// <summary>A protection key forbids the access.</summary>
    ProtectionKey = 32,
}

/// <summary>Who made an access and when. mm looks at none of it and passes it on in its events.</summary>
public struct FaultContext
{
    /// <summary>Number of the system call that made it, or -1 for an access of user mode.</summary>
    public int SystemCall;

    /// <summary>Process and thread.</summary>
    public int ProcessId, ThreadId;

    /// <summary>Address of the instruction.</summary>
    public ulong Rip;

    /// <summary>Time in nanoseconds of the task's clock.</summary>
    public ulong Time;
}

/// <summary>One page fault: what was asked, what was found, what was done.</summary>
public readonly ref struct FaultEvent(ref readonly FaultContext context)
{
    /// <summary>Who and when.</summary>
    public readonly ref readonly FaultContext Context = ref context;

    /// <summary>The address space.</summary>
    public required MemoryDescriptor Mm { get; init; }

    /// <summary>The address that was accessed.</summary>
    public required ulong Address { get; init; }

    /// <summary>Why the translation failed.</summary>
    public required PageFaultError Error { get; init; }

    /// <summary>The area there, or null.</summary>
    public required VmArea? Area { get; init; }

    /// <summary>What the access was.</summary>
    public FaultAccess Access => (Error & PageFaultError.Instruction) != 0 ? FaultAccess.Exec
        : (Error & PageFaultError.Write) != 0 ? FaultAccess.Store
        : FaultAccess.Load;

    /// <summary>What kind of fault it was.</summary>
    public required FaultClass Class { get; init; }

    /// <summary>Whether it waited for I/O.</summary>
    public required bool IsMajor { get; init; }

    /// <summary>The entry before.</summary>
    public required Pte Before { get; init; }

    /// <summary>The entry after.</summary>
    public required Pte After { get; init; }

    /// <summary>How the access ends where it cannot be resolved.</summary>
    public required FaultOutcome Outcome { get; init; }
}
