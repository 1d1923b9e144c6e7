using System.Buffers.Binary;
using Emu.Testing;
using Xunit.Abstractions;

namespace Emu.Guest.Tests;

/// <summary>A hundred damaged programs: each ends as it does natively, or in a clean line and status, and never by a defect of emu.</summary>
public class MalformedElfTests(ITestOutputHelper output)
{
    private const int Files = 100, EachOf = 10;
    private const int CannotExecute = 126, NotFound = 127, TimeIsOver = 124, Defect = 125;

    // The machine is as large as the host, for a segment larger than memory is refused.
    private static readonly string[] Bounds = ["--memory", $"{HostGibibytes()}G", "--max-instructions", "20000000", "--timeout", "60"];

    [ToolTheory("gcc")]
    [MemberData(nameof(FirstSeeds))]
    public void Run_EndsCleanly_WhenTheProgramIsDamaged(int firstSeed)
    {
        byte[] good = File.ReadAllBytes(GuestCompiler.Make(
            new GuestSource(Path.Combine(Repository.Guest, "hello", "nostdlib.c")), GuestBuild.Named("nostdlib")));
        using ScratchFolder folder = new();
        for (int seed = firstSeed; seed < firstSeed + EachOf; seed++)
            Check(folder, seed, Damage(good, seed, out string how), how);
    }

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, Files / EachOf).Select(static i => i * EachOf)];

    private void Check(ScratchFolder folder, int seed, byte[] file, string how)
    {
        folder.Renew();
        folder.Put("damaged", file);
        string path = Path.Combine(folder.Root, "damaged");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
        ProcessResult native = Run(folder, Tools.Require("timeout"), "20", "sh", "-c", "exec ./damaged");
        ProcessResult emulated = Run(folder, Repository.Emu, ["run", "--check", .. Bounds, path]);
        output.WriteLine($"seed {seed}: {how}: native {native.Status}, emu {emulated.Status}: {emulated.ErrorText.Split('\n')[0]}");
        Assert.False(emulated.TimedOut, $"seed {seed}: {how}: emu did not end");
        Assert.True(emulated.Status != Defect, $"seed {seed}: {how}: {emulated.ErrorText}");
        if (emulated.Status is CannotExecute or NotFound)
        {
            Assert.True(emulated.ErrorText.StartsWith("emu: ", StringComparison.Ordinal) && emulated.ErrorText.Count('\n') == 1,
                $"seed {seed}: {how}: not one clear line: {emulated.ErrorText}");
        }
        Assert.True(Agree(native.Status, emulated.Status), $"seed {seed}: {how}: native {native.Status}, emu {emulated.Status}: {emulated.ErrorText}");
    }

    // A shell says 126 or 127 for what the kernel refuses. What runs on for long natively, emu cuts off.
    private static bool Agree(int native, int emulated) => native == emulated || (native is CannotExecute or NotFound or 2 && emulated == CannotExecute) ||
        emulated == TimeIsOver;

    private static ProcessResult Run(ScratchFolder folder, string program, params string[] arguments) =>
        ProcessRunner.Run(new ProcessRequest(program, arguments) { Folder = folder.Root, Limit = TimeSpan.FromMinutes(2) });

    private static long HostGibibytes()
    {
        string line = File.ReadLines("/proc/meminfo").First(static line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return (long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) >> 20) + 1;
    }

    /// <summary>Damages headers in one to four places, or cuts the file off.</summary>
    private static byte[] Damage(byte[] good, int seed, out string how)
    {
        Random random = new(seed);
        byte[] file = [.. good];
        List<string> steps = [];
        for (int i = random.Next(1, 5); i > 0; i--)
            steps.Add(DamageOnce(ref file, random));
        how = string.Join(", ", steps);
        return file;
    }

    private static string DamageOnce(ref byte[] file, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                file = file[..random.Next(file.Length)];
                return $"cut off at {file.Length}";
            case < 4:
                return PutNumber(file, random.Next(64), random);
            default:
                int headers = file.Length > 57 ? Math.Max(1, (int)file[56]) : 1;
                return PutNumber(file, 64 + (random.Next(headers) * 56) + (random.Next(14) * 4), random);
        }
    }

    private static string PutNumber(byte[] file, int at, Random random)
    {
        ulong[] values = [0, 1, 2, 0x7f, 0xff, 0xfff, 0x1000, 0x1001, 0xffff, 1 << 20, 1UL << 31, uint.MaxValue, 1UL << 46, 1UL << 47, long.MaxValue, ulong.MaxValue];
        ulong value = random.Next(3) == 0 ? (ulong)random.NextInt64() : values[random.Next(values.Length)];
        int size = 1 << random.Next(4);
        if (at + 8 > file.Length)
            return $"nothing at {at}";
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        number[..size].CopyTo(file.AsSpan(at));
        return $"{size} bytes at {at} = {value:x}";
    }
}
