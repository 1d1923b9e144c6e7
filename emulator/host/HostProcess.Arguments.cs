namespace Emu.Host;

/// <content>
/// The arguments and the environment as raw bytes. The runtime decodes both as UTF-8 and loses what is not; proc(5)
/// still has the bytes that execve(2) was given.
/// </content>
public static unsafe partial class HostProcess
{
    private const int FirstSize = 4096;

    /// <summary>
    /// The arguments of our process, from that of its own name on. An argument may be empty. 0 or a negative errno with an
    /// empty list; <c>-ENOENT</c> without a mounted proc.
    /// </summary>
    public static int GetArguments(out byte[][] arguments) => ReadStrings("/proc/self/cmdline"u8, out arguments);

    /// <summary>
    /// The environment that our process was started with, each <c>NAME=value</c>. 0 or a negative errno with an empty list.
    /// </summary>
    public static int GetEnvironment(out byte[][] variables) => ReadStrings("/proc/self/environ"u8, out variables);

    private static int ReadStrings(ReadOnlySpan<byte> path, out byte[][] strings)
    {
        strings = [];
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, path, HostOpenFlags.ReadOnly | HostOpenFlags.CloseOnExec);
        if (fd < 0)
            return fd;
        int length = ReadAll(fd, out byte[] bytes);
        HostFile.Close(fd);
        if (length < 0)
            return length;
        strings = SplitStrings(new ReadOnlySpan<byte>(bytes, 0, length));
        return 0;
    }

    private static int ReadAll(int fd, out byte[] bytes)
    {
        bytes = new byte[FirstSize];
        int length = 0;
        while (true)
        {
            long count = HostFile.Read(fd, new Span<byte>(bytes, length, bytes.Length - length));
            if (count <= 0)
                return count < 0 ? (int)count : length;
            length += (int)count;
            if (length == bytes.Length)
                Array.Resize(ref bytes, length * 2);
        }
    }

    /// <summary>Splits strings that each end in a NUL; a last one without it counts too.</summary>
    internal static byte[][] SplitStrings(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == 0 || i == bytes.Length - 1)
                count++;
        }
        byte[][] strings = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            int length = CString.Length(bytes);
            strings[i] = bytes[..length].ToArray();
            bytes = bytes[Math.Min(length + 1, bytes.Length)..];
        }
        return strings;
    }
}
