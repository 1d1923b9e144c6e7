using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>Serves page faults: the port that the MMU and the kernel's user accesses call. Linux: mm/memory.c, arch/x86/mm/fault.c.</summary>
/// <remarks>
/// Nothing here throws or allocates managed memory for a fault that is served. Exactly one event is sent a fault, failures included.
/// Lock: takes the mmap lock for reading.
/// </remarks>
public sealed unsafe partial class FaultHandler
{
    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;

    internal FaultHandler(MemoryManager manager)
    {
        _manager = manager;
        _memory = manager.Memory;
    }

    /// <summary>An access could not be translated. Linux: <c>exc_page_fault</c>, <c>do_user_addr_fault</c>.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">The address that was accessed (CR2).</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="context">Who made the access; passed on to the event.</param>
    /// <returns>Whether the access can be repeated, or how it ends.</returns>
    public FaultOutcome HandlePageFault(MemoryDescriptor mm, ulong address, PageFaultError error, in FaultContext context)
    {
        _manager.Events[(int)VmEvent.Fault]++;
        if (!mm.MemoryCgroup.IsRoot)
            mm.MemoryCgroup.VmEvents[(int)VmEvent.Fault]++;
        Report report = new(mm, address, error);
        if (address >= MmConstants.TaskSize)
            return Finish(ref report, FaultOutcome.Segv(FaultOutcome.SegvMapErr), context);
        report.Area = mm.FindOrExpand(address, out bool grown);
        if (report.Area == null)
        {
            report.Area = mm.FindArea(address) is { } near && near.Contains(address) ? near : null;
            return Finish(ref report, FaultOutcome.Segv(FaultOutcome.SegvMapErr), context);
        }
        if (AccessError(report.Area, error, out FaultOutcome refused))
            return Finish(ref report, refused, context);

        FaultFlags flags = ToFlags(error);
        VmFault fault = new(report.Area, address, flags);
        VmFaultResult result = HandleMmFault(ref fault);
        report.Before = fault.Original;
        report.Class = grown ? FaultClass.StackGrow : fault.Class;
        report.IsMajor = (result & VmFaultResult.Major) != 0;
        return Finish(ref report, fault.Userfault == VmFlags.None ? ToOutcome(result) : Ask(fault, address, context), context);
    }

    /// <summary>Faults in a page on the kernel's own account (MAP_POPULATE, mlock). Linux: <c>faultin_page</c>.</summary>
    internal FaultOutcome Populate(VmArea area, ulong address, bool write, in FaultContext context)
    {
        PageFaultError error = write ? PageFaultError.Write : PageFaultError.None;
        Report report = new(area.Mm, address, error) { Area = area };
        VmFault fault = new(area, address, ToFlags(error));
        VmFaultResult result = HandleMmFault(ref fault);
        report.Before = fault.Original;
        report.Class = fault.Class;
        report.IsMajor = (result & VmFaultResult.Major) != 0;
        return Finish(ref report, fault.Userfault == VmFlags.None ? ToOutcome(result) : Ask(fault, address, context), context);
    }

    /// <summary>Serves a fault that the area permits. Linux: <c>handle_mm_fault</c>, <c>__handle_mm_fault</c>.</summary>
    public VmFaultResult HandleMmFault(ref VmFault fault)
    {
        PageTable tables = fault.Area.Mm.PageTable;
        fault.Pmd = tables.FindOrCreate(fault.Address, PageTable.PmdLevel);
        if (fault.Pmd == null)
            return VmFaultResult.Oom;
        if (fault.Area.HasAny(VmFlags.HugeTlb))
            return HugetlbPage(ref fault);
        if (fault.Pmd->IsNone ? HugeAllowed(fault.Area, fault.Address) : fault.Pmd->IsLarge)
        {
            VmFaultResult result = fault.Pmd->IsNone ? HugeAnonymous(ref fault) : HugePresent(ref fault);
            if ((result & VmFaultResult.Fallback) == 0)
                return result;
        }
        fault.Pte = tables.PteOf(fault.Pmd, fault.Address);
        if (fault.Pte == null)
            return VmFaultResult.Oom;
        fault.Original = *fault.Pte;
        return HandlePteFault(ref fault);
    }

    // The table of contents of a fault. Linux: handle_pte_fault
    private VmFaultResult HandlePteFault(ref VmFault fault)
    {
        Pte pte = fault.Original;
        if (pte.IsNone)
            return fault.Area.IsAnonymous ? AnonymousPage(ref fault) : FilePage(ref fault);
        if (!pte.IsPresent)
            return SwapPage(ref fault);
        if (IsNumaHint(fault.Area, pte))
            return NumaPage(ref fault, fault.Pte);
        if (fault.WantsWrite && !pte.IsWritable)
            return WriteProtectedPage(ref fault);
        fault.Class = FaultClass.Spurious;
        Pte touched = fault.IsWrite ? pte.Young.Dirty : pte.Young;
        *fault.Pte = touched;
        return VmFaultResult.None;
    }

    private static FaultFlags ToFlags(PageFaultError error)
    {
        FaultFlags flags = FaultFlags.AllowRetry | FaultFlags.Killable;
        if ((error & PageFaultError.Write) != 0)
            flags |= FaultFlags.Write;
        if ((error & PageFaultError.User) != 0)
            flags |= FaultFlags.User;
        if ((error & PageFaultError.Instruction) != 0)
            flags |= FaultFlags.Instruction;
        return flags;
    }

    // Linux: access_error
    private static bool AccessError(VmArea area, PageFaultError error, out FaultOutcome outcome)
    {
        outcome = FaultOutcome.Segv(FaultOutcome.SegvAccErr);
        if ((error & PageFaultError.ProtectionKey) != 0)
        {
            outcome = FaultOutcome.Segv(FaultOutcome.SegvPkuErr, area.ProtectionKey);
            return true;
        }
        if ((error & PageFaultError.Write) != 0)
            return (area.Flags & VmFlags.Write) == 0;
        return (error & PageFaultError.Present) != 0 || !area.HasAny(VmFlags.AccessMask);
    }

    private static FaultOutcome ToOutcome(VmFaultResult result)
    {
        if ((result & (VmFaultResult.Error | VmFaultResult.Retry)) == 0)
            return FaultOutcome.Resolved;
        if ((result & VmFaultResult.Oom) != 0)
            return FaultOutcome.OutOfMemory;
        if ((result & VmFaultResult.Sigbus) != 0)
            return FaultOutcome.Bus;
        return (result & VmFaultResult.Sigsegv) != 0 ? FaultOutcome.Segv(FaultOutcome.SegvMapErr) : FaultOutcome.Retry;
    }

    // What the event will say, gathered while the fault is served.
    private ref struct Report(MemoryDescriptor mm, ulong address, PageFaultError error)
    {
        public readonly MemoryDescriptor Mm = mm;
        public readonly ulong Address = address;
        public readonly PageFaultError Error = error;
        public VmArea? Area;
        public FaultClass Class;
        public Pte Before;
        public bool IsMajor;
    }

    private FaultOutcome Finish(ref Report report, FaultOutcome outcome, in FaultContext context)
    {
        if (report.IsMajor)
            CountMajor(report.Mm);
        if (outcome.Status != FaultStatus.Resolved)
            report.Class = FailureClass(outcome, report.Error);
        if (_manager.Trace is { } trace)
            Send(trace, in report, outcome, in context);
        return outcome;
    }

    private void CountMajor(MemoryDescriptor mm)
    {
        _manager.Events[(int)VmEvent.MajorFault]++;
        if (!mm.MemoryCgroup.IsRoot)
            mm.MemoryCgroup.VmEvents[(int)VmEvent.MajorFault]++;
    }

    private static FaultClass FailureClass(FaultOutcome outcome, PageFaultError error) => outcome.Status switch
    {
        FaultStatus.OutOfMemory => FaultClass.Oom,
        FaultStatus.Retry => outcome.Wait != null ? FaultClass.Userfault : FaultClass.Retry,
        _ when (error & PageFaultError.User) == 0 => FaultClass.Efault,
        _ => outcome.Signal == FaultOutcome.Sigbus ? FaultClass.Sigbus : FaultClass.Sigsegv,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send(IMmEvents trace, in Report report, FaultOutcome outcome, in FaultContext context)
    {
        Pte* entry = report.Mm.PageTable.Walk(report.Address, out int level);
        Pte after = level == 0 || entry->IsLarge ? *entry : default;
        bool failed = outcome.Status != FaultStatus.Resolved;
        trace.OnFault(new FaultEvent(in context)
        {
            Mm = report.Mm,
            Address = report.Address,
            Error = report.Error,
            Area = report.Area,
            Class = report.Class,
            IsMajor = report.IsMajor,
            Before = failed ? after : report.Before,
            After = after,
            Outcome = outcome,
        });
    }
}
