namespace Emu.Syscalls;

/// <summary>The sockets of a machine: where they live, and under which names they are found. Linux: <c>struct net</c>.</summary>
/// <param name="vfs">The machine's files.</param>
internal sealed class Network(Vfs vfs)
{
    /// <summary>Where sockets live. Linux: <c>sock_mnt</c>.</summary>
    public SocketFileSystem Sockets { get; } = new(vfs);

    /// <summary>Names of sockets of the machine's own that stand in no directory.</summary>
    public UnixNames UnixNames { get; } = new();

    /// <summary>Ports of TCP.</summary>
    public PortTable Tcp { get; } = new();

    /// <summary>Ports of UDP.</summary>
    public PortTable Udp { get; } = new();
}
