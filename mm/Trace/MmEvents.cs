namespace Emu.Mm;

/// <summary>Hears what mm does. Owned by mm; whoever prints traces implements it.</summary>
/// <remarks>Called under the mmap lock: an implementation must not call back into mm.</remarks>
public interface IMmEvents
{
    /// <summary>A page fault was served or refused; exactly one event a fault.</summary>
    void OnFault(in FaultEvent fault);
}
