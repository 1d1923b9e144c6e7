using System.Globalization;
using Emu.Cpu.Tests.X87;
using Iced.Intel;
using Xunit.Abstractions;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Every instruction form against this host's processor, alone and in sequences: registers, flags, memory, and how it faults.</summary>
public sealed class DifferentialTests(HostCpu host, ITestOutputHelper output) : IClassFixture<HostCpu>
{
    private const int SlotSize = 64, SequenceSlotSize = 512, ReportLimit = 20, ReportsOfForm = 2;
    private const int DefaultSeed = 1, DefaultCases = 20, SequencesOfCase = 200;

    public static TheoryData<InstructionGroup> Groups => [.. Enum.GetValues<InstructionGroup>()];

    [X87Theory]
    [MemberData(nameof(Groups))]
    public void Instruction_EqualsHost(InstructionGroup group)
    {
        int seed = Seed(), cases = Cases();
        output.WriteLine($"EMU_TEST_SEED={seed} EMU_DIFF_CASES={cases}");
        DifferentialReport report = new(Limit(), ReportsOfForm);
        // XSAVE saves what the model has: the host may have no more than x86-64-v3.
        using EmulatedCpu emulated = new(group == InstructionGroup.XSave ? CpuModel.V3 : CpuModel.Max);
        CaseBatch batch = new(SlotSize);
        foreach (InstructionForm form in InstructionForms.Compared(CpuModel.Max).Where(form => InstructionForms.GroupOf(form.Code) == group))
        {
            if (!HostFeatures.Has(form.Code))
            {
                report.NotOnHost(form);
                continue;
            }
            FastRandom random = new(HashCode(seed, form));
            InstructionGenerator generator = new(random);
            for (int i = 0; i < cases; i++)
            {
                if (!TryAdd(batch, generator, form, random))
                {
                    report.NotEncodable(form);
                    break;
                }
                if (batch.IsFull)
                    batch = Run(batch, emulated, report, SlotSize);
            }
        }
        Run(batch, emulated, report, SlotSize);
        Finish(report);
    }

    [X87Fact]
    public void Sequence_EqualsHost()
    {
        int seed = Seed(), count = Cases() * SequencesOfCase;
        output.WriteLine($"EMU_TEST_SEED={seed} EMU_DIFF_CASES={Cases()}");
        DifferentialReport report = new(Limit(), Limit());
        using EmulatedCpu emulated = new(CpuModel.Max);
        CaseBatch batch = new(SequenceSlotSize);
        InstructionForm[] forms = [.. SequenceGenerator.Suitable(CpuModel.Max).Where(static form => HostFeatures.Has(form.Code))];
        for (int i = 0; i < count; i++)
        {
            FastRandom random = new(HashCode(seed, i));
            CpuCase state = StateGenerator.Create(random);
            StateGenerator.MaskExceptions(random, ref state);
            SequenceGenerator generator = new(random, forms);
            byte[] code = generator.Create(batch.NextAddress, SequenceSlotSize, ref state, out Instruction[] instructions);
            batch.Add(default, instructions, code, batch.NextAddress, state, generator.UndefinedFlags);
            if (batch.IsFull)
                batch = Run(batch, emulated, report, SequenceSlotSize);
        }
        Run(batch, emulated, report, SequenceSlotSize);
        Finish(report);
    }

    // Without a wish the same cases each time; many cases are to be other ones each time.
    private static int Seed()
    {
        bool isGiven = Environment.GetEnvironmentVariable("EMU_TEST_SEED") is not null;
        return isGiven || Environment.GetEnvironmentVariable("EMU_DIFF_CASES") is not null ? X87HostTests.Seed() : DefaultSeed;
    }

    // EMU_TEST_SCALE=100 gives each form 2,000 states.
    private static int Cases()
    {
        bool isScaled = double.TryParse(Environment.GetEnvironmentVariable("EMU_TEST_SCALE"), CultureInfo.InvariantCulture, out double scale);
        return Number("EMU_DIFF_CASES", Math.Max(1, (int)(DefaultCases * (isScaled ? scale : 1))));
    }

    private static int Limit() => Number("EMU_DIFF_REPORTS", ReportLimit);

    private static int Number(string name, int otherwise)
    {
        string? given = Environment.GetEnvironmentVariable(name);
        return given is null ? otherwise : int.Parse(given, CultureInfo.InvariantCulture);
    }

    // The same cases for a form whatever else is tested.
    private static int HashCode(int seed, InstructionForm form) => HashCode(seed, ((int)form.Code * 2) + (form.Memory ? 1 : 0));

    private static int HashCode(int seed, int number) => unchecked((seed * 0x1F35_7C91) + (number * 0x0101_6795));

    private static bool TryAdd(CaseBatch batch, InstructionGenerator generator, InstructionForm form, Random random)
    {
        CpuCase state = StateGenerator.Create(random);
        byte[]? code = generator.Create(form, batch.NextAddress, ref state, out Instruction instruction);
        if (code == null)
            return false;
        bool isBound = instruction.IsIPRelativeMemoryOperand || instruction.Op0Kind == OpKind.NearBranch64;
        ulong address = isBound ? batch.NextAddress : batch.NextStraddlingAddress(code.Length);
        batch.Add(form, [instruction], code, address, state);
        return true;
    }

    private CaseBatch Run(CaseBatch batch, EmulatedCpu emulated, DifferentialReport report, int slotSize)
    {
        CpuCase[] before = batch.States, native = batch.States, actual = batch.States;
        System.Threading.Tasks.Task hostRun = System.Threading.Tasks.Task.Run(() => host.Run(batch.Code, native));
        emulated.Load(batch.Code);
        for (int i = 0; i < actual.Length; i++)
            emulated.Run(ref actual[i]);
        hostRun.GetAwaiter().GetResult();
        for (int i = 0; i < actual.Length; i++)
            report.Add(batch, i, before[i], native[i], actual[i]);
        return new CaseBatch(slotSize);
    }

    private void Finish(DifferentialReport report)
    {
        output.WriteLine(report.Summary);
        Assert.True(report.Failures == 0, report.Text);
    }
}
