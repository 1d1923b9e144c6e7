using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>Random runs of instructions, one behind the other, with short jumps forward.</summary>
/// <remarks>
/// Nothing undefined may flow into what is compared: an instruction that reads a flag that one before it left undefined is not taken, nor
/// one that leaves more than flags undefined. Addresses come from registers that no instruction before has touched.
/// </remarks>
internal sealed class SequenceGenerator(Random random, IReadOnlyList<InstructionForm> forms)
{
    private const int Longest = 20;
    private const uint AllRegisters = 0xFFFF;

    private static readonly int[] AllNumbers = [.. Enumerable.Range(0, 16)];

    private readonly InstructionForm[] _common = [.. forms.Where(static form => IsCommon(form.Code))];
    private readonly InstructionGenerator _generator = new(random);
    private readonly InstructionInfoFactory _infos = new();
    private readonly List<Instruction> _instructions = [];
    private readonly List<byte> _code = [];
    private ulong _undefined, _everUndefined;

    /// <summary>The flags that are undefined behind and within the sequence made last.</summary>
    public SequenceFlags UndefinedFlags => new(_undefined | RFlagsBits.Resume, _everUndefined | RFlagsBits.Resume);

    /// <summary>The forms of which sequences are made.</summary>
    public static IEnumerable<InstructionForm> Suitable(CpuModel model) => InstructionForms.Compared(model).Where(static form => IsSuitable(form.Code));

    /// <summary>Makes a sequence at an address.</summary>
    /// <param name="rip">Where it begins.</param>
    /// <param name="room">Bytes that it may have.</param>
    /// <param name="state">Registers that memory operands need are set.</param>
    /// <param name="instructions">The instructions.</param>
    /// <returns>Its bytes.</returns>
    public byte[] Create(ulong rip, int room, ref CpuCase state, out Instruction[] instructions)
    {
        _instructions.Clear();
        _code.Clear();
        _undefined = _everUndefined = 0;
        AddressGenerator addresses = _generator.Addresses;
        addresses.FreeRegisters = AllRegisters;
        addresses.MayFault = random.Next(8) == 0;
        _generator.Pool = random.Next(4) == 0 ? AllNumbers : [.. AllNumbers.OrderBy(_ => random.Next(16)).Take(3)];
        int length = random.Next(1, Longest + 1);
        while (_instructions.Count < length && _code.Count < room - 32)
            Append(rip, ref state);
        instructions = [.. _instructions];
        return [.. _code];
    }

    // A jump, and what it may jump over; or an instruction.
    private void Append(ulong rip, ref CpuCase state)
    {
        ulong undefined = _undefined;
        Instruction first = AppendOne(rip, ref state, mayJump: true);
        if (first.Op0Kind != OpKind.NearBranch64)
            return;
        int place = _code.Count - first.Length;
        AppendOne(rip, ref state, mayJump: false);
        first.NearBranch64 = rip + (ulong)_code.Count;
        byte[] bytes = InstructionGenerator.Encode(first, rip + (ulong)place)!;
        for (int i = 0; i < bytes.Length; i++)
            _code[place + i] = bytes[i];
        _undefined |= undefined;
    }

    private Instruction AppendOne(ulong rip, ref CpuCase state, bool mayJump)
    {
        while (true)
        {
            IReadOnlyList<InstructionForm> choice = random.Next(2) == 0 ? _common : forms;
            InstructionForm form = choice[random.Next(choice.Count)];
            CpuCase trial = state;
            byte[]? bytes = _generator.Create(form, rip + (ulong)_code.Count, ref trial, out Instruction instruction);
            if (bytes == null || (!mayJump && instruction.Op0Kind == OpKind.NearBranch64) || (FromIced(instruction.RflagsRead) & _undefined) != 0)
                continue;
            state = trial;
            instruction.Length = bytes.Length;
            _instructions.Add(instruction);
            _code.AddRange(bytes);
            Follow(instruction, state);
            return instruction;
        }
    }

    // The count of a shift by CL is not known: all flags may be undefined behind it, or stay as they are.
    private void Follow(in Instruction instruction, in CpuCase state)
    {
        bool byCount = instruction.OpCount > 1 && instruction.GetOpKind(instruction.OpCount - 1) == OpKind.Register
            && instruction.GetOpRegister(instruction.OpCount - 1) == Register.CL;
        if (byCount)
        {
            _undefined |= RFlagsBits.StatusMask;
        }
        else
        {
            ulong fresh = UndefinedResults.Flags(instruction, state) & RFlagsBits.StatusMask;
            ulong defined = instruction.IsStringInstruction ? 0 : FromIced(instruction.RflagsModified) & ~fresh;
            _undefined = (_undefined & ~defined) | fresh;
        }
        _everUndefined |= _undefined;
        foreach (UsedRegister used in _infos.GetInfo(instruction).GetUsedRegisters())
        {
            if (used.Register.IsGPR())
                _generator.Addresses.FreeRegisters &= ~(1u << (used.Register.GetFullRegister() - Register.RAX));
        }
    }

    // What programs consist of, and what the interpreter has its own ways for.
    private static bool IsCommon(Code code) => code.Mnemonic() is Mnemonic.Mov or Mnemonic.Add or Mnemonic.Sub or Mnemonic.Cmp or Mnemonic.Test
        or Mnemonic.And or Mnemonic.Or or Mnemonic.Xor or Mnemonic.Lea or Mnemonic.Inc or Mnemonic.Dec or Mnemonic.Shl or Mnemonic.Shr or Mnemonic.Movzx
        or Mnemonic.Movsxd or Mnemonic.Push or Mnemonic.Pop or Mnemonic.Adc or Mnemonic.Sbb or Mnemonic.Neg or Mnemonic.Rol or Mnemonic.Movaps
        or Mnemonic.Movdqa or Mnemonic.Pxor or Mnemonic.Paddd || code.FlowControl() == FlowControl.ConditionalBranch;

    private static bool IsSuitable(Code code)
    {
        Mnemonic mnemonic = code.Mnemonic();
        bool leaves = code.FlowControl() is not (FlowControl.Next or FlowControl.ConditionalBranch);
        bool isOdd = mnemonic is Mnemonic.Popf or Mnemonic.Popfq or Mnemonic.Bswap or Mnemonic.Shld or Mnemonic.Shrd or Mnemonic.Fxsave
            or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64 or Mnemonic.Fnstenv or Mnemonic.Fnsave or Mnemonic.Dpps or Mnemonic.Dppd
            or Mnemonic.Maskmovdqu or Mnemonic.Maskmovq or Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsq || code == Code.Cmpsd_m32_m32
            || InstructionForms.GroupOf(code) == InstructionGroup.XSave;
        return !leaves && !isOdd && !InstructionForms.AlwaysFaults(code) && !UndefinedResults.LeavesFpuUndefined(mnemonic);
    }

    private static ulong FromIced(RflagsBits flags)
    {
        ulong bits = 0;
        foreach ((RflagsBits iced, ulong ours) in Bits)
            bits |= (flags & iced) != 0 ? ours : 0;
        return bits;
    }

    private static readonly (RflagsBits Iced, ulong Ours)[] Bits =
    [
        (RflagsBits.CF, RFlagsBits.Carry), (RflagsBits.PF, RFlagsBits.Parity), (RflagsBits.AF, RFlagsBits.Adjust),
        (RflagsBits.ZF, RFlagsBits.Zero), (RflagsBits.SF, RFlagsBits.Sign), (RflagsBits.OF, RFlagsBits.Overflow),
    ];
}
