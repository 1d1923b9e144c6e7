using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Scripts that name their interpreter in the first line. Linux: fs/binfmt_script.c.</summary>
internal static class Script
{
    /// <summary>Bytes of a file that are looked at. Linux: <c>BINPRM_BUF_SIZE</c>.</summary>
    public const int HeadSize = 256;

    /// <summary>Reads the first line.</summary>
    /// <param name="head">The first bytes of the file, zeros behind its end.</param>
    /// <param name="interpreter">The path of the interpreter.</param>
    /// <param name="argument">What stands behind it, as one argument; null for nothing.</param>
    /// <returns>Whether it is a script with a whole first line.</returns>
    public static bool TryParse(ReadOnlySpan<byte> head, out byte[] interpreter, out byte[]? argument)
    {
        interpreter = [];
        argument = null;
        if (!head.StartsWith("#!"u8))
            return false;
        ReadOnlySpan<byte> line = head[2..];
        int end = line.IndexOf((byte)'\n');
        bool isWhole = end >= 0;
        if (isWhole)
            line = line[..end];
        int start = line.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (start < 0)
            return false;
        line = line[start..];
        int nameEnd = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        if (!isWhole && nameEnd < 0)
            return false; // the name may go on beyond what was read
        line = isWhole ? line.TrimEnd(" \t"u8) : line[..(line.IndexOf((byte)0) is int zero and >= 0 ? zero : line.Length)].TrimEnd(" \t"u8);
        nameEnd = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        interpreter = (nameEnd < 0 ? line : line[..nameEnd]).ToArray();
        if (interpreter.Length == 0)
            return false;
        ReadOnlySpan<byte> rest = nameEnd < 0 ? default : line[nameEnd..].TrimStart(" \t"u8);
        int restEnd = rest.IndexOf((byte)0);
        if (restEnd >= 0)
            rest = rest[..restEnd];
        argument = rest.IsEmpty ? null : rest.ToArray();
        return true;
    }

    /// <summary>Puts the interpreter in the script's place. Linux: <c>load_script</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Apply(Task task, ProgramImage image, byte[] interpreter, byte[]? argument)
    {
        if (image.IsNameLost)
            return -Errno.ENOENT;
        List<byte[]> arguments = [interpreter];
        if (argument != null)
            arguments.Add(argument);
        arguments.Add(image.InterpreterName);
        arguments.AddRange(image.Arguments.Skip(1));
        int error = Exec.OpenExecutable(task, AtFlags.CurrentDirectory, interpreter, 0, out OpenFile? file);
        if (error != 0)
        {
            image.Reason = $"its interpreter {System.Text.Encoding.UTF8.GetString(interpreter)} cannot be opened";
            return error;
        }
        image.File.Put();
        image.File = file!;
        image.Arguments = arguments;
        image.InterpreterName = interpreter;
        return 0;
    }
}
