namespace Emu.Cpu;

/// <summary>What the processor asks about time. Owned by cpu, implemented by the kernel's clock.</summary>
public interface ITimeSource
{
    /// <summary>Monotonic time in nanoseconds when a CPU has executed so many instructions.</summary>
    ulong Nanoseconds(ulong retired);

    /// <summary>The time-stamp counter at that time.</summary>
    ulong TimeStamp(ulong retired);
}
