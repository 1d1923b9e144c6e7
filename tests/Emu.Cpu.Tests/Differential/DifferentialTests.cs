using System.Globalization;
using Emu.Cpu.Tests.X87;
using Iced.Intel;
using Xunit.Abstractions;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Every instruction form against this host's processor: registers, flags, memory, and how it faults.</summary>
public sealed class DifferentialTests(HostCpu host, ITestOutputHelper output) : IClassFixture<HostCpu>
{
    private const int SlotSize = 64, ReportLimit = 20, ReportsOfForm = 2;

    public static TheoryData<InstructionGroup> Groups => [.. Enum.GetValues<InstructionGroup>()];

    [X87Theory]
    [MemberData(nameof(Groups))]
    public void Instruction_EqualsHost(InstructionGroup group)
    {
        int seed = X87HostTests.Seed(), cases = CasesOfForm();
        output.WriteLine($"EMU_TEST_SEED={seed} EMU_DIFF_CASES={cases}");
        DifferentialReport report = new(ReportLimit, ReportsOfForm);
        using EmulatedCpu emulated = new(CpuModel.V2);
        CaseBatch batch = new(SlotSize);
        foreach (InstructionForm form in InstructionForms.Compared(CpuModel.V2).Where(form => InstructionForms.GroupOf(form.Code) == group))
        {
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
                    batch = Run(batch, emulated, report);
            }
        }
        Run(batch, emulated, report);
        output.WriteLine(report.Summary);
        Assert.True(report.Failures == 0, report.Text);
    }

    private static int CasesOfForm()
    {
        string? given = Environment.GetEnvironmentVariable("EMU_DIFF_CASES");
        return given is null ? 100 : int.Parse(given, CultureInfo.InvariantCulture);
    }

    // The same cases for a form whatever else is tested.
    private static int HashCode(int seed, InstructionForm form) => (seed * 31) + ((int)form.Code * 2) + (form.Memory ? 1 : 0);

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

    private CaseBatch Run(CaseBatch batch, EmulatedCpu emulated, DifferentialReport report)
    {
        CpuCase[] before = batch.States, native = batch.States, actual = batch.States;
        System.Threading.Tasks.Task hostRun = System.Threading.Tasks.Task.Run(() => host.Run(batch.Code, native));
        emulated.Load(batch.Code);
        for (int i = 0; i < actual.Length; i++)
            emulated.Run(ref actual[i]);
        hostRun.GetAwaiter().GetResult();
        for (int i = 0; i < actual.Length; i++)
            report.Add(batch, i, before[i], native[i], actual[i]);
        return new CaseBatch(SlotSize);
    }
}
