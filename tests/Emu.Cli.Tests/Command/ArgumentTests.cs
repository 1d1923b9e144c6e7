using System.Text;
using Emu.Testing;

namespace Emu.Cli.Tests;

/// <summary>What stands behind the program reaches it byte for byte.</summary>
public class ArgumentTests
{
    [Theory]
    [InlineData("-o", "x")]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("@f")]
    [InlineData("@/etc/passwd")]
    [InlineData("")]
    [InlineData("a", "", "b")]
    [InlineData("--")]
    [InlineData("--", "--strace", "--")]
    [InlineData("run", "trace")]
    [InlineData("[suggest]")]
    [InlineData("--memory", "1G", "--no-such-option", "-v", "-vv")]
    [InlineData("\"quoted\"", "with space", "tab\t", "new\nline", "$HOME", "*", "\\")]
    [InlineData("\u00e9\u4e2d\U0001F600")]
    public void Arguments_ReachTheProgram(params string[] arguments)
    {
        string expected = string.Concat(arguments.Prepend(Programs.Arguments).Select(static argument => $"[{argument}]"));

        foreach (string[] before in new string[][] { [], ["run"], ["--"], ["run", "--memory", "256M", "--"] })
        {
            ProcessResult result = EmuCommand.Run([.. before, Programs.Arguments, .. arguments]);

            Assert.Equal(expected, Encoding.UTF8.GetString(result.Output));
            Assert.Equal("", result.ErrorText);
            Assert.Equal(3, result.Status);
        }
    }

    [Fact]
    public void Arguments_ReachTheProgram_ThatAreNoUtf8()
    {
        ProcessResult result = EmuCommand.Shell("exec \"$0\" \"$1\" \"$(printf '\\377\\300\\200')\" \"$(printf 'a\\001b')\"", Programs.Arguments);

        Assert.Equal($"[{Programs.Arguments}][\u00ff\u00c0\u0080][a\u0001b]", result.OutputText);
    }

    [Fact]
    public void Options_TakeValuesThatAreNoUtf8()
    {
        using ScratchFolder folder = new();

        ProcessResult result = EmuCommand.Shell("cd \"$2\" && \"$0\" -o \"$(printf 'out\\377')\" --strace \"$1\" && ls && rm out*", Programs.Nothing, folder.Root);

        Assert.Equal("out\u00ff\n", result.OutputText);
    }

    [Fact]
    public void FirstWord_IsNoSubcommand_WhenItHasASlash()
    {
        using ScratchFolder folder = new();
        folder.Put("run", File.ReadAllBytes(Programs.Arguments));

        ProcessResult result = EmuCommand.Shell("cd \"$1\" && chmod +x run && exec \"$0\" ./run trace", folder.Root);

        Assert.Equal("[./run][trace]", result.OutputText);
    }

    [Fact]
    public void Program_IsFoundInPath()
    {
        ProcessResult result = EmuCommand.Shell("PATH=$1:$PATH exec \"$0\" arguments x", Path.GetDirectoryName(Programs.Arguments)!);

        Assert.Equal("[arguments][x]", result.OutputText);
    }
}
