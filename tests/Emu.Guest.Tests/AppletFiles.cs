using System.Text;
using Emu.Testing;

namespace Emu.Guest.Tests;

/// <summary>The folder that the applets work in: the same each time, times of change included.</summary>
internal static class AppletFiles
{
    private const int Lines = 300;

    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Words =
        ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "while", "slow", "turtles", "sing", "and", "nobody", "listens"];

    // Two hundred lines, compressed by xz and lzma, which busybox can only decompress.
    private const string XzText =
        "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4CRLARBdADYaSh8IoCuxbQad7+2MoT/IOM9thS+bNf72Y/XAcBuM6j2C+MAK6TTFDtZPu6+8Y5pay6" +
        "eA/Nf5CMWgRU8Tvm95CyTz2+klDP/qSBAVG56+53182mJW7zmzK8Bk6HyXFnJ3hPkrHF8thpNaFmf+ZXDLGzwuM4t3kUx8Th4P5lQlMyEB3TTA" +
        "jOKjWAiJ0Fcad/0sPd5v0H35gbbB3KE4+gxJA/SPs8/hhLqVJCPEiPUx9ialMUFUxhzwkmpQNcpzKxx8v0gbf3i/aYsU3lXGq4k43kBtbIuYyI" +
        "Q+r2PHtwrQTowGQvRP6YGF2fFiIh93OBgD5Q4IW7TNDEMemQhz8+PvzfSJea9G2vXVnGewnoHAADEJgXsAAagCzEgAAPiZyA4+MA2LAgAAAAAB" +
        "WVo=";

    private const string LzmaText =
        "XQAAgAD//////////wA2GkofCKArsW0Gne/tjKE/yDjPbYUvmzX+9mP1wHAbjOo9gvjACuk0xQ7WT7uvvGOaWsungPzX+QjFoEVPE75veQsk89" +
        "vpJQz/6kgQFRuevud9fNpiVu85syvAZOh8lxZyd4T5KxxfLYaTWhZn/mVwyxs8LjOLd5FMfE4eD+ZUJTMhAd00wIzio1gIidBXGnf9LD3eb9B9" +
        "+YG2wdyhOPoMSQP0j7PP4YS6lSQjxIj1MfYmpTFBVMYc8JJqUDXKcyscfL9IG394v2mLFN5VxquJON5AbWyLmMiEPq9jx7cK0E6MBkL0T+mBhd" +
        "nxYiIfdzgYA+UOCFu0zQxDHpkIc/Pj7830iXmvRtr11ZxnujeXz6f+yiag";

    private static readonly Lazy<IReadOnlyList<(string Name, byte[] Content)>> All = new(Make);

    /// <summary>Fills a folder.</summary>
    public static void Put(ScratchFolder folder)
    {
        foreach ((string name, byte[] content) in All.Value)
            folder.Put(name, content);
        PutTree(folder);
        Directory.CreateDirectory(Path.Combine(folder.Root, "empty-folder"));
        Directory.CreateDirectory(Path.Combine(folder.Root, "other"));
        SetTimes(folder.Root);
    }

    private static void PutTree(ScratchFolder folder)
    {
        folder.Put("tree/needle", "hay\nneedle\nhay\n"u8);
        folder.Put("tree/a/one", "one\n"u8);
        folder.Put("tree/a/b/two", "two needle\n"u8);
        folder.Put("tree/a/b/large", Random(5000, 3));
        folder.Put("tree/script", "#!/bin/sh\necho script\n"u8);
        File.SetUnixFileMode(Path.Combine(folder.Root, "tree/script"), (UnixFileMode)Convert.ToInt32("755", 8));
        File.CreateSymbolicLink(Path.Combine(folder.Root, "tree/link"), "a/b/two");
        File.CreateSymbolicLink(Path.Combine(folder.Root, "tree/broken"), "nowhere");
    }

    // Deepest first, for what is put into a folder changes its time.
    private static void SetTimes(string root)
    {
        int hour = 0;
        foreach (string path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
        {
            if (new FileInfo(path).LinkTarget == null)
                File.SetLastWriteTimeUtc(path, Start.AddHours(hour++));
        }
        ProcessRunner.Run(new ProcessRequest(Applet.Busybox, ["touch", "-h", "-d", "2020-02-02 02:02:02", "tree/link", "tree/broken"]) { Folder = root });
        File.SetLastWriteTimeUtc(root, Start);
    }

    private static List<(string, byte[])> Make()
    {
        string text = Text(), table = Table();
        string old = "apple\nbanana\ncherry\ndate\nelder\nfig\ngrape\nhazel\n", changed = old.Replace("cherry\n", "citron\ncumin\n").Replace("hazel\n", "");
        List<(string, byte[])> files =
        [
            ("text.txt", Bytes(text)), ("table.csv", Bytes(table)), ("old.txt", Bytes(old)), ("new.txt", Bytes(changed)),
            ("sorted.txt", Bytes("a\na\nb\nc\nc\nc\nd\n")), ("tabs.txt", Bytes("a\tb\tc\n        eight    spaces\n\tx\n")),
            ("words.txt", Bytes("one two 'three four'\nfive\nsix seven\n")), ("bc.txt", Bytes("2^64\nscale=10\n1/3\ns(1)\nfor(i=0;i<3;i++) i*i\n")),
            ("ed.txt", Bytes("r old.txt\n2,3d\n1,$p\nw written\nq\n")), ("hex.txt", Bytes("68656c6c6f0a\n")),
            ("encoded.txt", Bytes(Convert.ToBase64String(Random(300, 2)) + "\n")), ("empty", []), ("zeros.bin", new byte[70000]),
            ("random.bin", Random(70000, 1)), ("random2.bin", Random(700, 2)),
            ("text.xz", Convert.FromBase64String(XzText)), ("text.lzma", Convert.FromBase64String(LzmaText)),
        ];
        files.AddRange(MakeWithBusybox(files));
        return files;
    }

    private static IEnumerable<(string, byte[])> MakeWithBusybox(List<(string Name, byte[] Content)> files)
    {
        using ScratchFolder folder = new();
        foreach ((string name, byte[] content) in files)
            folder.Put(name, content);
        PutTree(folder);
        SetTimes(folder.Root);
        yield return ("text.gz", Run(folder, "gzip -c text.txt"));
        yield return ("text.bz2", Run(folder, "bzip2 -c text.txt"));
        yield return ("tree.tar", Run(folder, "tar cf - tree"));
        yield return ("tree.cpio", Run(folder, "find tree | busybox cpio -o -H newc"));
        yield return ("sums.txt", Run(folder, "sha256sum text.txt random.bin | sed '2s/^..../0000/'"));
        yield return ("change.patch", Run(folder, "diff -u old.txt new.txt"));
    }

    private static byte[] Run(ScratchFolder folder, string command) =>
        ProcessRunner.Run(new ProcessRequest(Applet.Busybox, ["sh", "-c", "busybox " + command]) { Folder = folder.Root }).Output;

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static string Text()
    {
        StringBuilder text = new();
        byte[] random = Random(Lines * 12, 4);
        for (int i = 0; i < random.Length; i++)
            text.Append(Words[random[i] % Words.Length]).Append(i % 12 == 11 ? $" {i}\n" : " ");
        return text.ToString();
    }

    private static string Table()
    {
        StringBuilder table = new();
        byte[] random = Random(200, 5);
        for (int i = 0; i < 100; i++)
            table.Append($"name{i},{random[i] * 7},{(random[i + 100] / 8.0):F3}\n");
        return table.ToString();
    }

    private static byte[] Random(int length, ulong seed)
    {
        byte[] bytes = new byte[length];
        ulong state = seed * 0x9E3779B97F4A7C15;
        for (int i = 0; i < length; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes[i] = (byte)(state >> 32);
        }
        return bytes;
    }
}
