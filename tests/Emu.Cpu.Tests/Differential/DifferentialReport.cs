using System.Text;
using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Counts what was compared, and tells of the first differences.</summary>
internal sealed class DifferentialReport(int limit, int limitOfForm)
{
    private readonly Dictionary<InstructionForm, int> _failures = [];
    private readonly HashSet<InstructionForm> _forms = [];
    private readonly List<InstructionForm> _notEncodable = [], _notOnHost = [];
    private readonly StringBuilder _text = new();
    private int _cases, _reported;

    /// <summary>Cases that differ.</summary>
    public int Failures => _failures.Values.Sum();

    /// <summary>The counts in a line, and the forms without an encoding.</summary>
    public string Summary =>
        $"{_cases} cases of {_forms.Count} forms; {_forms.Count - _failures.Count} forms passed\n"
        + $"not encodable: {string.Join(", ", _notEncodable)}\nskipped, as the host has them not: {_notOnHost.Count} {string.Join(", ", _notOnHost)}";

    /// <summary>Summary, forms that failed, and the first differences.</summary>
    public string Text =>
        $"{Summary}\nfailed: {string.Join(", ", _failures.Select(static pair => $"{pair.Key} ×{pair.Value}"))}\n{_text}";

    public void NotOnHost(InstructionForm form) => _notOnHost.Add(form);

    public void NotEncodable(InstructionForm form) => _notEncodable.Add(form);

    /// <summary>Compares what host and interpreter made of a case.</summary>
    public void Add(CaseBatch batch, int index, in CpuCase before, in CpuCase expected, in CpuCase actual)
    {
        (InstructionForm form, Instruction[] instructions, SequenceFlags? undefinedFlags) = batch[index];
        ulong? flags = expected.Trap == (uint)ExceptionVector.Breakpoint ? undefinedFlags?.Behind : undefinedFlags?.Within;
        _cases++;
        _forms.Add(form);
        if (expected.Cs != SegmentRegisters.UserCs || (expected.Mxcsr & ~Mxcsr.Writable) != 0) // AMD's have another bit
            return;
        CpuCase known = actual;
        foreach (Instruction instruction in instructions)
            UndefinedResults.Forget(instruction, before, flags, expected, ref known);
        string differences = StateComparison.Differences(expected, known);
        if (differences.Length != 0)
            Fail(batch, form, instructions, before, differences);
    }

    private void Fail(CaseBatch batch, InstructionForm form, Instruction[] instructions, in CpuCase before, string differences)
    {
        int known = _failures[form] = _failures.GetValueOrDefault(form) + 1;
        if (known > limitOfForm || _reported++ >= limit)
            return;
        string name = instructions.Length == 1 ? form.ToString() : "sequence";
        _text.AppendLine($"{name}: {string.Join("; ", instructions)}");
        ReadOnlySpan<byte> code = batch.Code.AsSpan((int)(before.Rip - CpuCase.CodeAddress), instructions.Length == 1 ? 16 : 320);
        _text.AppendLine($"  bytes {Convert.ToHexString(code)}");
        _text.Append(differences);
        _text.Append($"  before:{StateComparison.Describe(before)}");
    }
}
