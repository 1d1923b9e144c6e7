namespace Emu.Syscalls;

/// <summary>What a process has read and written. Linux: <c>struct task_io_accounting</c>.</summary>
internal struct FileTraffic
{
    /// <summary>Bytes that calls have read and written. Linux: <c>rchar</c>, <c>wchar</c>.</summary>
    public ulong BytesRead, BytesWritten;

    /// <summary>Calls that read and wrote. Linux: <c>syscr</c>, <c>syscw</c>.</summary>
    public ulong Reads, Writes;

    /// <summary>Counts a call.</summary>
    /// <param name="result">Bytes, or a negative errno.</param>
    /// <param name="write">Whether it wrote.</param>
    public void Count(long result, bool write)
    {
        ulong bytes = (ulong)Math.Max(result, 0);
        if (write)
        {
            Writes++;
            BytesWritten += bytes;
        }
        else
        {
            Reads++;
            BytesRead += bytes;
        }
    }
}

/// <content>What it has read and written.</content>
public sealed partial class ThreadGroup
{
    /// <summary>Reads and writes of all its threads. Linux: <c>ioac</c>.</summary>
    internal FileTraffic Traffic;
}
