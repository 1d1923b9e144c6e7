using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>Finds a program as shells do: a name with a slash is a path, another is looked for in the directories of PATH. Source: execvp(3).</summary>
internal sealed class ProgramSearch(IProgramStarter starter)
{
    /// <summary>Starts a program.</summary>
    /// <param name="kernel">The machine.</param>
    /// <param name="request">What to start; its path may be a name.</param>
    /// <param name="task">The task.</param>
    /// <param name="status">The status to end with if it could not be started.</param>
    /// <returns>What is wrong, for the user; null if it was started.</returns>
    public string? TryStart(Kernel kernel, ProgramRequest request, out Task? task, out int status)
    {
        if (request.Path.AsSpan().Contains((byte)'/'))
            return Describe(request.Path, starter.TryStart(kernel, request, out task, out string reason), reason, out status);
        task = null;
        int denied = 0;
        foreach (byte[] path in Candidates(request))
        {
            int error = starter.TryStart(kernel, request with { Path = path }, out task, out string why);
            if (error == -Errno.EACCES)
                denied = error;
            else if (error is not (-Errno.ENOENT or -Errno.ENOTDIR))
                return Describe(path, error, why, out status);
        }
        if (denied != 0)
            return Describe(request.Path, denied, "", out status);
        status = ExitStatus.NotFound;
        string name = RawText.FromBytes(request.Path);
        return name.Length == 0 ? "the name of the program is empty" : $"{name}: not found in PATH (a program in this directory is ./{name})";
    }

    private static string? Describe(byte[] path, int error, string reason, out int status)
    {
        status = error switch
        {
            0 => ExitStatus.Success,
            -Errno.ENOENT or -Errno.ENOTDIR => ExitStatus.NotFound,
            _ => ExitStatus.CannotExecute,
        };
        if (error == 0)
            return null;
        string why = reason.Length != 0 ? reason : ErrnoNames.TextOf(-error);
        return $"{RawText.FromBytes(path)}: {why}";
    }

    private static List<byte[]> Candidates(ProgramRequest request)
    {
        List<byte[]> paths = [];
        if (request.Path.Length == 0)
            return paths;
        ReadOnlySpan<byte> list = PathOf(request.Environment);
        foreach (Range part in list.Split((byte)':'))
        {
            ReadOnlySpan<byte> directory = list[part];
            paths.Add(directory.IsEmpty ? [.. "./"u8, .. request.Path] : [.. directory, (byte)'/', .. request.Path]);
        }
        return paths;
    }

    private static ReadOnlySpan<byte> PathOf(byte[][] environment)
    {
        ReadOnlySpan<byte> path = GuestEnvironment.Find(environment, "PATH="u8);
        return path.IsEmpty ? "/usr/local/bin:/bin:/usr/bin"u8 : path;
    }
}
