using Emu.Host;

namespace Emu.Cli;

/// <summary>Where the tool's own output goes: a file (-o) or stderr. Never the guest's stdout.</summary>
/// <remarks>
/// Lines are written whole. Those who write hold <see cref="Gate"/>, compose in <see cref="Buffer"/> and call <see cref="EndLine"/>, so that
/// a thread that ends the process can flush without cutting a line in two.
/// </remarks>
internal sealed class ToolOutput : IDisposable
{
    private const int BufferSize = 1 << 16;
    private const uint FileMode = 0x1B6; // 0666, less the umask

    private readonly int _fd;
    private int _error;

    private ToolOutput(int fd, bool isFile)
    {
        _fd = fd;
        IsFile = isFile;
    }

    /// <summary>Held by whoever writes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What has not been written yet.</summary>
    public ByteWriter Buffer { get; } = new(BufferSize + 4096);

    /// <summary>Whether it is a file of its own, so that nothing else can come between its lines.</summary>
    public bool IsFile { get; }

    /// <summary>The first error of writing, as a positive errno; 0 if all went well.</summary>
    public int Error => _error;

    /// <summary>Whether each line is written at once.</summary>
    public bool IsImmediate { get; set; }

    /// <summary>Output to stderr.</summary>
    public static ToolOutput ToStandardError() => new(2, isFile: false);

    /// <summary>Output to a file that is made or emptied.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int TryOpen(byte[] path, out ToolOutput? output)
    {
        const int Flags = HostOpenFlags.WriteOnly | HostOpenFlags.Create | HostOpenFlags.Truncate | HostOpenFlags.CloseOnExec;
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, path, Flags, FileMode);
        output = fd < 0 ? null : new ToolOutput(fd, isFile: true);
        return Math.Min(fd, 0);
    }

    /// <summary>A line is complete. Call with <see cref="Gate"/> held.</summary>
    public void EndLine()
    {
        Buffer.Add((byte)'\n');
        if (IsImmediate || Buffer.Length >= BufferSize)
            FlushHeld();
    }

    /// <summary>Writes one line.</summary>
    /// <param name="format">How a line looks here.</param>
    /// <param name="type">What it is, in a word.</param>
    /// <param name="text">The line.</param>
    public void Line(ITraceFormat format, ReadOnlySpan<byte> type, ReadOnlySpan<byte> text)
    {
        lock (Gate)
        {
            format.AddLine(Buffer, type, text);
            EndLine();
        }
    }

    /// <summary>Writes out what has been composed.</summary>
    public void Flush()
    {
        lock (Gate)
            FlushHeld();
    }

    /// <summary><see cref="Flush"/>, for one who cannot wait for long: another thread may hold the gate and never let go.</summary>
    public bool TryFlush(TimeSpan patience)
    {
        if (!Gate.TryEnter(patience))
            return false;
        FlushHeld();
        Gate.Exit();
        return true;
    }

    /// <summary>Flushes and closes.</summary>
    public void Dispose()
    {
        Flush();
        if (IsFile && HostFile.Close(_fd) is < 0 and int error && _error == 0)
            _error = -error;
    }

    private void FlushHeld()
    {
        ReadOnlySpan<byte> rest = Buffer.Written;
        while (!rest.IsEmpty && _error == 0)
        {
            long written = HostFile.Write(_fd, rest);
            if (written < 0)
                _error = (int)-written;
            else
                rest = rest[(int)written..];
        }
        Buffer.Clear();
    }
}
