using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>XSAVE, XSAVEOPT, XSAVEC, XRSTOR and XGETBV. Intel SDM vol. 1, 13.7 to 13.11, and vol. 2.</summary>
/// <remarks>
/// XSAVEOPT and XSAVEC leave out components in their initial state. That XSAVEOPT may leave out others, which it has saved to the same
/// place before and which have not changed, is not made use of.
/// </remarks>
internal static unsafe class XSave
{
    private const int Alignment = 64, Chunk = 8, MxcsrPlace = 24, RegistersPlace = 32, XmmPlace = 160, XmmEnd = 416, PointerPlace = 12, DataPointerPlace = 20;
    private const ulong Wide = 1, Optimized = 2, Compacts = 4;

    public static void Save(BlockBuilder b, in Instruction i) => b.EmitMemory(Select.Address<SaveState>(b.Lower(i)), immediate: KindOf(i.Mnemonic));

    public static void Restore(BlockBuilder b, in Instruction i) => b.EmitMemory(Select.Address<RestoreState>(b.Lower(i)), immediate: KindOf(i.Mnemonic));

    public static void GetControl(BlockBuilder b, in Instruction i) => b.Emit(&ReadControl);

    private static ulong KindOf(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Xsave64 or Mnemonic.Xrstor64 => Wide,
        Mnemonic.Xsaveopt => Optimized,
        Mnemonic.Xsaveopt64 => Optimized | Wide,
        Mnemonic.Xsavec => Compacts,
        Mnemonic.Xsavec64 => Compacts | Wide,
        _ => 0,
    };

    private readonly struct SaveState : IAddressHandler
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            RunSave(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op)) ? op[1].Handler(s, op + 1, c) : null;
    }

    private readonly struct RestoreState : IAddressHandler
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            RunRestore(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op) == Wide) ? op[1].Handler(s, op + 1, c) : null;
    }

    // XCR0 by number 0; by number 1 what of it is in use.
    private static Block* ReadControl(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        uint number = (uint)s->Gpr[1];
        if (number > 1)
            return Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        ulong features = Processor.Of(c).Model.XFeatures;
        s->Gpr[0] = (uint)(number == 0 ? features : features & XSaveImage.InUse(ref *s));
        s->Gpr[2] = 0;
        return op[1].Handler(s, op + 1, c);
    }

    private static ulong RequestedBy(CpuState* s, VirtualCpu* c) =>
        (((ulong)(uint)s->Gpr[2] << 32) | (uint)s->Gpr[0]) & Processor.Of(c).Model.XFeatures;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunSave(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ulong kind)
    {
        if (!IsAligned(s, op, c, address))
            return false;
        ulong requested = RequestedBy(s, c), inUse = XSaveImage.InUse(ref *s) & requested;
        bool compacts = (kind & Compacts) != 0;
        // MXCSR is XMM state here, although XINUSE does not follow it.
        if (compacts && (requested & XSaveImage.Sse) != 0 && s->Mxcsr != Mxcsr.Default)
            inUse |= XSaveImage.Sse;
        int size = XSaveImage.SizeOf(requested);
        byte* image = stackalloc byte[XSaveImage.MaxSize];
        Span<byte> bytes = new(image, size);
        if (!TryReach(s, op, c, address, size) || !TryRead(s, op, c, address + XSaveImage.HeaderPlace, bytes.Slice(XSaveImage.HeaderPlace, 16)))
            return false;
        ulong before = BinaryPrimitives.ReadUInt64LittleEndian(bytes[XSaveImage.HeaderPlace..]);
        XSaveImage.Save(ref *s, requested, bytes);
        if ((kind & Wide) == 0)
            Narrow(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[XSaveImage.HeaderPlace..], compacts ? inUse : (before & ~requested) | inUse);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[XSaveImage.FormatPlace..], requested | XSaveImage.Compacted);
        ulong written = (kind & (Optimized | Compacts)) != 0 ? inUse : requested;
        return TryWriteParts(s, op, c, address, bytes, written, requested, compacts);
    }

    // The header comes last: with XSAVEC its second quadword too.
    private static bool TryWriteParts(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ReadOnlySpan<byte> image, ulong written, ulong requested, bool compacts)
    {
        bool fpu = (written & XSaveImage.Fpu) != 0, sse = (written & XSaveImage.Sse) != 0, avx = (written & XSaveImage.Avx) != 0;
        bool control = compacts ? sse : (requested & (XSaveImage.Sse | XSaveImage.Avx)) != 0;
        return (!fpu || (TryWrite(s, op, c, address, image, 0, MxcsrPlace) && TryWrite(s, op, c, address, image, RegistersPlace, XmmPlace)))
            && (!control || TryWrite(s, op, c, address, image, MxcsrPlace, RegistersPlace))
            && (!sse || TryWrite(s, op, c, address, image, XmmPlace, XmmEnd))
            && (!avx || TryWrite(s, op, c, address, image, XSaveImage.AvxPlace, XSaveImage.AvxPlace + XSaveImage.AvxSize))
            && ((written & XSaveImage.KeyRights) == 0 || TryWriteKeyRights(s, op, c, address, requested, compacts))
            && TryWrite(s, op, c, address, image, XSaveImage.HeaderPlace, XSaveImage.HeaderPlace + (compacts ? 2 * Chunk : Chunk));
    }

    private static bool TryWriteKeyRights(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ulong requested, bool compacts)
    {
        int place = compacts ? XSaveImage.CompactedKeyRightsPlace(requested) : XSaveImage.KeyRightsPlace;
        ulong value = s->Pkru;
        byte* at = Access.Write(s, op, c, address + (ulong)place, Chunk);
        if (at == null)
            return false;
        new ReadOnlySpan<byte>(&value, Chunk).CopyTo(new Span<byte>(at, Chunk));
        Access.Commit(c, at);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunRestore(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, bool wide)
    {
        if (!IsAligned(s, op, c, address))
            return false;
        ulong requested = RequestedBy(s, c);
        byte* image = stackalloc byte[XSaveImage.MaxSize];
        Span<byte> bytes = new(image, XSaveImage.SizeOf(requested));
        if (!TryRead(s, op, c, address, bytes))
            return false;
        if (!wide)
            Narrow(bytes);
        if (XSaveImage.IsValid(bytes, Processor.Of(c).Model.XFeatures) && XSaveImage.TryRestore(ref *s, requested, bytes))
        {
            Processor.Of(c).LoadKeyRights(s);
            return true;
        }
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        return false;
    }

    // Without REX.W the pointers are 32 bits wide, with selectors above them, which are zero.
    private static void Narrow(Span<byte> image)
    {
        image.Slice(PointerPlace, 4).Clear();
        image.Slice(DataPointerPlace, 4).Clear();
    }

    // Two pages at most.
    private static bool TryReach(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, int size) =>
        Access.Write(s, op, c, address, Chunk) != null && Access.Write(s, op, c, address + (ulong)(size - Chunk), Chunk) != null;

    private static bool TryWrite(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ReadOnlySpan<byte> image, int start, int end)
    {
        for (int at = start; at < end; at += Chunk)
        {
            byte* place = Access.Write(s, op, c, address + (ulong)at, Chunk);
            if (place == null)
                return false;
            image.Slice(at, Chunk).CopyTo(new Span<byte>(place, Chunk));
            Access.Commit(c, place);
        }
        return true;
    }

    private static bool TryRead(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, Span<byte> image)
    {
        for (int at = 0; at < image.Length; at += Chunk)
        {
            byte* place = Access.Read(s, op, c, address + (ulong)at, Chunk);
            if (place == null)
                return false;
            new ReadOnlySpan<byte>(place, Chunk).CopyTo(image[at..]);
        }
        return true;
    }

    private static bool IsAligned(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address)
    {
        if ((address & (Alignment - 1)) == 0)
            return true;
        Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        return false;
    }
}
