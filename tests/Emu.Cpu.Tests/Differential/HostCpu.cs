using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Emu.Cpu.Tests.Differential;

/// <summary>This host's processor: a native program, compiled when the first batch comes.</summary>
public sealed class HostCpu : IDisposable
{
    // Without the C library, and far from where a stray jump may lead.
    private static readonly string[] Options =
    [
        "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-mcmodel=large", "-mno-sse", "-static",
        "-nostdlib", "-Wl,-Ttext-segment=0x5a5b6c7d0000",
    ];

    private Process? _process;
    private string? _folder;

    /// <summary>Executes the cases, which become what they left; blocks until all are done.</summary>
    public void Run(ReadOnlySpan<byte> code, Span<CpuCase> cases)
    {
        Process process = _process ??= Start();
        Stream input = process.StandardInput.BaseStream;
        int count = cases.Length;
        input.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in count)));
        input.Write(code);
        input.Write(MemoryMarshal.AsBytes(cases));
        input.Flush();
        process.StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(cases));
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
        _folder = Directory.CreateTempSubdirectory("emu-cpu-").FullName;
        string program = Path.Combine(_folder, "host_cpu");
        string source = Path.Combine(AppContext.BaseDirectory, "Differential", "native", "host_cpu.c");
        using Process compiler = Process.Start("gcc", [.. Options, "-o", program, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}
