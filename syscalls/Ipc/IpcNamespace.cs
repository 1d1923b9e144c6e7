namespace Emu.Syscalls;

/// <summary>The System V objects of a machine and their limits. Linux: <c>struct ipc_namespace</c>; there is one.</summary>
internal sealed class IpcNamespace(Kernel kernel)
{
    /// <summary>Segments of shared memory.</summary>
    public SharedMemory SharedMemory { get; } = new(kernel);

    /// <summary>Sets of semaphores.</summary>
    public IpcTable<SemaphoreSet> Semaphores { get; } = new();

    /// <summary>Message queues.</summary>
    public IpcTable<IpcMessageQueue> MessageQueues { get; } = new();

    /// <summary>Seconds since 1970.</summary>
    public long Now => kernel.Clock.Realtime / (long)Clock.Second;

    /// <summary>A process ends: its operations on semaphores are taken back. Linux: <c>exit_sem</c>.</summary>
    public void OnExit(ThreadGroup process)
    {
        foreach (SemaphoreSet set in Semaphores.Objects)
            set.OnExit(process);
    }
}
