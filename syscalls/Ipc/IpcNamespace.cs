namespace Emu.Syscalls;

/// <summary>The System V objects of a machine and their limits. Linux: <c>struct ipc_namespace</c>; there is one.</summary>
internal sealed class IpcNamespace(Kernel kernel)
{
    /// <summary>Segments of shared memory.</summary>
    public SharedMemory SharedMemory { get; } = new(kernel);
}
