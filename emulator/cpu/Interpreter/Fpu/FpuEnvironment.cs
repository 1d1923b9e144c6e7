using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// FNSTENV, FLDENV, FNSAVE and FRSTOR in the formats of 16-bit and 32-bit protected mode, which 64-bit mode has too. Intel SDM vol. 1,
/// 8.1.10 and 8.1.11.
/// </summary>
internal static unsafe class FpuEnvironment
{
    private const int WideBytes = 28, NarrowBytes = 14, RegisterBytes = 10;
    private const ushort Narrow = 1;

    // Places of the tag word and of the pointers, in the units of each format.
    private const int StatusPlace = 1, TagPlace = 2, InstructionPlace = 3, OpcodePlace = 4, DataPlace = 5, SegmentPlace = 6;

    /// <summary>FNSTENV: all exceptions are masked afterwards.</summary>
    public static void StoreEnvironment(BlockBuilder b, in Instruction i) => Bind<StoreImage>(b, i, registers: 0);

    /// <summary>FLDENV.</summary>
    public static void LoadEnvironment(BlockBuilder b, in Instruction i) => Bind<LoadImage>(b, i, registers: 0);

    /// <summary>FNSAVE: the FPU is initialized afterwards.</summary>
    public static void Save(BlockBuilder b, in Instruction i) => Bind<StoreImage>(b, i, registers: 1);

    /// <summary>FRSTOR.</summary>
    public static void Restore(BlockBuilder b, in Instruction i) => Bind<LoadImage>(b, i, registers: 1);

    /// <summary>The full tag word: two bits a register, for valid, zero, special and empty.</summary>
    public static ushort FullTags(CpuState* s)
    {
        int tags = 0;
        for (int physical = 0; physical < 8; physical++)
        {
            ref FpuRegister register = ref s->Fpu[physical];
            int tag = new Float80(register.Significand, register.SignExponent).Class switch
            {
                Float80Class.Normal => 0,
                Float80Class.Zero => 1,
                _ => 2,
            };
            tags |= ((s->FpuTags & (1 << physical)) == 0 ? 3 : tag) << (2 * physical);
        }
        return (ushort)tags;
    }

    private static void Bind<T>(BlockBuilder b, in Instruction i, ulong registers)
        where T : struct, IAddressHandler
    {
        bool narrow = i.MemorySize is MemorySize.FpuEnv14 or MemorySize.FpuState94;
        b.EmitMemory(Select.Address<T>(b.Lower(i)), narrow ? Narrow : (ushort)0, immediate: registers);
    }

    private static int SizeOf(bool narrow, bool registers) => (narrow ? NarrowBytes : WideBytes) + (registers ? 8 * RegisterBytes : 0);

    private readonly struct StoreImage : IAddressHandler
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            Store(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op) != 0) ? op[1].Handler(s, op + 1, c) : null;
    }

    private readonly struct LoadImage : IAddressHandler
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            Load(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op) != 0) ? op[1].Handler(s, op + 1, c) : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Store(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, bool registers)
    {
        bool narrow = op->Destination == Narrow;
        byte* place = Access.Write(s, op, c, address, SizeOf(narrow, registers));
        if (place == null)
            return false;
        if (narrow)
            WriteNarrow(s, (ushort*)place);
        else
            WriteWide(s, (uint*)place);
        if (registers)
            WriteRegisters(s, place + SizeOf(narrow, registers: false));
        Access.Commit(c, place);
        if (registers)
            FpuControl.Reset(s);
        else
            FpuControl.SetControl(s, (ushort)(s->FpuControl | X87Status.Exceptions));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Load(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, bool registers)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out _))
            return false;
        bool narrow = op->Destination == Narrow;
        byte* place = Access.Read(s, op, c, address, SizeOf(narrow, registers));
        if (place == null)
            return false;
        if (narrow)
            ReadNarrow(s, (ushort*)place);
        else
            ReadWide(s, (uint*)place);
        if (registers)
            ReadRegisters(s, place + SizeOf(narrow, registers: false));
        return true;
    }

    // The words above 16-bit fields are ones.
    private static void WriteWide(CpuState* s, uint* image)
    {
        const uint Upper = 0xFFFF0000;
        image[0] = Upper | s->FpuControl;
        image[StatusPlace] = Upper | s->FpuStatus;
        image[TagPlace] = Upper | FullTags(s);
        image[InstructionPlace] = (uint)s->FpuInstructionPointer;
        image[OpcodePlace] = (uint)s->FpuOpcode << 16;
        image[DataPlace] = (uint)s->FpuDataPointer;
        image[SegmentPlace] = Upper;
    }

    private static void WriteNarrow(CpuState* s, ushort* image)
    {
        image[0] = s->FpuControl;
        image[StatusPlace] = s->FpuStatus;
        image[TagPlace] = FullTags(s);
        image[InstructionPlace] = (ushort)s->FpuInstructionPointer;
        image[OpcodePlace] = 0;
        image[DataPlace] = (ushort)s->FpuDataPointer;
        image[SegmentPlace] = 0;
    }

    private static void ReadWide(CpuState* s, uint* image)
    {
        const uint OpcodeMask = 0x7FF;
        SetEnvironment(s, (ushort)image[0], (ushort)image[StatusPlace], (ushort)image[TagPlace]);
        s->FpuInstructionPointer = image[InstructionPlace];
        s->FpuOpcode = (ushort)((image[OpcodePlace] >> 16) & OpcodeMask);
        s->FpuDataPointer = image[DataPlace];
    }

    private static void ReadNarrow(CpuState* s, ushort* image)
    {
        SetEnvironment(s, image[0], image[StatusPlace], image[TagPlace]);
        s->FpuInstructionPointer = image[InstructionPlace];
        s->FpuOpcode = 0;
        s->FpuDataPointer = image[DataPlace];
    }

    private static void SetEnvironment(CpuState* s, ushort control, ushort status, ushort tags)
    {
        s->FpuStatus = status;
        FpuControl.SetControl(s, control);
        s->FpuTags = 0;
        for (int physical = 0; physical < 8; physical++)
        {
            if (((tags >> (2 * physical)) & 3) != 3)
                s->FpuTags |= (ushort)(1 << physical);
        }
    }

    // From ST(0) on, wherever it lies.
    private static void WriteRegisters(CpuState* s, byte* image)
    {
        for (int index = 0; index < 8; index++)
        {
            Float80 value = FpuStack.Get(s, index);
            *(ulong*)(image + (index * RegisterBytes)) = value.Significand;
            *(ushort*)(image + (index * RegisterBytes) + 8) = value.SignExponent;
        }
    }

    private static void ReadRegisters(CpuState* s, byte* image)
    {
        for (int index = 0; index < 8; index++)
        {
            ref FpuRegister register = ref s->Fpu[FpuStack.Physical(s, index)];
            register.Significand = *(ulong*)(image + (index * RegisterBytes));
            register.SignExponent = *(ushort*)(image + (index * RegisterBytes) + 8);
        }
    }
}
