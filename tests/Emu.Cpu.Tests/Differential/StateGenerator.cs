using System.Buffers.Binary;
using Emu.Cpu.Tests.X87;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Random states of the processor.</summary>
internal static class StateGenerator
{
    private const ulong ArithmeticFlags = 0x8D5;
    private const int Rsp = 4, Rbp = 5;

    /// <summary>A state whose stack lies in the data.</summary>
    public static CpuCase Create(Random random)
    {
        CpuCase state = default;
        for (int i = 0; i < 16; i++)
            state.Gpr[i] = OperandValues.Integer(random);
        state.Gpr[Rsp] = StackAddress(random);
        state.Gpr[Rbp] = random.Next(2) == 0 ? StackAddress(random) : state.Gpr[Rbp];
        state.RFlags = RFlagsBits.AlwaysSet | RFlagsBits.InterruptEnable | ((ulong)random.Next(0x1000) & ArithmeticFlags);
        if (random.Next(4) == 0)
            state.RFlags |= RFlagsBits.Direction;
        if (random.Next(16) == 0)
            state.RFlags |= RFlagsBits.AlignmentCheck;
        if (random.Next(16) == 0)
            state.RFlags |= RFlagsBits.Trap;
        state.FsBase = CpuCase.DataAddress + (ulong)random.Next(-0x20000, 0x20000);
        state.GsBase = CpuCase.DataAddress + (ulong)random.Next(-0x20000, 0x20000);
        state.Mxcsr = OperandValues.Mxcsr(random);
        for (int number = 0; number < 16; number++)
        {
            OperandValues.Vector(random, state.Xmm(number));
            OperandValues.Vector(random, state.High(number));
        }
        for (int at = 0; at < CpuCase.WindowSize; at += 16)
            OperandValues.Vector(random, ((Span<byte>)state.Window)[at..]);
        FillFpu(random, ref state);
        return state;
    }

    /// <summary>Takes care that most sequences of instructions do not end early: exceptions of the FPU and of SSE are masked, TF and AC are clear.</summary>
    public static void MaskExceptions(Random random, ref CpuCase state)
    {
        if (random.Next(8) == 0)
            return;
        state.RFlags &= ~(RFlagsBits.Trap | RFlagsBits.AlignmentCheck);
        state.Mxcsr |= 0x1F80;
        state.FpuControl |= X87Status.Exceptions;
        state.FpuStatus &= unchecked((ushort)~(X87Status.ES | X87Status.B));
    }

    /// <summary>An address on the stack, mostly aligned.</summary>
    private static ulong StackAddress(Random random)
    {
        ulong address = CpuCase.WindowAddress + 0x100 + (ulong)random.Next(CpuCase.WindowSize - 0x200);
        return random.Next(4) == 0 ? address : address & ~7UL;
    }

    private static void FillFpu(Random random, ref CpuCase state)
    {
        Float80 other = X87Cases.RandomValue(random);
        for (int index = 0; index < 8; index++)
        {
            Float80 value = random.Next(8) == 0 ? X87Cases.RandomDecimal(random) : X87Cases.RandomNear(random, other);
            BinaryPrimitives.WriteUInt64LittleEndian(state.St(index), value.Significand);
            BinaryPrimitives.WriteUInt16LittleEndian(state.St(index)[8..], value.SignExponent);
        }
        state.FpuControl = (ushort)(X87Cases.RandomControl(random) | 0x40);
        state.FpuTags = random.Next(3) switch { 0 => 0xFF, 1 => (byte)(random.Next(0x100) | random.Next(0x100)), _ => (byte)random.Next(0x100) };
        int status = random.Next(0x10000) & (X87Status.Conditions | X87Status.Exceptions | X87Status.SF | FpuStack.TopMask);
        // An exception may be pending, but not too often.
        if (random.Next(16) != 0)
            status &= ~X87Status.Exceptions | state.FpuControl;
        if ((status & ~state.FpuControl & X87Status.Exceptions) != 0)
            status |= X87Status.ES | X87Status.B;
        state.FpuStatus = (ushort)status;
    }
}
