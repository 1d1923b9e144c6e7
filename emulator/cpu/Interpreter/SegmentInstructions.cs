using Iced.Intel;

namespace Emu.Cpu;

/// <summary>LSS, LFS, LGS, and what user mode may ask about selectors: LAR, LSL, VERR, VERW. Intel SDM vol. 2.</summary>
internal static unsafe class SegmentInstructions
{
    // The descriptors of Linux that user mode may see: 32-bit code, data, 64-bit code. Their access rights as LAR gives them.
    private const uint User32Cs = 0x23, User32CsRights = 0x00CF_FB00, UserDsRights = 0x00CF_F300, UserCsRights = 0x00AF_FB00;

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
        SystemInstructions.LoadSegment(b, segment, CpuState.AddressTempOffset);
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
            uint rights = RightsOf((uint)Access.Get<W16>(s, op->Source));
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
            bool known = RightsOf((uint)Access.Get<W16>(s, op->Source)) != 0;
            s->Flags.SetZero(known);
            if (known)
                Access.Set<TWidth>(s, op->Destination, uint.MaxValue);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private static Block* VerifyRead(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetZero(RightsOf((uint)Access.Get<W16>(s, op->Source)) != 0);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* VerifyWrite(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        s->Flags.SetZero(((uint)Access.Get<W16>(s, op->Source) | 3) == SystemInstructions.UserDs);
        return op[1].Handler(s, op + 1, c);
    }

    // 0 for a selector that user mode may not see; the privilege level asked for is always good enough.
    private static uint RightsOf(uint selector) => (selector | 3) switch
    {
        User32Cs => User32CsRights,
        SystemInstructions.UserDs => UserDsRights,
        SystemInstructions.UserCs => UserCsRights,
        _ => 0,
    };
}
