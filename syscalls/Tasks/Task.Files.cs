using Emu.Mm;

namespace Emu.Syscalls;

/// <content>What a task needs to work with files.</content>
public sealed partial class Task
{
    private const int PathMax = 4096;

    private byte[]? _firstPath, _secondPath, _transfer;
    private FileTable? _files;
    private FsContext? _fs;

    /// <summary>Its descriptors. Linux: <c>files</c>.</summary>
    internal FileTable Files
    {
        get => _files!;
        set => _files = value;
    }

    /// <summary>Where it stands in the tree. Linux: <c>fs</c>.</summary>
    internal FsContext Fs
    {
        get => _fs!;
        set => _fs = value;
    }

    /// <summary>The mounts that it sees. Linux: <c>nsproxy->mnt_ns</c>.</summary>
    internal MountNamespace Namespace => Kernel.Vfs.Namespace;

    /// <summary>On whose behalf it acts. Linux: <c>cred</c>.</summary>
    internal Credentials Credentials { get; set; } = Credentials.Root;

    /// <summary>Limits that files obey. Linux: <c>signal->rlim</c>.</summary>
    internal FileLimits Limits { get; set; } = new();

    /// <summary>Its signals, or null while nobody delivers any.</summary>
    internal ITaskSignals? Signals { get; set; }

    /// <summary>Whether a wait must end. Linux: <c>signal_pending</c>.</summary>
    internal bool IsSignalPending => Signals is { IsPending: true };

    /// <summary>Name, up to 15 bytes. Linux: <c>comm</c>.</summary>
    internal byte[] Name { get; set; } = [];

    /// <summary>The entries of polls under way, kept for the next one.</summary>
    internal PollTable PollTable => field ??= new PollTable(this);

    /// <summary>Sends it a signal; without anybody to deliver it, it ends the task as by default.</summary>
    internal void SendSignal(int signal)
    {
        if (Signals is { } signals)
            signals.Send(signal);
        else
            ExitStatus = signal;
    }

    /// <summary>Copies a path from the user. Linux: <c>getname_flags</c>.</summary>
    /// <param name="address">Where it stands.</param>
    /// <param name="name">The path; valid until the next system call.</param>
    /// <param name="allowEmpty">Whether it may be empty.</param>
    /// <returns>0, or EFAULT, ENAMETOOLONG, ENOENT, negated.</returns>
    internal int GetName(ulong address, out ReadOnlySpan<byte> name, bool allowEmpty = false)
    {
        Kernel.Vfs.Dentries.Prune();
        return GetName(address, _firstPath ??= new byte[PathMax], out name, allowEmpty);
    }

    /// <summary>Copies the second path of a call.</summary>
    internal int GetSecondName(ulong address, out ReadOnlySpan<byte> name, bool allowEmpty = false) =>
        GetName(address, _secondPath ??= new byte[PathMax], out name, allowEmpty);

    /// <summary>A buffer for data on its way between the user and the host; one transfer at a time.</summary>
    internal byte[] TransferBuffer => _transfer ??= new byte[TransferSize];

    /// <summary>Bytes of <see cref="TransferBuffer"/>.</summary>
    internal const int TransferSize = 65536;

    /// <summary>Closes its files (exit). Linux: <c>exit_files</c>, <c>exit_fs</c>.</summary>
    internal void ExitFiles()
    {
        _files?.Put(this);
        _fs?.Put();
        _files = null;
        _fs = null;
    }

    private int GetName(ulong address, byte[] buffer, out ReadOnlySpan<byte> name, bool allowEmpty)
    {
        name = default;
        int length = User.CopyStringFrom(address, buffer);
        if (length < 0)
            return length;
        if (length == PathMax)
            return -Errno.ENAMETOOLONG;
        if (length == 0 && !allowEmpty)
            return -Errno.ENOENT;
        name = buffer.AsSpan(0, length);
        return 0;
    }
}

/// <summary>The resource limits that files obey. Linux: RLIMIT_NOFILE, RLIMIT_FSIZE; getrlimit(2).</summary>
internal sealed class FileLimits
{
    /// <summary>One more than the highest descriptor.</summary>
    public ulong OpenFiles { get; set; } = 1024;

    /// <summary>How far <see cref="OpenFiles"/> can be raised.</summary>
    public ulong OpenFilesHard { get; set; } = 1 << 20;

    /// <summary>Bytes that a file may have.</summary>
    public ulong FileSize { get; set; } = MmLimits.Infinity;
}
