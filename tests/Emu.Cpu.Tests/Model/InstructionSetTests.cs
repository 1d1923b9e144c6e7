using Iced.Intel;

namespace Emu.Cpu.Tests.Model;

/// <summary>Every instruction of a model can be executed.</summary>
public sealed class InstructionSetTests
{
    public static TheoryData<string> Models => [.. CpuModel.All.Select(static model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Of_HasHandlerOrReason_ForEachInstruction(string name)
    {
        CpuModel model = CpuModel.All.Single(model => model.Name == name);

        IEnumerable<string> missing = InstructionSet.Of(model)
            .Where(static entry => entry.Support == InstructionSupport.Missing && entry.Note == null)
            .Select(static entry => entry.Code);

        Assert.Empty(missing);
    }

    [Fact]
    public void Of_DescribesInstruction_AsTheManualDoes()
    {
        InstructionEntry entry = InstructionSet.Of(CpuModel.V2).Single(static entry => entry.Code == nameof(Code.Pshufb_xmm_xmmm128));

        Assert.Equal("PSHUFB xmm1, xmm2/m128", entry.Instruction);
        Assert.Equal("66 0F 38 00 /r", entry.OpCode);
        Assert.Equal(["SSSE3"], entry.Features);
        Assert.Equal(InstructionSupport.Executed, entry.Support);
    }

    [Theory]
    [InlineData(Code.Hlt, InstructionSupport.Privileged)]
    [InlineData(Code.Ud2, InstructionSupport.Undefined)]
    [InlineData(Code.Add_rm8_r8, InstructionSupport.Executed)]
    public void Of_TellsWhatBecomesOfInstruction(Code code, InstructionSupport support)
    {
        Assert.Equal(support, InstructionSet.Of(CpuModel.V2).Single(entry => entry.Code == code.ToString()).Support);
    }
}
