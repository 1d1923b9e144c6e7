// The tests share the process's descriptors, signals and umask.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Emu.Host.Tests.Support;

/// <summary>What most tests of the layer need.</summary>
public abstract class TestBase : IDisposable
{
    /// <summary>A descriptor that is never open.</summary>
    protected const int NoFd = 1 << 20;

    protected const int NewFile = HostOpenFlags.ReadWrite | HostOpenFlags.Create | HostOpenFlags.Exclusive;

    private readonly List<int> _fds = [];
    private TemporaryDirectory? _directory;

    internal TemporaryDirectory Temp => _directory ??= new TemporaryDirectory();

    protected static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>A name that is not UTF-8.</summary>
    protected static ReadOnlySpan<byte> OddName => [(byte)'a', 0xFF, 0xFE, (byte)' ', 0x80, (byte)'\n'];

    /// <summary>Has a descriptor closed after the test.</summary>
    protected int Keep(int fd)
    {
        Assert.True(fd >= 0, $"not a descriptor: {fd}");
        _fds.Add(fd);
        return fd;
    }

    protected int OpenTemp(ReadOnlySpan<byte> name, int flags = NewFile) => Keep(Temp.Open(name, flags));

    protected (int Read, int Write) OpenPipe(int flags = HostOpenFlags.CloseOnExec)
    {
        Assert.Equal(0, HostFile.Pipe2(out int read, out int write, flags));
        return (Keep(read), Keep(write));
    }

    protected (int Master, int Terminal) OpenTerminal()
    {
        Assert.Equal(0, HostPseudoTerminal.OpenPair(out int master, out int terminal));
        return (Keep(master), Keep(terminal));
    }

    public virtual void Dispose()
    {
        foreach (int fd in _fds)
            HostFile.Close(fd);
        _directory?.Dispose();
        GC.SuppressFinalize(this);
    }
}
