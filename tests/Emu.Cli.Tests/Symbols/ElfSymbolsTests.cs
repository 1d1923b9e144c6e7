using System.Text;
using CsCheck;
using Emu.Testing;

namespace Emu.Cli.Tests;

public class ElfSymbolsTests
{
    private const string Source = """
        .globl _start, sized, twin, late
        .weak early_twin
        .text
        _start: nop; nop; nop; nop
        .type sized, @function
        sized: nop; nop
        .size sized, 2
        gap: nop; nop
        .type hole, @function
        hole: nop
        .size hole, 1
        nop; nop; nop
        early_twin:
        twin: nop
        .data
        late: .quad 1
        """;

    [ToolFact("gcc")]
    public void TryFind_NamesTheSymbolThatAnAddressBelongsTo()
    {
        byte[] file = Assemble(out ulong start);
        ElfSymbols symbols = ElfSymbols.Load(ReaderOf(file));

        Assert.Equal("_start+0", Name(symbols, start));
        Assert.Equal("_start+3", Name(symbols, start + 3));
        Assert.Equal("sized+1", Name(symbols, start + 5));
        Assert.Equal("gap+1", Name(symbols, start + 7));
        Assert.Equal("hole+0", Name(symbols, start + 8));
        Assert.Equal("-", Name(symbols, start + 9)); // behind a symbol with a size
        Assert.Equal("twin+0", Name(symbols, start + 12)); // global before weak
        Assert.Equal("-", Name(symbols, 0x1000));
    }

    [ToolFact("gcc")]
    public void TryAddressOf_FollowsTheSegments()
    {
        byte[] file = Assemble(out ulong start);
        ElfSymbols symbols = ElfSymbols.Load(ReaderOf(file));

        Assert.True(symbols.TryAddressOf(start & 0xFFFF, code: true, out ulong address));
        Assert.Equal(start, address);
        Assert.False(symbols.TryAddressOf((ulong)file.Length + 0x100000, code: true, out _));
    }

    [ToolFact("gcc", "strip")]
    public void Load_FindsNothing_InAFileThatWasStripped()
    {
        using ScratchFolder folder = new();
        folder.Put("a", Assemble(out ulong start));
        string path = Path.Combine(folder.Root, "a");
        Assert.Equal(0, ProcessRunner.Run(new ProcessRequest(Tools.Require("strip"), [path])).Status);

        ElfSymbols symbols = ElfSymbols.Load(ReaderOf(File.ReadAllBytes(path)));

        Assert.Equal(0, symbols.Count);
        Assert.Equal("-", Name(symbols, start));
    }

    [ToolFact("gcc")]
    public void Load_BelievesNothing_WhenTheFileIsDamaged()
    {
        byte[] good = Assemble(out ulong start);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 20].Sample(damages =>
        {
            byte[] file = [.. good];
            foreach ((int at, byte value) in damages)
            {
                // The headers are where damage matters most.
                file[at % 2 == 0 ? at % 64 : at] = value;
            }
            ElfSymbols symbols = ElfSymbols.Load(ReaderOf(file));
            _ = symbols.TryFind(start, out _, out _);
            _ = symbols.TryAddressOf(start, code: true, out _);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u007fELF")]
    [InlineData("#!/bin/sh\n")]
    public void Load_FindsNothing_InWhatIsNoElfFile(string content) =>
        Assert.Equal(0, ElfSymbols.Load(ReaderOf(Encoding.Latin1.GetBytes(content))).Count);

    private static string Name(ElfSymbols symbols, ulong address) =>
        symbols.TryFind(address, out ReadOnlySpan<byte> name, out ulong offset) ? $"{Encoding.ASCII.GetString(name)}+{offset}" : "-";

    private static FileReader ReaderOf(byte[] file) => (offset, buffer) =>
    {
        if (offset > (ulong)file.Length || (ulong)file.Length - offset < (ulong)buffer.Length)
            return false;
        file.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        return true;
    };

    private static byte[] Assemble(out ulong start)
    {
        using ScratchFolder folder = new();
        folder.Put("a.s", Encoding.ASCII.GetBytes(Source + "\n"));
        string[] arguments = ["-nostdlib", "-static", "-Wl,--build-id=none", "-o", "a", "a.s"];
        ProcessResult result = ProcessRunner.Run(new ProcessRequest(Tools.Require("gcc"), arguments) { Folder = folder.Root });
        Assert.True(result.Status == 0, result.ErrorText);
        byte[] file = File.ReadAllBytes(Path.Combine(folder.Root, "a"));
        start = BitConverter.ToUInt64(file, 24);
        return file;
    }
}
