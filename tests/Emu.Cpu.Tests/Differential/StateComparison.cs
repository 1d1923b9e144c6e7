using System.Text;

namespace Emu.Cpu.Tests.Differential;

/// <summary>What is compared of two states, and how the differences are told.</summary>
internal static class StateComparison
{
    private const int PointersStart = 6, MxcsrPlace = 24, RegistersStart = 32, VectorsStart = 160;

    private static readonly string[] Names =
        ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    /// <summary>The differences, a line each; empty if there are none that count.</summary>
    /// <param name="expected">What the host left.</param>
    /// <param name="actual">What the interpreter left.</param>
    public static string Differences(in CpuCase expected, in CpuCase actual)
    {
        StringBuilder text = new();
        if (expected.Trap != actual.Trap)
            text.AppendLine($"  trap {actual.Trap} (error {actual.Error:x}) instead of {expected.Trap} (error {expected.Error:x}, cr2 {expected.FaultAddress:x})");
        else
            Compare(text, "error", expected.Error, actual.Error);
        if (expected.Trap == actual.Trap && expected.Trap == (uint)ExceptionVector.PageFault)
            Compare(text, "cr2", expected.FaultAddress, actual.FaultAddress);
        Compare(text, "rip", expected.Rip, actual.Rip);
        Compare(text, "rflags", expected.RFlags, actual.RFlags);
        for (int i = 0; i < 16; i++)
            Compare(text, Names[i], expected.Gpr[i], actual.Gpr[i]);
        CompareSegments(text, expected, actual);
        CompareImage(text, expected.Fx, actual.Fx);
        CompareHigh(text, expected.YmmHigh, actual.YmmHigh);
        CompareWindow(text, expected.Window, actual.Window);
        if (expected.WroteOutside != actual.WroteOutside)
            text.AppendLine($"  wrote outside the window: {actual.WroteOutside} instead of {expected.WroteOutside}");
        return text.ToString();
    }

    /// <summary>A state in words.</summary>
    public static string Describe(in CpuCase state)
    {
        StringBuilder text = new();
        for (int i = 0; i < 16; i++)
            text.Append($"{(i % 4 == 0 ? "\n  " : " ")}{Names[i],3} {state.Gpr[i]:x16}");
        text.Append($"\n  rip {state.Rip:x} rflags {state.RFlags:x} fsbase {state.FsBase:x} gsbase {state.GsBase:x} mxcsr {state.Mxcsr:x4} fcw {state.FpuControl:x4} fsw {state.FpuStatus:x4} ftw {state.FpuTags:x2}");
        for (int i = 0; i < 16; i++)
            text.Append($"{(i % 2 == 0 ? "\n  " : " ")}xmm{i,-2} {Hex(VectorOf(state, i))}");
        for (int i = 0; i < 8; i++)
            text.Append($"{(i % 2 == 0 ? "\n  " : " ")}st{i} {Hex(StackOf(state, i))}");
        return text.AppendLine().ToString();
    }

    /// <summary>Bytes as one number, the most significant first.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        byte[] reversed = bytes.ToArray();
        Array.Reverse(reversed);
        return Convert.ToHexStringLower(reversed);
    }

    private static ReadOnlySpan<byte> VectorOf(in CpuCase state, int number) => ((ReadOnlySpan<byte>)state.Fx).Slice(VectorsStart + (16 * number), 16).ToArray();

    private static ReadOnlySpan<byte> StackOf(in CpuCase state, int index) => ((ReadOnlySpan<byte>)state.Fx).Slice(RegistersStart + (16 * index), 10).ToArray();

    private static void CompareSegments(StringBuilder text, in CpuCase expected, in CpuCase actual)
    {
        Compare(text, "fsbase", expected.FsBase, actual.FsBase);
        Compare(text, "gsbase", expected.GsBase, actual.GsBase);
        CompareSelector(text, "es", expected.Es, actual.Es);
        CompareSelector(text, "ds", expected.Ds, actual.Ds);
        CompareSelector(text, "fs", expected.Fs, actual.Fs);
        CompareSelector(text, "gs", expected.Gs, actual.Gs);
    }

    // The return from the kernel makes every null selector 0: "IRET", RETURN-TO-OUTER-PRIVILEGE-LEVEL.
    private static void CompareSelector(StringBuilder text, string name, ushort expected, ushort actual) =>
        Compare(text, name, expected, actual <= 3 ? 0UL : actual);

    private static void CompareHigh(StringBuilder text, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        for (int at = 0; at < expected.Length; at += 16)
        {
            if (!expected.Slice(at, 16).SequenceEqual(actual.Slice(at, 16)))
                text.AppendLine($"  ymm{at / 16} high {Hex(actual.Slice(at, 16))} instead of {Hex(expected.Slice(at, 16))}");
        }
    }

    // The pointers of the last x87 instruction differ between processors; so does MXCSR_MASK.
    private static void CompareImage(StringBuilder text, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        for (int at = 0; at < PointersStart; at += 2)
            Compare(text, at switch { 0 => "fcw", 2 => "fsw", _ => "ftw" }, BitConverter.ToUInt16(expected[at..]), BitConverter.ToUInt16(actual[at..]));
        Compare(text, "mxcsr", BitConverter.ToUInt32(expected[MxcsrPlace..]), BitConverter.ToUInt32(actual[MxcsrPlace..]));
        for (int at = RegistersStart; at < expected.Length; at += 16)
        {
            int length = at < VectorsStart ? 10 : 16;
            if (expected.Slice(at, length).SequenceEqual(actual.Slice(at, length)))
                continue;
            string name = at < VectorsStart ? $"st{(at - RegistersStart) / 16}" : $"xmm{(at - VectorsStart) / 16}";
            text.AppendLine($"  {name} {Hex(actual.Slice(at, length))} instead of {Hex(expected.Slice(at, length))}");
        }
    }

    private static void CompareWindow(StringBuilder text, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        if (expected.SequenceEqual(actual))
            return;
        int at = expected.CommonPrefixLength(actual), length = Math.Min(32, expected.Length - at);
        ulong address = CpuCase.WindowAddress + (ulong)at;
        text.AppendLine($"  [{address:x}] {Convert.ToHexStringLower(actual.Slice(at, length))} instead of {Convert.ToHexStringLower(expected.Slice(at, length))}");
    }

    private static void Compare(StringBuilder text, string name, ulong expected, ulong actual)
    {
        if (expected != actual)
            text.AppendLine($"  {name} {actual:x} instead of {expected:x}");
    }
}
