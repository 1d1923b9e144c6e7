using Emu.Cpu;
using Emu.Host;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>The emu command: from its words to its exit status.</summary>
internal static class Application
{
    private const string Usage = "emu [run|trace] [OPTIONS] PROG [ARGS...]";

    /// <summary>Does what the words ask for.</summary>
    /// <param name="words">All words behind the name of the tool, byte for byte.</param>
    /// <returns>The exit status.</returns>
    public static int Run(ReadOnlySpan<byte[]> words)
    {
        if (words.Length != 0 && words[0].AsSpan().StartsWith("[suggest"u8))
            return OptionParser.Complete(words);
        SplitLine line = ArgumentSplitter.Split(words);
        if ((line.Command & CommandKind.Runs) != 0 && line.Program.Length != 0)
            Rehearse();
        RunOptions options = RunOptions.For(line.Command);
        if (line.Options.Count != 0 && OptionParser.Parse(line, out options) is { } ended)
            return ended;
        return options.Command switch
        {
            CommandKind.Version => Print(line, VersionCommand.Write),
            CommandKind.Syscalls => Print(line, writer => SyscallsCommand.Write(writer, options.Format, SyscallTable.Rows)),
            CommandKind.Isa => Print(line, writer => IsaCommand.Write(writer, options.Format, options.Model)),
            CommandKind.None => UserError.Fail(ExitStatus.Usage, $"nothing to do: {Usage} (emu --help tells more)"),
            _ => RunProgram(options, line.Program),
        };
    }

    // Beside the making of the machine: what it takes to execute the first instructions is a third of it all.
    private static void Rehearse() => new Thread(static () =>
    {
        try
        {
            Rehearsal.Run(CpuModel.Default, new Interpreter());
            _ = SyscallTable.Find(0); // makes the table
        }
        catch (OutOfMemoryException)
        {
            // Whoever makes the real machine hears the same, and says it.
        }
    })
    { IsBackground = true, Name = "rehearsal" }.Start();

    private static int RunProgram(RunOptions options, byte[][] program)
    {
        if (program.Length == 0)
            return UserError.Fail(ExitStatus.Usage, $"no program is named: {Usage} (emu --help tells more)");
        ToolOutput? output = ToolOutput.ToStandardError();
        int error = options.Output == null ? 0 : ToolOutput.TryOpen(options.Output, out output);
        if (error != 0)
            return UserError.Fail(ExitStatus.Usage, $"--output: {RawText.FromBytes(options.Output!)}: {ErrnoNames.TextOf(-error)}");
        int status = RunMachine(options, program, output!);
        output!.Dispose();
        if (output.Error != 0 && output.IsFile)
            return UserError.Fail(ExitStatus.Failure, $"--output: {RawText.FromBytes(options.Output!)}: {ErrnoNames.TextOf(output.Error)}");
        return status;
    }

    private static int RunMachine(RunOptions options, byte[][] program, ToolOutput output)
    {
        try
        {
            return new MachineRun(options, program, output).Run(new KernelStarter());
        }
        catch (OutOfMemoryException)
        {
            return UserError.Fail(ExitStatus.Usage, $"--memory: the host has no room for {options.Memory.Bytes >> 20} MiB");
        }
    }

    // For the commands that only print something: on stdout, as that is what they are asked for.
    private static int Print(SplitLine line, Action<ByteWriter> write)
    {
        if (line.Program.Length != 0)
            return UserError.Fail(ExitStatus.Usage, $"'{RawText.FromBytes(line.Program[0])}' is one word too many (emu --help tells more)");
        ByteWriter writer = new();
        write(writer);
        ReadOnlySpan<byte> rest = writer.Written;
        while (!rest.IsEmpty)
        {
            long written = HostFile.Write(1, rest);
            if (written < 0)
                return written == -HostErrno.EPIPE ? ExitStatus.Success : UserError.Fail(ExitStatus.Failure, $"stdout: {ErrnoNames.TextOf((int)-written)}");
            rest = rest[(int)written..];
        }
        return ExitStatus.Success;
    }
}
