using System.Text;
using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Counts what was compared, and tells of the first differences.</summary>
internal sealed class DifferentialReport(int limit, int limitOfForm)
{
    private readonly Dictionary<InstructionForm, int> _failures = [];
    private readonly HashSet<InstructionForm> _forms = [];
    private readonly List<InstructionForm> _notEncodable = [];
    private readonly StringBuilder _text = new();
    private int _cases, _reported;

    /// <summary>Cases that differ.</summary>
    public int Failures => _failures.Values.Sum();

    /// <summary>The counts in a line, and the forms without an encoding.</summary>
    public string Summary =>
        $"{_cases} cases of {_forms.Count} forms; {_forms.Count - _failures.Count} forms passed\nnot encodable: {string.Join(", ", _notEncodable)}";

    /// <summary>Summary, forms that failed, and the first differences.</summary>
    public string Text =>
        $"{Summary}\nfailed: {string.Join(", ", _failures.Select(static pair => $"{pair.Key} ×{pair.Value}"))}\n{_text}";

    public void NotEncodable(InstructionForm form) => _notEncodable.Add(form);

    /// <summary>Compares what host and interpreter made of a case.</summary>
    public void Add(CaseBatch batch, int index, in CpuCase before, in CpuCase expected, in CpuCase actual)
    {
        (InstructionForm form, Instruction[] instructions) = batch[index];
        _cases++;
        _forms.Add(form);
        ulong flags = ulong.MaxValue;
        int ignored = -1;
        foreach (Instruction instruction in instructions)
        {
            flags &= ~UndefinedResults.Flags(instruction, before);
            if (UndefinedResults.Destination(instruction, before))
            {
                if (instruction.Op0Kind == OpKind.Memory)
                    return;
                ignored = instruction.Op0Register.GetFullRegister() - Register.RAX;
            }
        }
        string differences = StateComparison.Differences(expected, actual, flags, ignored);
        if (differences.Length != 0)
            Fail(batch, form, instructions, before, differences);
    }

    private void Fail(CaseBatch batch, InstructionForm form, Instruction[] instructions, in CpuCase before, string differences)
    {
        int known = _failures[form] = _failures.GetValueOrDefault(form) + 1;
        if (known > limitOfForm || _reported++ >= limit)
            return;
        _text.AppendLine($"{form}: {string.Join("; ", instructions)}");
        ReadOnlySpan<byte> code = batch.Code.AsSpan((int)(before.Rip - CpuCase.CodeAddress), 32);
        _text.AppendLine($"  bytes {Convert.ToHexString(code)}");
        _text.Append(differences);
        _text.Append($"  before:{StateComparison.Describe(before)}");
    }
}
