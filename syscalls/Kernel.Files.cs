namespace Emu.Syscalls;

/// <content>The files of a machine, and its first program.</content>
public sealed partial class Kernel
{
    private Guid? _bootId;

    /// <summary>The files.</summary>
    internal Vfs Vfs => field ??= new Vfs(this);

    /// <summary>System V shared memory.</summary>
    internal IpcNamespace Ipc => field ??= new IpcNamespace(this);

    /// <summary>The sockets.</summary>
    internal Network Network => field ??= new Network(Vfs);

    /// <summary>Says what the guest sees of the host's files, and takes over the descriptors that we were started with.</summary>
    /// <remarks>Once, before a program is started.</remarks>
    /// <param name="options">What is wanted.</param>
    /// <param name="reason">Why it cannot be, in words.</param>
    /// <returns>0 or a negative errno.</returns>
    public int PrepareFiles(GuestFiles options, out string reason) => FirstProgram.PrepareFiles(this, options, out reason);

    /// <summary>Loads the first program; <see cref="Run"/> lets it run.</summary>
    /// <remarks>After <see cref="PrepareFiles"/>. May be called again with another path if the program could not be started.</remarks>
    /// <param name="path">Path in the machine.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="task">The task.</param>
    /// <param name="reason">Why not, in words; empty where the errno says it all.</param>
    /// <returns>
    /// 0, also if the program was found wrong behind the point of no return: then it dies of a signal as soon as it runs; or a negative errno.
    /// </returns>
    public int StartProgram(byte[] path, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, out Task? task, out string reason) =>
        FirstProgram.Start(this, path, arguments, environment, out task, out reason);

    /// <summary>Nanoseconds that CPUs were busy: an instruction takes about one.</summary>
    internal ulong BusyTime => Clock.Retired;

    /// <summary>Names this run of the machine. Linux: /proc/sys/kernel/random/boot_id.</summary>
    internal Guid BootId => _bootId ??= Random.NextGuid();

    /// <summary>The task that <see cref="PrepareFiles"/> has made, while no program runs in it.</summary>
    internal Task? UnstartedTask { get; set; }
}
