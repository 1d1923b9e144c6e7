using Emu.Cpu;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Checks the invariants of mm, and the TLBs against the page tables, after every Nth fault and at the end (--check).</summary>
/// <remarks>In the middle of a fault nothing need hold, so the check runs when the CPU is next between two operations.</remarks>
internal sealed class InvariantChecker : IMmEvents
{
    private readonly Kernel _kernel;
    private readonly int _interval;
    private int _left;

    /// <summary>A checker for a machine.</summary>
    /// <param name="kernel">The machine.</param>
    /// <param name="interval">Faults between two checks.</param>
    public InvariantChecker(Kernel kernel, int interval)
    {
        _kernel = kernel;
        _left = _interval = interval;
    }

    /// <summary>Checks made.</summary>
    public long Checks { get; private set; }

    /// <inheritdoc/>
    public void OnFault(in FaultEvent fault)
    {
        if (--_left != 0)
            return;
        _left = _interval;
        _kernel.Post(Check);
    }

    /// <summary>Checks when the machine has ended: now nothing may be held that nobody can have any more.</summary>
    /// <exception cref="EmulatorBugException">Something does not hold.</exception>
    public void CheckEnd()
    {
        Check();
        if (_kernel.Memory.AddressSpaces.Count == 0)
            Invariants.CheckNoLeak(_kernel.Memory);
    }

    /// <summary>Checks now.</summary>
    /// <exception cref="EmulatorBugException">Something does not hold.</exception>
    public void Check()
    {
        Checks++;
        Invariants.Check(_kernel.Memory);
        TlbInvariants.Check(_kernel.Contexts, _kernel.Memory);
    }
}
