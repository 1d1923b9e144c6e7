// The signature of every micro-operation's handler: registers, the step itself, the CPU; the block to go on with, or null to leave.
global using unsafe Handler = delegate*<Emu.Cpu.CpuState*, Emu.Cpu.MicroOp*, Emu.Cpu.VirtualCpu*, Emu.Cpu.Block*>;
