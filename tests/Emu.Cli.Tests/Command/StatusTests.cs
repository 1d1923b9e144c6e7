using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>Exit statuses, and the one line for the user that goes with them.</summary>
public class StatusTests
{
    [Theory]
    [InlineData(2, "emu: nothing to do: ")]
    [InlineData(2, "emu: no program is named: ", "run")]
    [InlineData(2, "emu: no program is named: ", "trace", "--stats")]
    [InlineData(2, "emu: unknown option '--nonsense' ", "--nonsense", "/bin/true")]
    [InlineData(2, "emu: --memory: 'x' is no size such as 512M or 4G ", "--memory", "x", "/bin/true")]
    [InlineData(2, "emu: --memory: a value is missing: ", "--memory")]
    [InlineData(2, "emu: --swap: /etc/passwd: the file holds something else", "--swap", "1M:/etc/passwd", "/bin/true")]
    [InlineData(2, "emu: --output: /nonexistent/x: No such file or directory", "-o", "/nonexistent/x", "/bin/true")]
    [InlineData(2, "emu: --inject: 'page_alloc:nth=0' is not page_alloc:nth=N with N from 1", "--inject", "page_alloc:nth=0", "/bin/true")]
    [InlineData(2, "emu: 'x' is one word too many ", "version", "x")]
    [InlineData(126, "emu: /etc/passwd: ", "/etc/passwd")]
    [InlineData(126, "emu: /etc: ", "/etc")]
    [InlineData(127, "emu: /no/such/program: No such file or directory", "/no/such/program")]
    [InlineData(127, "emu: no-such-program: not found in PATH ", "no-such-program")]
    [InlineData(127, "emu: the name of the program is empty", "")]
    public void Mistakes_GiveOneLineAndAStatus(int status, string line, params string[] arguments)
    {
        ProcessResult result = EmuCommand.Run(arguments);

        Assert.StartsWith(line, result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(result.ErrorText.Length - 1, result.ErrorText.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal("", result.OutputText);
        Assert.Equal(status, result.Status);
    }

    [Fact]
    public void MaxInstructions_StopsTheProgram()
    {
        ProcessResult result = EmuCommand.Run("--max-instructions", "123_456", "--stats", Programs.Loop);

        Assert.Equal(124, result.Status);
        Assert.Contains("emu: stopped after 123456 instructions (--max-instructions)\n", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("emu: instructions:   123456\n", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timeout_StopsTheProgram(bool runs)
    {
        ProcessResult result = EmuCommand.Run("--timeout", "0.2", runs ? Programs.Loop : Programs.Pause);

        Assert.Equal(124, result.Status);
        Assert.Equal("emu: stopped after 0.2 seconds (--timeout)\n", result.ErrorText);
    }

    [Fact]
    public void FatalSignal_GivesOneLine()
    {
        ProcessResult result = EmuCommand.Run(Programs.Crash);

        Assert.Equal(139, result.Status);
        Assert.Matches("^emu: 2/2 killed by SIGSEGV \\(SEGV_MAPERR\\): store to 0x1234, where nothing is mapped \\(0x3fedcc below " +
            "000000400000-000000401000 r--p [^ ]*/crash\\); rip=401005 stumble\\+0x0; rax=0 rbx=1234 .* rsp=7[0-9a-f]+ .* eflags=[0-9a-f]+ fs=0 gs=0\n$",
            result.ErrorText);
    }

    [Fact]
    public void Help_GoesToStdout()
    {
        ProcessResult result = EmuCommand.Run("trace", "--help");

        Assert.Equal(0, result.Status);
        Assert.Contains("emu trace [OPTIONS] PROG [ARGS...]", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("--max-instructions <N>", result.OutputText, StringComparison.Ordinal);
        Assert.Equal("", result.ErrorText);
    }

    [Fact]
    public void Suggest_CompletesCommandsAndOptions()
    {
        Assert.Equal("run\n", EmuCommand.Run("[suggest:6]", "emu ru").OutputText);
        Assert.Contains("--max-instructions\n", EmuCommand.Run("[suggest:13]", "emu run --max").OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_NamesTheKernel() => Assert.Matches("^emu [0-9]+\\.[0-9]+\\.[0-9]+\nkernel: Linux 6\\.18, x86-64\n", EmuCommand.Run("version").OutputText);
}
