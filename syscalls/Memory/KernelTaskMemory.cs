using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What mm keeps of a task, and what it asks of it.</summary>
internal sealed class KernelTaskMemory(Task task) : TaskMemory
{
    /// <inheritdoc/>
    public override bool IsDying => task.IsExiting || task.IsKillPending || task.Group.IsExiting;
}
