using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Emu.Cpu.Tests.X87;

/// <summary>The operand side of one instruction, laid out as the native program reads it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct OracleCase
{
    public ushort Op;
    public ushort Control;
    public Packed80 St0;
    public Packed80 St1;
    public ulong Memory;

    public override readonly string ToString()
    {
        return $"{(X87Op)Op} control {Control:X4} st0 {St0.Value} st1 {St1.Value} memory {Memory:X16}";
    }
}

/// <summary>What one instruction left, laid out as the native program writes it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct OracleResult
{
    public Packed80 St0;
    public Packed80 St1;
    public ushort Status;
    public ulong Memory;
    public ushort MemoryHigh;

    public override readonly string ToString()
    {
        return $"st0 {St0.Value} st1 {St1.Value} status {Status:X4} memory {MemoryHigh:X4}{Memory:X16}";
    }
}

/// <summary>A register in its ten bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct Packed80
{
    public ulong Significand;
    public ushort SignExponent;

    public Packed80(Float80 value)
    {
        Significand = value.Significand;
        SignExponent = value.SignExponent;
    }

    public readonly Float80 Value => new(Significand, SignExponent);
}

/// <summary>
/// This host's x87 FPU: a native program, compiled when the first cases come, that answers batches of cases.
/// </summary>
public sealed class X87Oracle : IDisposable
{
    private Process? _process;
    private string? _folder;

    /// <summary>Runs the cases; blocks until all results are in.</summary>
    public OracleResult[] Run(ReadOnlySpan<OracleCase> cases)
    {
        Process process = _process ??= Start();
        Stream input = process.StandardInput.BaseStream;
        int count = cases.Length;
        input.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in count)));
        input.Write(MemoryMarshal.AsBytes(cases));
        input.Flush();
        OracleResult[] results = new OracleResult[count];
        process.StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(results.AsSpan()));
        return results;
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private Process Start()
    {
        _folder = Directory.CreateTempSubdirectory("emu-x87-").FullName;
        string program = Path.Combine(_folder, "x87_oracle");
        string source = Path.Combine(AppContext.BaseDirectory, "X87", "native", "x87_oracle.c");
        using Process compiler = Process.Start("gcc", ["-O2", "-Wall", "-Werror", "-o", program, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}

/// <summary>A theory that needs an x87 FPU and gcc on the host; without gcc it fails unless EMU_ALLOW_SKIP=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class X87TheoryAttribute : TheoryAttribute
{
    public X87TheoryAttribute()
    {
        Skip = X87Host.SkipReason!;
    }
}

/// <summary>A fact that needs the same.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class X87FactAttribute : FactAttribute
{
    public X87FactAttribute()
    {
        Skip = X87Host.SkipReason!;
    }
}

internal static class X87Host
{
    public static string? SkipReason { get; } = FindSkipReason();

    private static string? FindSkipReason()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux())
            return "the oracle is the x87 FPU of an x86-64 Linux host";
        bool maySkip = Environment.GetEnvironmentVariable("EMU_ALLOW_SKIP") == "1";
        return maySkip && !HasGcc() ? "gcc is missing" : null;
    }

    private static bool HasGcc()
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "gcc")));
    }
}
