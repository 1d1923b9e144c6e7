using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Cpu;

/// <summary>The architectural registers of one task. Intel SDM vol. 1, 3.4 and 8.1.</summary>
/// <remarks>
/// In unmanaged memory. Micro-operations name registers by their byte offset in this block, so that AH is the offset of RAX plus one, and
/// a missing base or index register is the slot that always reads zero.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct CpuState
{
    /// <summary>Size of the block.</summary>
    public const int SizeInBytes = 2688;

    /// <summary>Offset of a slot that is always zero.</summary>
    internal const ushort ZeroOffset = 128;

    /// <summary>Offset of a slot for an address within one instruction.</summary>
    internal const ushort AddressTempOffset = 136;

    /// <summary>Offset of a slot for a value within one instruction.</summary>
    internal const ushort ValueTempOffset = 144;

    internal const ushort FsBaseOffset = 184, GsBaseOffset = 192, MxcsrOffset = 200, FpuControlOffset = 208, FpuStatusOffset = 210,
        FpuOffset = 240, VectorOffset = 448, VectorTempOffset = 2496, SelectorsOffset = 2560;

    /// <summary>General-purpose registers in the order of their encoding.</summary>
    [FieldOffset(0)] public GeneralRegisters Gpr;

    [FieldOffset(ZeroOffset)] private readonly ulong _zero;

    /// <summary>Holds an effective address between two micro-operations of one instruction.</summary>
    [FieldOffset(AddressTempOffset)] internal ulong AddressTemp;

    /// <summary>Holds a value between two micro-operations of one instruction.</summary>
    [FieldOffset(ValueTempOffset)] internal ulong ValueTemp;

    /// <summary>Instruction pointer. Exact whenever an engine has returned.</summary>
    [FieldOffset(152)] public ulong Rip;

    /// <summary>The arithmetic flags, not yet computed.</summary>
    [FieldOffset(160)] internal LazyFlags Flags;

    /// <summary>The flags of RFLAGS that are not arithmetic: DF, TF, AC, ID, and the bit that is always set.</summary>
    [FieldOffset(176)] internal ulong ControlFlags;

    /// <summary>Base of the FS segment.</summary>
    [FieldOffset(FsBaseOffset)] public ulong FsBase;

    /// <summary>Base of the GS segment.</summary>
    [FieldOffset(GsBaseOffset)] public ulong GsBase;

    /// <summary>SSE control and status.</summary>
    [FieldOffset(MxcsrOffset)] public uint Mxcsr;

    /// <summary>Protection key rights.</summary>
    [FieldOffset(204)] public uint Pkru;

    /// <summary>x87 control word.</summary>
    [FieldOffset(FpuControlOffset)] public ushort FpuControl;

    /// <summary>x87 status word; TOP is bits 11–13.</summary>
    [FieldOffset(FpuStatusOffset)] public ushort FpuStatus;

    /// <summary>One bit a physical x87 register: set if it is not empty. The abridged tag word of FXSAVE.</summary>
    [FieldOffset(212)] public ushort FpuTags;

    /// <summary>Opcode of the last x87 instruction.</summary>
    [FieldOffset(214)] public ushort FpuOpcode;

    /// <summary>Address of the last x87 instruction.</summary>
    [FieldOffset(216)] public ulong FpuInstructionPointer;

    /// <summary>Address of its memory operand.</summary>
    [FieldOffset(224)] public ulong FpuDataPointer;

    /// <summary>x87 registers by physical number, 16 bytes each of which 10 count.</summary>
    [FieldOffset(FpuOffset)] public FpuRegisters Fpu;

    /// <summary>Opmask registers k0–k7.</summary>
    [FieldOffset(368)] public OpmaskRegisters Opmask;

    /// <summary>Vector registers zmm0–zmm31; xmm and ymm are their low parts.</summary>
    [FieldOffset(VectorOffset)] public VectorRegisters Vector;

    /// <summary>Holds a vector between micro-operations of one instruction.</summary>
    [FieldOffset(VectorTempOffset)] internal VectorRegister VectorTemp;

    /// <summary>Selectors of the segment registers.</summary>
    [FieldOffset(SelectorsOffset)] public SegmentRegisters Selectors;

    /// <summary>RFLAGS, computed.</summary>
    public ulong RFlags
    {
        readonly get => ControlFlags | Flags.ToRFlags();
        set
        {
            ControlFlags = (value & RFlagsBits.ControlMask) | RFlagsBits.AlwaysSet;
            Flags = LazyFlags.FromRFlags(value);
        }
    }

    /// <summary>x87, vector registers and MXCSR as a program starts with them. Linux: <c>fpu__clear_user_states</c>.</summary>
    public void ResetFpu()
    {
        CpuState initial = Initial;
        Fpu = default;
        Vector = default;
        Opmask = default;
        FpuControl = initial.FpuControl;
        FpuStatus = FpuTags = FpuOpcode = 0;
        FpuInstructionPointer = FpuDataPointer = 0;
        Mxcsr = initial.Mxcsr;
        Pkru = initial.Pkru;
    }

    /// <summary>The state that a program starts in. Linux: <c>start_thread</c>, <c>fpu_flush_thread</c>.</summary>
    public static CpuState Initial
    {
        get
        {
            CpuState state = new()
            {
                RFlags = RFlagsBits.InterruptEnable,
                Mxcsr = 0x1F80,
                FpuControl = 0x37F,
                Pkru = 0x55555554,
            };
            state.Selectors[SegmentRegisters.Cs] = SegmentRegisters.UserCs;
            state.Selectors[SegmentRegisters.Ss] = SegmentRegisters.UserDs;
            return state;
        }
    }
}

/// <summary>The sixteen general-purpose registers.</summary>
[InlineArray(16)]
public struct GeneralRegisters
{
    private ulong _first;
}

/// <summary>The six segment registers, in the order of their encoding.</summary>
[InlineArray(6)]
public struct SegmentRegisters
{
    /// <summary>Places in the array.</summary>
    public const int Es = 0, Cs = 1, Ss = 2, Ds = 3, Fs = 4, Gs = 5;

    /// <summary>The selectors of code and data that Linux gives a 64-bit program: <c>__USER_CS</c>, <c>__USER_DS</c>.</summary>
    public const ushort UserCs = 0x33, UserDs = 0x2B;

    private ushort _first;
}

/// <summary>The eight x87 registers.</summary>
[InlineArray(8)]
public struct FpuRegisters
{
    private FpuRegister _first;
}

/// <summary>An x87 register: an 80-bit number in 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public struct FpuRegister
{
    /// <summary>The significand with its integer bit.</summary>
    public ulong Significand;

    /// <summary>Sign and exponent.</summary>
    public ushort SignExponent;
}

/// <summary>The eight opmask registers.</summary>
[InlineArray(8)]
public struct OpmaskRegisters
{
    private ulong _first;
}

/// <summary>The thirty-two vector registers.</summary>
[InlineArray(32)]
public struct VectorRegisters
{
    private VectorRegister _first;
}

/// <summary>A vector register, as eight quadwords.</summary>
[InlineArray(8)]
public struct VectorRegister
{
    private ulong _first;
}
