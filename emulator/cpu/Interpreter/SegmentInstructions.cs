using Iced.Intel;

namespace Emu.Cpu;

/// <summary>MOV with segment registers, LSS, LFS, LGS, and questions about selectors: LAR, LSL, VERR, VERW. Intel SDM vol. 2.</summary>
internal static unsafe class SegmentInstructions
{
    /// <summary>MOV to a segment register.</summary>
    public static void MovToSegment(BlockBuilder b, in Instruction i) => Load(b, i.Op0Register, b.EmitLoad(i, 1, 2));

    /// <summary>MOV from one: to a register of 32 or 64 bits zero-extended.</summary>
    public static void MovFromSegment(BlockBuilder b, in Instruction i)
    {
        ushort source = Reg.Offset(i.Op1Register);
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, 2, source);
        else if (i.Op0Register.GetSize() == 2)
            b.Emit(Select.Width<MoveRegister>(2), Reg.Offset(i.Op0Register), source);
        else
            b.Emit(Extension.ZeroExtendFrom(2), Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Emits the load of a segment register from a register: the last step of an instruction that can fault.</summary>
    public static void Load(BlockBuilder b, Register segment, ushort source) => b.Emit(segment switch
    {
        Register.CS => &SystemInstructions.InvalidOpcode,
        Register.SS => &LoadStackSegment,
        Register.FS => &LoadFs,
        Register.GS => &LoadGs,
        _ => (Handler)(&LoadDataSegment),
    }, Reg.Offset(segment), source);

    /// <summary>LSS, LFS, LGS: an offset and a selector from memory.</summary>
    public static void LoadFarPointer(BlockBuilder b, in Instruction i)
    {
        int size = Operands.Size(i);
        Register segment = i.Mnemonic switch
        {
            Mnemonic.Lss => Register.SS,
            Mnemonic.Lfs => Register.FS,
            _ => Register.GS,
        };
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<LoadOffset>(size), CpuState.ValueTempOffset);
        Load(b, segment, CpuState.AddressTempOffset);
        b.Emit(Select.Width<MoveRegister>(size), Reg.Offset(i.Op0Register), CpuState.ValueTempOffset);
    }

    /// <summary>LAR: the access rights, and ZF.</summary>
    public static void AccessRights(BlockBuilder b, in Instruction i)
    {
        ushort source = b.EmitLoad(i, 1, 2);
        b.Emit(Select.Width<LoadRights>(Operands.Size(i)), Reg.Offset(i.Op0Register), source);
    }

    /// <summary>LSL: the limit, and ZF.</summary>
    public static void Limit(BlockBuilder b, in Instruction i)
    {
        ushort source = b.EmitLoad(i, 1, 2);
        b.Emit(Select.Width<LoadLimit>(Operands.Size(i)), Reg.Offset(i.Op0Register), source);
    }

    /// <summary>VERR and VERW: ZF tells whether the segment can be read or written.</summary>
    public static void Verify(BlockBuilder b, in Instruction i)
    {
        ushort source = b.EmitLoad(i, 0, 2);
        b.Emit(i.Mnemonic == Mnemonic.Verr ? &VerifyRead : &VerifyWrite, source: source);
    }

    // The selector goes to the address temporary, which is no longer needed.
    private readonly struct LoadOffset : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Read(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes + 2);
            if (place == null)
                return null;
            s->ValueTemp = TWidth.Load(place);
            s->AddressTemp = *(ushort*)(place + TWidth.Bytes);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct LoadRights : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            uint rights = SegmentDescriptors.RightsOf((uint)Access.Get<W16>(s, op->Source));
            s->Flags.SetZero(rights != 0);
            if (rights != 0)
                Access.Set<TWidth>(s, op->Destination, rights);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct LoadLimit : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            uint selector = (uint)Access.Get<W16>(s, op->Source);
            bool known = SegmentDescriptors.RightsOf(selector) != 0;
            s->Flags.SetZero(known);
            if (known)
                Access.Set<TWidth>(s, op->Destination, SegmentDescriptors.LimitOf(selector, Processor.Of(c).Id));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private static Block* VerifyRead(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetZero(SegmentDescriptors.RightsOf((uint)Access.Get<W16>(s, op->Source)) != 0);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* VerifyWrite(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetZero(SegmentDescriptors.IsWritable((uint)Access.Get<W16>(s, op->Source)));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* LoadDataSegment(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        uint selector = (uint)Access.Get<W16>(s, op->Source);
        if (!SegmentDescriptors.IsLoadable(selector))
            return Refuse(s, op, c, selector);
        Access.Set<W16>(s, op->Destination, selector);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* LoadStackSegment(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        uint selector = (uint)Access.Get<W16>(s, op->Source);
        if (!SegmentDescriptors.IsLoadableAsStack(selector))
            return Refuse(s, op, c, selector);
        Access.Set<W16>(s, op->Destination, selector);
        return op[1].Handler(s, op + 1, c);
    }

    // The base comes from the descriptor: zero for each of them, and for none.
    private static Block* LoadFs(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (SegmentDescriptors.IsLoadable((uint)Access.Get<W16>(s, op->Source)))
            s->FsBase = 0;
        return LoadDataSegment(s, op, c);
    }

    private static Block* LoadGs(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (SegmentDescriptors.IsLoadable((uint)Access.Get<W16>(s, op->Source)))
            s->GsBase = 0;
        return LoadDataSegment(s, op, c);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Block* Refuse(CpuState* s, MicroOp* op, VirtualCpu* c, uint selector) =>
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection, SegmentDescriptors.ErrorCodeOf(selector));
}
