using Iced.Intel;

namespace Emu.Cpu;

/// <summary>What becomes of an instruction in user mode.</summary>
public enum InstructionSupport
{
    /// <summary>It is executed.</summary>
    Executed,

    /// <summary>It is refused with #GP, as a processor refuses it to user mode.</summary>
    Privileged,

    /// <summary>It is #UD, as the manual has it.</summary>
    Undefined,

    /// <summary>The model has it and the interpreter does not: #UD, and a line in the log.</summary>
    Missing,
}

/// <summary>One encoding of an instruction.</summary>
/// <param name="Code">Iced's name for it.</param>
/// <param name="Instruction">Mnemonic and operands, as the manual writes them.</param>
/// <param name="OpCode">The opcode, as the manual writes it.</param>
/// <param name="Features">The features of CPUID that it needs.</param>
/// <param name="Support">What becomes of it.</param>
/// <param name="Note">What is not as on a processor, or null.</param>
public sealed record InstructionEntry(
    string Code, string Instruction, string OpCode, IReadOnlyList<string> Features, InstructionSupport Support, string? Note);

/// <summary>The instructions of 64-bit mode that a processor model has, and what the interpreter makes of each.</summary>
public static class InstructionSet
{
    private const string NoNarrowCode = "to 64-bit code alone: a selector of 32-bit code is #GP";

    private static readonly Dictionary<Mnemonic, string> Notes = new()
    {
        [Mnemonic.Retf] = NoNarrowCode,
        [Mnemonic.Iret] = NoNarrowCode,
        [Mnemonic.Iretd] = NoNarrowCode,
        [Mnemonic.Iretq] = NoNarrowCode,
        [Mnemonic.Int] = "INT 3 and INT 4 alone; the kernel's 32-bit entry (80h) is not offered, and all others are #GP",
        [Mnemonic.Sysenter] = "the kernel's 32-bit entry is not offered",
        [Mnemonic.Rcpps] = RoundedEstimate,
        [Mnemonic.Rcpss] = RoundedEstimate,
        [Mnemonic.Rsqrtps] = RoundedEstimate,
        [Mnemonic.Rsqrtss] = RoundedEstimate,
        [Mnemonic.Vrcpps] = RoundedEstimate,
        [Mnemonic.Vrcpss] = RoundedEstimate,
        [Mnemonic.Vrsqrtps] = RoundedEstimate,
        [Mnemonic.Vrsqrtss] = RoundedEstimate,
        [Mnemonic.Xsaveopt] = NoModifiedOptimization,
        [Mnemonic.Xsaveopt64] = NoModifiedOptimization,
    };

    private const string NoModifiedOptimization = "leaves out components in their initial state, but not those that have not changed";

    private const string RoundedEstimate = "the estimate is the exact value rounded to 12 bits, whatever the host's is";

    /// <summary>The instructions of a model, in the order of their encodings.</summary>
    public static IEnumerable<InstructionEntry> Of(CpuModel model) => CodesOf(model).Select(code => Describe(code, model));

    /// <summary>The encodings of 64-bit mode that a model has, as Intel's processors decode them.</summary>
    internal static IEnumerable<Code> CodesOf(CpuModel model)
    {
        foreach (Code code in Enum.GetValues<Code>())
        {
            OpCodeInfo info = code.ToOpCode();
            if (info is { IsInstruction: true, Mode64: true, IntelDecoder64: true, Fwait: false } && model.Supports(code))
                yield return code;
        }
    }

    private static InstructionEntry Describe(Code code, CpuModel model)
    {
        OpCodeInfo info = code.ToOpCode();
        string[] features = [.. code.CpuidFeatures().Select(static feature => feature.ToString())];
        string? note = Notes.GetValueOrDefault(code.Mnemonic());
        if (code is Code.Jmp_m1616 or Code.Jmp_m1632 or Code.Jmp_m1664 or Code.Call_m1616 or Code.Call_m1632 or Code.Call_m1664)
            note = NoNarrowCode;
        return new InstructionEntry(code.ToString(), info.ToInstructionString(), info.ToOpCodeString(), features,
            InstructionTable.SupportOf(code.Mnemonic(), model), note);
    }
}
