using Iced.Intel;

namespace Emu.Cpu.Tests.Execution;

/// <summary>What is told of instructions that are undefined.</summary>
public sealed class UndefinedInstructionTests
{
    private const ulong Code = GuestMachine.CodeAddress;

    [Fact]
    public void Run_TellsOfUnknownBytes_ButNotOfUd2()
    {
        Assert.Equal(1, ReportsOf(static c => c.db(0x06)));
        Assert.Equal(0, ReportsOf(static c => c.ud2()));
    }

    private static int ReportsOf(Action<Assembler> code)
    {
        int reports = 0;
        using GuestMachine machine = new();
        machine.Processor.UndefinedInstruction = (rip, _) => reports += rip == Code ? 1 : 0;
        machine.Assemble(Code, code);
        Assert.Equal(ExitReason.Exception, machine.Run());
        Assert.Equal(ExceptionVector.InvalidOpcode, machine.Processor.Exception.Vector);
        return reports;
    }
}
