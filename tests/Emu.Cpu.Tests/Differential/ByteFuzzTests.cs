using System.Globalization;
using Emu.Cpu.Tests.X87;
using Iced.Intel;
using Xunit.Abstractions;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Random bytes as code: each string ends as on the host's processor, as an instruction or as none. EMU_FUZZ_CASES says how many.</summary>
public sealed class ByteFuzzTests(HostCpu host, ITestOutputHelper output) : IClassFixture<HostCpu>
{
    private const int SlotSize = 64, Longest = 15, DefaultCases = 6_000, ReportLimit = 20, ReportsOfForm = 2;
    private const byte Int3 = 0xCC;

    private static readonly byte[] Prefixes = [0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x64, 0x65, 0x40, 0x41, 0x44, 0x48, 0x49, 0x4C, 0x0F, 0x0F, 0xC4, 0xC5];

    [X87Fact]
    public void Bytes_EndAsOnHost()
    {
        int seed = X87HostTests.Seed();
        string? given = Environment.GetEnvironmentVariable("EMU_FUZZ_CASES");
        int count = given is null ? DefaultCases : int.Parse(given, CultureInfo.InvariantCulture), skipped = 0;
        output.WriteLine($"EMU_TEST_SEED={seed} EMU_FUZZ_CASES={count}");
        DifferentialReport report = new(ReportLimit, ReportsOfForm);
        using EmulatedCpu emulated = new(CpuModel.Max);
        FastRandom random = new(seed);
        CaseBatch batch = new(SlotSize);
        for (int done = 0; done < count; done++)
        {
            if (!TryAdd(batch, random))
                skipped++;
            if (batch.IsFull)
                batch = Run(batch, emulated, report);
        }
        Run(batch, emulated, report);
        output.WriteLine($"{report.Summary}\n{skipped} strings not executed");
        Assert.True(report.Failures == 0, report.Text);
    }

    private static bool TryAdd(CaseBatch batch, Random random)
    {
        byte[] code = new byte[Longest];
        random.NextBytes(code);
        for (int at = 0; at < random.Next(4); at++)
            code[at] = Prefixes[random.Next(Prefixes.Length)];
        Iced.Intel.Decoder decoder = Iced.Intel.Decoder.Create(64, code, batch.NextAddress);
        decoder.Decode(out Instruction instruction);
        InstructionForm form = new(instruction.Code, false);
        if (!IsComparable(instruction, form) || (instruction.Code == Code.INVALID && HasLock(code)))
            return false;
        if (instruction.Code != Code.INVALID)
            code.AsSpan(instruction.Length).Fill(Int3);
        CpuCase state = StateGenerator.Create(random);
        state.RFlags &= ~(RFlagsBits.Trap | RFlagsBits.AlignmentCheck);
        for (int register = 0; register < 16; register++)
        {
            if (random.Next(2) == 0)
                state.Gpr[register] = CpuCase.WindowAddress + 0x100 + (ulong)random.Next(0x600);
        }
        batch.Add(form, [instruction], code, batch.NextAddress, state);
        return true;
    }

    // What no decoder knows must be unknown to the host too; what is not of the model, or not of the host, says nothing. Nor do jumps,
    // nor PAUSE, for which the decoder takes an XCHG that has two REX prefixes.
    private static bool IsComparable(in Instruction instruction, InstructionForm form)
    {
        if (instruction.Code == Code.INVALID)
            return true;
        Mnemonic mnemonic = instruction.Mnemonic;
        bool isOdd = InstructionForms.NotCompared.ContainsKey(mnemonic) || InstructionForms.Differing.ContainsKey(form)
            || InstructionForms.Differing.ContainsKey(form with { Memory = true }) || instruction.IsVsib || instruction.IsStringInstruction
            || mnemonic is Mnemonic.Pause or Mnemonic.Int or Mnemonic.Maskmovq or Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu or Mnemonic.Bt or Mnemonic.Bts
                or Mnemonic.Btr or Mnemonic.Btc || InstructionForms.GroupOf(instruction.Code) == InstructionGroup.XSave;
        return !isOdd && instruction.FlowControl == FlowControl.Next && CpuModel.Max.Supports(instruction.Code) && HostFeatures.Has(instruction.Code);
    }

    // Processors find out in different places that there may be no LOCK: some have accessed memory by then.
    private static bool HasLock(ReadOnlySpan<byte> code) => code[..4].Contains((byte)0xF0);

    private CaseBatch Run(CaseBatch batch, EmulatedCpu emulated, DifferentialReport report)
    {
        CpuCase[] before = batch.States, native = batch.States, actual = batch.States;
        host.Run(batch.Code, native);
        emulated.Load(batch.Code);
        for (int i = 0; i < actual.Length; i++)
            emulated.Run(ref actual[i]);
        for (int i = 0; i < actual.Length; i++)
            report.Add(batch, i, before[i], native[i], actual[i]);
        return new CaseBatch(SlotSize);
    }
}
