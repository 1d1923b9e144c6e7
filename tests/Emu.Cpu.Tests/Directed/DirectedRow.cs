using System.Buffers.Binary;
using System.Globalization;
using Emu.Cpu.Tests.Differential;

namespace Emu.Cpu.Tests.Directed;

/// <summary>A line of a table of cases: a name, bytes, the state before, and what is another after.</summary>
/// <remarks>
/// <code>
/// name | bytes | before | after
///
/// before    rax=…, flags by name (cf=1), fsbase=…, mxcsr=…, fcw=…, xmm3=…, [10000c00]=bytes, all in hexadecimal; at=end for code that ends
///           its page, at=N for code of which N bytes are in the first of two pages. What is not named is 0; RSP is 10001000.
/// after     the same, rip=+n relative to the code, and trap=, error=, cr2=. What is not named is as before; RIP is behind the bytes and
///           the trap is that of the INT3 there. flags=* for status flags that are undefined.
/// </code>
/// A name that ends in ! is of a case in which processors differ: it is not executed on the host.
/// </remarks>
public sealed class DirectedRow
{
    private const int Rsp = 4;
    private const ulong Stack = 0x1000_1000;

    private static readonly string[] Registers =
        ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    private static readonly Dictionary<string, ulong> Flags = new()
    {
        ["cf"] = RFlagsBits.Carry,
        ["pf"] = RFlagsBits.Parity,
        ["af"] = RFlagsBits.Adjust,
        ["zf"] = RFlagsBits.Zero,
        ["sf"] = RFlagsBits.Sign,
        ["tf"] = RFlagsBits.Trap,
        ["df"] = RFlagsBits.Direction,
        ["of"] = RFlagsBits.Overflow,
        ["nt"] = RFlagsBits.NestedTask,
        ["ac"] = RFlagsBits.AlignmentCheck,
        ["id"] = RFlagsBits.Identification,
    };

    private readonly string _before, _after;

    private DirectedRow(string name, byte[] code, string before, string after)
    {
        Name = name.TrimEnd('!');
        IsOnHost = !name.EndsWith('!');
        Code = code;
        _before = before;
        _after = after;
        int place = before.IndexOf("at=", StringComparison.Ordinal);
        Address = place < 0 ? CpuCase.CodeAddress + 0x100 : AddressOf(before[(place + 3)..].Split(' ')[0]);
    }

    public string Name { get; }

    public byte[] Code { get; }

    /// <summary>Where the code lies.</summary>
    public ulong Address { get; }

    /// <summary>Whether all processors do the same.</summary>
    public bool IsOnHost { get; }

    /// <summary>Whether the status flags are undefined.</summary>
    public bool IgnoresFlags => _after.Contains("flags=*", StringComparison.Ordinal);

    /// <summary>The rows of a table; lines that begin with # are remarks.</summary>
    public static IEnumerable<DirectedRow> Parse(string table)
    {
        foreach (string line in table.Split('\n'))
        {
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#')
                continue;
            string[] fields = [.. line.Split('|').Select(static field => field.Trim())];
            if (fields.Length != 4)
                throw new FormatException($"a row has four fields: {line}");
            yield return new DirectedRow(fields[0], Convert.FromHexString(fields[1].Replace(" ", "", StringComparison.Ordinal)), fields[2], fields[3]);
        }
    }

    /// <summary>The state before.</summary>
    public CpuCase Before()
    {
        CpuCase state = default;
        state.RFlags = RFlagsBits.AlwaysSet | RFlagsBits.InterruptEnable;
        state.Mxcsr = 0x1F80;
        state.FpuControl = 0x37F;
        state.Gpr[Rsp] = Stack;
        Apply(_before, ref state);
        state.Rip = Address;
        return state;
    }

    /// <summary>The state after.</summary>
    public CpuCase After()
    {
        CpuCase state = Before();
        state.Trap = (uint)ExceptionVector.Breakpoint;
        state.Rip = Address + (ulong)Code.Length + 1;
        state.Cs = SegmentRegisters.UserCs;
        Apply(_after, ref state);
        return state;
    }

    public override string ToString() => Name;

    private ulong AddressOf(string text)
    {
        const ulong PageEnd = CpuCase.CodeAddress + 0x1000, CodeEnd = CpuCase.CodeAddress + CpuCase.CodeSize;
        return text == "end" ? CodeEnd - (ulong)Code.Length : PageEnd - ulong.Parse(text, CultureInfo.InvariantCulture);
    }

    private void Apply(string text, ref CpuCase state)
    {
        foreach (string token in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int sign = token.IndexOf('=', StringComparison.Ordinal);
            string name = token[..sign], value = token[(sign + 1)..];
            if (name is not ("at" or "flags"))
                Set(name, value, ref state);
        }
    }

    private void Set(string name, string value, ref CpuCase state)
    {
        int register = Array.IndexOf(Registers, name);
        if (register >= 0)
            state.Gpr[register] = Number(value);
        else if (Flags.TryGetValue(name, out ulong flag))
            state.RFlags = value == "1" ? state.RFlags | flag : state.RFlags & ~flag;
        else if (name[0] == '[')
            Convert.FromHexString(value).CopyTo(((Span<byte>)state.Window)[(int)(Number(name[1..^1]) - CpuCase.WindowAddress)..]);
        else if (name.StartsWith("xmm", StringComparison.Ordinal))
            BinaryPrimitives.WriteUInt128LittleEndian(state.Xmm(int.Parse(name[3..], CultureInfo.InvariantCulture)), UInt128.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        else
            SetOther(name, value, ref state);
    }

    private void SetOther(string name, string value, ref CpuCase state)
    {
        switch (name)
        {
            case "rip": state.Rip = value[0] == '+' ? Address + Number(value[1..]) : Number(value); break;
            case "fsbase": state.FsBase = Number(value); break;
            case "gsbase": state.GsBase = Number(value); break;
            case "mxcsr": state.Mxcsr = (uint)Number(value); break;
            case "fcw": state.FpuControl = (ushort)Number(value); break;
            case "fsw": state.FpuStatus = (ushort)Number(value); break;
            case "es": state.Es = (ushort)Number(value); break;
            case "ds": state.Ds = (ushort)Number(value); break;
            case "fs": state.Fs = (ushort)Number(value); break;
            case "gs": state.Gs = (ushort)Number(value); break;
            case "trap": state.Trap = uint.Parse(value, CultureInfo.InvariantCulture); break;
            case "error": state.Error = (uint)Number(value); break;
            case "cr2": state.FaultAddress = Number(value); break;
            default: throw new FormatException($"nothing is called {name}");
        }
    }

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
