namespace Emu.Cpu.Tests.Execution;

public class RehearsalTests
{
    [Fact]
    public void Run_ComesToItsEnd() => Rehearsal.Run(CpuModel.V2, new Interpreter());
}
