using Emu.Cpu.Tests.Differential;
using Emu.Cpu.Tests.X87;
using Iced.Intel;

namespace Emu.Cpu.Tests.Directed;

/// <summary>The tables beside this file: what random cases seldom meet, on the interpreter and on the host's processor.</summary>
public sealed class DirectedTests(HostCpu host) : IClassFixture<HostCpu>
{
    public static TheoryData<string> Tables =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Directed"), "*.txt").Select(static file => Path.GetFileNameWithoutExtension(file)!)];

    [Theory]
    [MemberData(nameof(Tables))]
    public void Row_LeavesItsState_WhenInterpreted(string table)
    {
        using EmulatedCpu emulated = new(table == "max" ? CpuModel.Max : CpuModel.V2);
        Check(table, static _ => true, batch =>
        {
            CpuCase[] states = batch.States;
            emulated.Load(batch.Code);
            emulated.Run(ref states[0]);
            return states[0];
        });
    }

    [X87Theory]
    [MemberData(nameof(Tables))]
    public void Row_LeavesItsState_OnHost(string table) => Check(table, static row => row.IsOnHost, batch =>
    {
        CpuCase[] states = batch.States;
        host.Run(batch.Code, states);
        return states[0];
    });

    private static void Check(string table, Predicate<DirectedRow> isMeant, Func<CaseBatch, CpuCase> run)
    {
        List<string> failures = [];
        DirectedRow[] rows = [.. DirectedRow.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Directed", table + ".txt")))];
        Assert.NotEmpty(rows);
        foreach (DirectedRow row in rows.Where(row => isMeant(row)))
        {
            CaseBatch batch = new(0x400);
            batch.Add(default, [new Instruction()], row.Code, row.Address, row.Before());
            CpuCase actual = run(batch), expected = row.After();
            ulong ignored = RFlagsBits.Resume | (row.IgnoresFlags ? RFlagsBits.StatusMask : 0);
            UndefinedResults.Forget(default, row.Before(), ignored, expected, ref actual);
            string differences = StateComparison.Differences(expected, actual);
            if (differences.Length != 0)
                failures.Add($"{row.Name}:\n{differences}");
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
