using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Random instructions of a given form, with the registers that their memory operands need.</summary>
internal sealed class InstructionGenerator(Random random)
{
    private const int Attempts = 40;

    private static readonly Register[] Bytes =
    [
        Register.AL, Register.CL, Register.DL, Register.BL, Register.AH, Register.CH, Register.DH, Register.BH, Register.SPL, Register.BPL,
        Register.SIL, Register.DIL, Register.R8L, Register.R9L, Register.R10L, Register.R11L, Register.R12L, Register.R13L, Register.R14L,
        Register.R15L,
    ];

    /// <summary>The numbers that register operands have; fewer let neighbours work on the same registers.</summary>
    public int[] Pool { get; set; } = [.. Enumerable.Range(0, 16)];

    /// <summary>Where memory operands lie.</summary>
    public AddressGenerator Addresses { get; } = new(random);

    /// <summary>Makes an instruction at an address, and sets the registers that it takes its addresses from.</summary>
    /// <returns>Its bytes, or null if this form has none.</returns>
    public byte[]? Create(InstructionForm form, ulong rip, ref CpuCase state, out Instruction instruction)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            CpuCase trial = state;
            instruction = default;
            instruction.Code = form.Code;
            FillOperands(form, rip, ref instruction, ref trial);
            AddPrefixes(form, ref instruction);
            SetImplicitRegisters(instruction, ref trial);
            byte[]? bytes = Encode(instruction, rip);
            if (bytes == null)
                continue;
            state = trial;
            return bytes;
        }
        instruction = default;
        return null;
    }

    /// <summary>The bytes of an instruction at an address; null if the decoder makes another one of them: some encodings have two names.</summary>
    public static byte[]? Encode(in Instruction instruction, ulong rip)
    {
        Writer writer = new();
        if (!Encoder.Create(64, writer).TryEncode(instruction, rip, out _, out _))
            return null;
        byte[] bytes = [.. writer.Bytes];
        Iced.Intel.Decoder decoder = Iced.Intel.Decoder.Create(64, bytes, rip);
        decoder.Decode(out Instruction decoded);
        return decoded.Code == instruction.Code ? bytes : null;
    }

    private void FillOperands(InstructionForm form, ulong rip, ref Instruction instruction, ref CpuCase state)
    {
        OpCodeInfo info = form.Code.ToOpCode();
        for (int operand = 0; operand < info.OpCount; operand++)
            FillOperand(info.GetOpKind(operand), operand, form, rip, ref instruction, ref state);
    }

    private void FillOperand(OpCodeOperandKind kind, int operand, InstructionForm form, ulong rip, ref Instruction i, ref CpuCase state)
    {
        switch (kind)
        {
            case OpCodeOperandKind.mem:
                Addresses.SetMemory(ref i, operand, rip, ref state);
                break;
            case OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem
                or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.ymm_or_mem when form.Memory:
                Addresses.SetMemory(ref i, operand, rip, ref state);
                break;
            case OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib64x or OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64y:
                bool isWide = kind is OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64y;
                Addresses.SetGather(ref i, operand, (isWide ? Register.YMM0 : Register.XMM0) + random.Next(16),
                    kind is OpCodeOperandKind.mem_vsib32x or OpCodeOperandKind.mem_vsib32y ? 4 : 8, ref state);
                break;
            case OpCodeOperandKind.mem_offs:
                Addresses.SetOffset(ref i, operand);
                break;
            case OpCodeOperandKind.seg_rSI:
                i.SetOpKind(operand, OneIn(6) ? OpKind.MemorySegESI : OpKind.MemorySegRSI);
                break;
            case OpCodeOperandKind.es_rDI:
                i.SetOpKind(operand, UsesNarrowSource(i) ? OpKind.MemoryESEDI : OpKind.MemoryESRDI);
                break;
            case OpCodeOperandKind.seg_rDI:
                i.SetOpKind(operand, OneIn(6) ? OpKind.MemorySegEDI : OpKind.MemorySegRDI);
                break;
            case OpCodeOperandKind.seg_rBX_al:
                i.SetOpKind(operand, OpKind.Memory);
                i.MemoryBase = Register.RBX;
                i.MemoryIndex = Register.AL;
                break;
            case >= OpCodeOperandKind.br16_1 and <= OpCodeOperandKind.br64_4:
                i.SetOpKind(operand, OpKind.NearBranch64);
                i.NearBranch64 = rip + (ulong)random.Next(16, 48);
                break;
            default:
                if (!TrySetImmediate(kind, operand, ref i))
                    i.SetOpRegister(operand, RegisterFor(kind));
                break;
        }
    }

    private Register RegisterFor(OpCodeOperandKind kind) => kind switch
    {
        OpCodeOperandKind.r8_reg or OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r8_opcode => random.Next(3) == 0 ? Bytes[random.Next(Bytes.Length)] : LowByteOf(AnyOfPool()),
        OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r16_opcode or OpCodeOperandKind.r16_rm =>
            Register.AX + AnyOfPool(),
        OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r32_opcode or OpCodeOperandKind.r32_rm
            or OpCodeOperandKind.r32_vvvv =>
            Register.EAX + AnyOfPool(),
        OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_or_mem or OpCodeOperandKind.r64_opcode or OpCodeOperandKind.r64_rm
            or OpCodeOperandKind.r64_vvvv =>
            Register.RAX + AnyOfPool(),
        OpCodeOperandKind.mm_reg or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.mm_rm => Register.MM0 + (AnyOfPool() & 7),
        OpCodeOperandKind.xmm_reg or OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.xmm_rm or OpCodeOperandKind.xmm_vvvv
            or OpCodeOperandKind.xmm_is4 => Register.XMM0 + AnyOfPool(),
        OpCodeOperandKind.ymm_reg or OpCodeOperandKind.ymm_or_mem or OpCodeOperandKind.ymm_rm or OpCodeOperandKind.ymm_vvvv
            or OpCodeOperandKind.ymm_is4 => Register.YMM0 + AnyOfPool(),
        OpCodeOperandKind.seg_reg => Register.ES + random.Next(4),
        OpCodeOperandKind.cr_reg => Register.CR0 + (random.Next(3) * 2),
        OpCodeOperandKind.dr_reg => Register.DR0 + random.Next(4),
        OpCodeOperandKind.sti_opcode => Register.ST0 + random.Next(8),
        OpCodeOperandKind.st0 => Register.ST0,
        OpCodeOperandKind.al => Register.AL,
        OpCodeOperandKind.ax => Register.AX,
        OpCodeOperandKind.eax => Register.EAX,
        OpCodeOperandKind.rax => Register.RAX,
        OpCodeOperandKind.cl => Register.CL,
        OpCodeOperandKind.dx => Register.DX,
        OpCodeOperandKind.es => Register.ES,
        OpCodeOperandKind.cs => Register.CS,
        OpCodeOperandKind.ss => Register.SS,
        OpCodeOperandKind.ds => Register.DS,
        OpCodeOperandKind.fs => Register.FS,
        OpCodeOperandKind.gs => Register.GS,
        _ => throw new NotSupportedException($"an operand of kind {kind}"),
    };

    private int AnyOfPool() => Pool[random.Next(Pool.Length)];

    private static Register LowByteOf(int number) => number < 4 ? Register.AL + number : Register.SPL + (number - 4);

    private bool TrySetImmediate(OpCodeOperandKind kind, int operand, ref Instruction i)
    {
        ulong value = OperandValues.Integer(random);
        OpKind? opKind = kind switch
        {
            OpCodeOperandKind.imm8 => operand > 0 && i.GetOpKind(operand - 1) == OpKind.Immediate16 ? OpKind.Immediate8_2nd : OpKind.Immediate8,
            OpCodeOperandKind.imm8_const_1 => OpKind.Immediate8,
            OpCodeOperandKind.imm8sex16 => OpKind.Immediate8to16,
            OpCodeOperandKind.imm8sex32 => OpKind.Immediate8to32,
            OpCodeOperandKind.imm8sex64 => OpKind.Immediate8to64,
            OpCodeOperandKind.imm16 => OpKind.Immediate16,
            OpCodeOperandKind.imm32 => OpKind.Immediate32,
            OpCodeOperandKind.imm32sex64 => OpKind.Immediate32to64,
            OpCodeOperandKind.imm64 => OpKind.Immediate64,
            _ => null,
        };
        if (opKind == null)
            return false;
        i.SetOpKind(operand, opKind.Value);
        if (kind == OpCodeOperandKind.imm8_const_1)
            i.Immediate8 = 1;
        else if (opKind == OpKind.Immediate8_2nd)
            i.Immediate8_2nd = (byte)random.Next(4);
        else if (i.Mnemonic is Mnemonic.Enter or Mnemonic.Ret or Mnemonic.Retf)
            i.Immediate16 = (ushort)random.Next(0x80);
        else
            SetImmediate(ref i, opKind.Value, value);
        if (i.Mnemonic == Mnemonic.Int)
            i.Immediate8 = random.Next(4) switch { 0 => 3, 1 => 4, _ => (byte)random.Next(0x80) }; // 80h is Linux's 32-bit entry
        return true;
    }

    private static void SetImmediate(ref Instruction i, OpKind kind, ulong value)
    {
        switch (kind)
        {
            case OpKind.Immediate8: i.Immediate8 = (byte)value; break;
            case OpKind.Immediate16: i.Immediate16 = (ushort)value; break;
            case OpKind.Immediate32: i.Immediate32 = (uint)value; break;
            case OpKind.Immediate64: i.Immediate64 = value; break;
            case OpKind.Immediate8to16: i.Immediate8to16 = (sbyte)value; break;
            case OpKind.Immediate8to32: i.Immediate8to32 = (sbyte)value; break;
            case OpKind.Immediate8to64: i.Immediate8to64 = (sbyte)value; break;
            default: i.Immediate32to64 = (int)value; break;
        }
    }

    private void AddPrefixes(InstructionForm form, ref Instruction i)
    {
        OpCodeInfo info = form.Code.ToOpCode();
        if (info.CanUseLockPrefix && form.Memory && OneIn(3))
            i.HasLockPrefix = true;
        if (info.CanUseRepPrefix && random.Next(3) != 0)
            i.HasRepPrefix = true;
        else if (info.CanUseRepnePrefix && i.IsStringInstruction && random.Next(2) == 0)
            i.HasRepnePrefix = true;
    }

    // What string instructions, XLAT, bit tests and the like take from registers without naming them.
    private void SetImplicitRegisters(in Instruction i, ref CpuCase state)
    {
        const int Rax = 0, Rcx = 1, Rbx = 3, Rsi = 6, Rdi = 7;
        if (i.IsStringInstruction || i.Mnemonic is Mnemonic.Maskmovdqu or Mnemonic.Maskmovq or Mnemonic.Vmaskmovdqu)
        {
            ulong segment = AddressGenerator.BaseOf(i.SegmentPrefix, state);
            SetIfFree(ref state, Rsi, Addresses.Choose(16) - segment);
            SetIfFree(ref state, Rdi, Addresses.Choose(16) - (i.IsStringInstruction ? 0 : segment));
            SetIfFree(ref state, Rcx, (ulong)random.Next(OneIn(4) ? 600 : 20));
        }
        if (i.Mnemonic == Mnemonic.Xlatb)
            SetIfFree(ref state, Rbx, Addresses.Choose(1) - (byte)state.Gpr[Rax]);
        if (i.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && i.Op0Kind == OpKind.Memory && i.Op1Kind == OpKind.Register)
            SetBitOffset(i, ref state);
        if (i.Mnemonic is Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq && i.IsStringInstruction)
            SetIfFree(ref state, Rsi, CpuCase.WindowAddress + 0x300 - AddressGenerator.BaseOf(i.SegmentPrefix, state)); // which of two faults comes first differs
        if (i.IsVsib)
            state.RFlags &= ~RFlagsBits.Trap; // a processor may trap between two elements
        if (ChecksAlignmentInItsOwnWay(i))
            state.RFlags &= ~RFlagsBits.AlignmentCheck;
    }

    private void SetIfFree(ref CpuCase state, int register, ulong value)
    {
        if ((Addresses.FreeRegisters >> register & 1) != 0)
            state.Gpr[register] = value;
    }

    // Large operands, which are accessed in pieces, and far transfers, which check other things first.
    private static bool ChecksAlignmentInItsOwnWay(in Instruction i) => i.Mnemonic is Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor
        or Mnemonic.Fxrstor64 or Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsavec or Mnemonic.Xsavec64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64
        or Mnemonic.Xrstor or Mnemonic.Xrstor64 or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq or Mnemonic.Retf or Mnemonic.Lss or Mnemonic.Lfs or Mnemonic.Lgs || i.IsJmpFarIndirect || i.IsCallFarIndirect;

    // Within the window, as far as the register is not part of the address.
    private void SetBitOffset(in Instruction i, ref CpuCase state)
    {
        Register full = i.Op1Register.GetFullRegister();
        if (full == i.MemoryBase.GetFullRegister() || full == i.MemoryIndex.GetFullRegister())
            return;
        ulong offset = (ulong)random.Next(-2000, 2000), upper = state.Gpr[full - Register.RAX] & ~(ulong)uint.MaxValue;
        SetIfFree(ref state, full - Register.RAX, i.Op1Register.GetSize() == 8 ? offset : upper | (uint)offset);
    }

    private static bool UsesNarrowSource(in Instruction i) => i.Op0Kind == OpKind.MemorySegESI || i.Op1Kind == OpKind.MemorySegESI;

    private bool OneIn(int count) => random.Next(count) == 0;

    private sealed class Writer : CodeWriter
    {
        public List<byte> Bytes { get; } = [];

        public override void WriteByte(byte value) => Bytes.Add(value);
    }
}
