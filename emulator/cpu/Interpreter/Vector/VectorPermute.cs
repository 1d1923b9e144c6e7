using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// The instructions of AVX and AVX2 that move elements from lane to lane, or by a control that is a register: broadcasts, permutes, inserts
/// and extracts of lanes; and VZEROUPPER and VZEROALL. Intel SDM vol. 2C.
/// </summary>
internal static unsafe class VectorPermute
{
    private const int LaneBytes = 16;

    /// <summary>VBROADCASTSS, VBROADCASTSD, VPBROADCASTB, W, D and Q: the lowest element everywhere.</summary>
    public static void Broadcast<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged => VectorOperands.BindLanes<Repeat<T>>(b, i);

    /// <summary>VBROADCASTF128 and VBROADCASTI128.</summary>
    public static void BroadcastLane(BlockBuilder b, in Instruction i) => VectorOperands.BindLanes<RepeatLane>(b, i);

    /// <summary>VPERMILPS and VPERMILPD, by an immediate or by the elements of a register.</summary>
    public static void InLane(BlockBuilder b, in Instruction i)
    {
        if (i.GetOpKind(2) == OpKind.Immediate8)
            PackedShuffle.PermuteInLane(b, i);
        else if (i.Mnemonic == Mnemonic.Vpermilps)
            VectorOperands.BindLanes<PermuteSingles>(b, i);
        else
            VectorOperands.BindLanes<PermuteDoubles>(b, i);
    }

    /// <summary>VPERM2F128 and VPERM2I128: each lane is one of four, or zero.</summary>
    public static void Lanes(BlockBuilder b, in Instruction i) => VectorOperands.Bind<ChooseLanes>(b, i, i.Immediate8);

    /// <summary>VPERMQ and VPERMPD: each quadword is one of four.</summary>
    public static void Quadwords(BlockBuilder b, in Instruction i) => VectorOperands.Bind<ChooseQuadwords>(b, i, i.Immediate8);

    /// <summary>VPERMD and VPERMPS: each doubleword of the last source is chosen by an element of the first.</summary>
    public static void Doublewords(BlockBuilder b, in Instruction i) => VectorOperands.Bind<ChooseDoublewords>(b, i);

    /// <summary>VINSERTF128 and VINSERTI128.</summary>
    public static void InsertLane(BlockBuilder b, in Instruction i) => VectorOperands.Bind<PutLane>(b, i, (ulong)i.Immediate8 & 1);

    /// <summary>VEXTRACTF128 and VEXTRACTI128.</summary>
    public static void ExtractLane(BlockBuilder b, in Instruction i)
    {
        ushort source = (ushort)(Reg.Offset(i.Op1Register) + ((i.Immediate8 & 1) * LaneBytes));
        if (i.Op0Kind == OpKind.Memory)
            VectorMemory.EmitStore<Unaligned>(b, i, LaneBytes, source);
        else
            b.EmitVector(&ByLane<RepeatLane>.Run<Vex128>, Reg.Offset(i.Op0Register), source, source);
    }

    /// <summary>VZEROUPPER.</summary>
    public static void ZeroUpper(BlockBuilder b, in Instruction i) => b.Emit(&ClearUpper);

    /// <summary>VZEROALL.</summary>
    public static void ZeroAll(BlockBuilder b, in Instruction i) => b.Emit(&ClearAll);

    private static Block* ClearUpper(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        for (int number = 0; number < 16; number++)
            Vex128.Store(s, Reg.Vector(number), Xmm.Load(s, Reg.Vector(number)));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ClearAll(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        for (int number = 0; number < 16; number++)
            Vex128.Store(s, Reg.Vector(number), default);
        return op[1].Handler(s, op + 1, c);
    }

    private readonly struct Repeat<T> : ILaneOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => Vector128.Create(*(T*)Access.Register(s, op->Source)).AsByte();
    }

    private readonly struct RepeatLane : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => TForm.Load(s, op->Source);
    }

    // The places of the doublewords' bytes follow from the chosen numbers: four times each, and 0 to 3.
    private readonly struct PermuteSingles : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<uint> chosen = TForm.Load(s, op->Source, lane).AsUInt32() & Vector128.Create(3u);
            Vector128<byte> control = ((chosen * Vector128.Create(0x0404_0404u)) + Vector128.Create(0x0302_0100u)).AsByte();
            return ByteShuffle.Apply(TForm.Load(s, op->Base, lane), control);
        }
    }

    // Bit 1 of each quadword chooses.
    private readonly struct PermuteDoubles : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<ulong> value = TForm.Load(s, op->Base, lane).AsUInt64(), chosen = TForm.Load(s, op->Source, lane).AsUInt64();
            Vector128<ulong> high = Vector128.Equals(chosen & Vector128.Create(2UL), Vector128.Create(2UL));
            return Vector128.ConditionalSelect(high, Vector128.Create(value.GetElement(1)), Vector128.Create(value.GetElement(0))).AsByte();
        }
    }

    private readonly struct ChooseLanes : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> low = Choose(s, op, (int)op->Immediate), high = Choose(s, op, (int)op->Immediate >> 4);
            TForm.Store(s, op->Destination, high, 1);
            TForm.Store(s, op->Destination, low);
            return op[1].Handler(s, op + 1, c);
        }

        private static Vector128<byte> Choose(CpuState* s, MicroOp* op, int control)
        {
            const int Zero = 8, SecondSource = 2;
            if ((control & Zero) != 0)
                return default;
            return Vex256.Load(s, (control & SecondSource) != 0 ? op->Source : op->Base, control & 1);
        }
    }

    private readonly struct ChooseQuadwords : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            ulong* source = (ulong*)Access.Register(s, op->Source);
            int control = (int)op->Immediate;
            Vector128<ulong> low = Vector128.Create(source[control & 3], source[control >> 2 & 3]);
            Vector128<ulong> high = Vector128.Create(source[control >> 4 & 3], source[control >> 6 & 3]);
            TForm.Store(s, op->Destination, high.AsByte(), 1);
            TForm.Store(s, op->Destination, low.AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ChooseDoublewords : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> low = Choose(s, op, 0), high = Choose(s, op, 4);
            TForm.Store(s, op->Destination, high, 1);
            TForm.Store(s, op->Destination, low);
            return op[1].Handler(s, op + 1, c);
        }

        private static Vector128<byte> Choose(CpuState* s, MicroOp* op, int first)
        {
            uint* places = (uint*)Access.Register(s, op->Base) + first, source = (uint*)Access.Register(s, op->Source);
            return Vector128.Create(source[places[0] & 7], source[places[1] & 7], source[places[2] & 7], source[places[3] & 7]).AsByte();
        }
    }

    private readonly struct PutLane : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> inserted = Xmm.Load(s, op->Source), low = TForm.Load(s, op->Base), high = TForm.Load(s, op->Base, 1);
            TForm.Store(s, op->Destination, op->Immediate == 0 ? high : inserted, 1);
            TForm.Store(s, op->Destination, op->Immediate == 0 ? inserted : low);
            return op[1].Handler(s, op + 1, c);
        }
    }
}
