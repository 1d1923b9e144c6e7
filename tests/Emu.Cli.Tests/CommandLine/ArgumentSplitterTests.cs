using System.Text;
using CsCheck;

namespace Emu.Cli.Tests;

public class ArgumentSplitterTests
{
    [Theory]
    [InlineData("run prog", CommandKind.Run, "", "prog")]
    [InlineData("prog a b", CommandKind.Run, "", "prog a b")]
    [InlineData("trace prog", CommandKind.Trace, "", "prog")]
    [InlineData("version", CommandKind.Version, "", "")]
    [InlineData("syscalls --format json", CommandKind.Syscalls, "--format=json", "")]
    [InlineData("./run prog", CommandKind.Run, "", "./run prog")]
    [InlineData("/bin/trace", CommandKind.Run, "", "/bin/trace")]
    [InlineData("run run", CommandKind.Run, "", "run")]
    [InlineData("run trace prog", CommandKind.Run, "", "trace prog")]
    [InlineData("-- run", CommandKind.Run, "", "run")]
    [InlineData("run -- -o", CommandKind.Run, "", "-o")]
    [InlineData("--strace prog", CommandKind.Run, "--strace", "prog")]
    [InlineData("--strace trace prog", CommandKind.Trace, "--strace", "prog")]
    [InlineData("--memory 1G prog --memory 2G", CommandKind.Run, "--memory=1G", "prog --memory 2G")]
    [InlineData("--memory=1G prog", CommandKind.Run, "--memory=1G", "prog")]
    [InlineData("-o f prog -o g", CommandKind.Run, "--output=f", "prog -o g")]
    [InlineData("-of prog", CommandKind.Run, "--output=f", "prog")]
    [InlineData("-vvo f prog", CommandKind.Run, "--verbose --verbose --output=f", "prog")]
    [InlineData("--check prog", CommandKind.Run, "--check", "prog")]
    [InlineData("--check=5 prog", CommandKind.Run, "--check=5", "prog")]
    [InlineData("prog --help", CommandKind.Run, "", "prog --help")]
    [InlineData("--help", CommandKind.None, "--help", "")]
    [InlineData("trace --help", CommandKind.Trace, "--help", "")]
    [InlineData("-x prog", CommandKind.Run, "-x", "prog")]
    [InlineData("--nonsense prog", CommandKind.Run, "--nonsense", "prog")]
    [InlineData("- prog", CommandKind.Run, "", "- prog")]
    [InlineData("prog -- x", CommandKind.Run, "", "prog -- x")]
    [InlineData("", CommandKind.None, "", "")]
    [InlineData("--memory", CommandKind.None, "--memory", "")]
    internal void Split_CutsWhereTheProgramBegins(string words, CommandKind command, string options, string program)
    {
        SplitLine line = ArgumentSplitter.Split(Words(words));

        Assert.Equal(command, line.Command);
        Assert.Equal(options, string.Join(' ', line.Options));
        Assert.Equal(program, string.Join(' ', line.Program.Select(Encoding.Latin1.GetString)));
    }

    [Fact]
    public void Split_TakesAnEmptyWordAsTheProgram() => Assert.Equal([[]], ArgumentSplitter.Split([[]]).Program);

    [Fact]
    public void Split_PassesEverythingBehindTheProgram_ByteForByte()
    {
        Gen.Byte.Array[0, 6].Array[0, 8].Sample(arguments =>
        {
            byte[][] words = [.. Words("trace -v --memory 1G prog"), .. arguments];

            SplitLine line = ArgumentSplitter.Split(words);

            Assert.Equal(arguments, line.Program[1..]);
            Assert.Equal("--verbose --memory=1G", string.Join(' ', line.Options));
        });
    }

    [Fact]
    public void Split_KeepsBytesThatAreNoText_InValues() =>
        Assert.Equal("--env=A=\u00ff", Assert.Single(ArgumentSplitter.Split([[.. "--env"u8], [.. "A="u8, 0xFF], [.. "p"u8]]).Options));

    private static byte[][] Words(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.Latin1.GetBytes)];
}
