using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// VMASKMOVPS, VMASKMOVPD, VPMASKMOVD and VPMASKMOVQ: loads and stores of the elements whose mask has its sign set. The others are not
/// accessed, and cannot fault. Alignment is not checked. Intel SDM vol. 2C.
/// </summary>
internal static unsafe class VectorMasked
{
    /// <summary>Binds a load or a store.</summary>
    public static void Bind<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged
    {
        b.LowerToBase(i);
        if (i.Op0Kind == OpKind.Memory)
            b.EmitMemory(VectorOperands.Select<Store<T>>(i, i.Op1Register), Reg.Offset(i.Op2Register), Reg.Offset(i.Op1Register));
        else
            b.EmitMemory(VectorOperands.Select<Load<T>>(i, i.Op0Register), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
    }

    /// <summary>The signs of the elements of a register, a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignsOf<TForm, T>(CpuState* s, ushort register)
        where TForm : struct, IVectorForm
        where T : unmanaged
    {
        uint signs = TForm.Load(s, register).As<byte, T>().ExtractMostSignificantBits();
        return TForm.Lanes == 1 ? signs : signs | (TForm.Load(s, register, 1).As<byte, T>().ExtractMostSignificantBits() << Vector128<T>.Count);
    }

    /// <summary>Lets accesses be made without regard to RFLAGS.AC, until <see cref="Mmu.SetAlignmentCheck"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SuspendAlignmentCheck(VirtualCpu* c) => c->TlbKey &= VirtualCpu.TlbKeyMask;

    private readonly struct Load<T> : IVectorHandler
        where T : unmanaged
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector256<byte> result = default;
            SuspendAlignmentCheck(c);
            bool done = TryLoad<T>(s, op, c, SignsOf<TForm, T>(s, op->Source), (T*)&result);
            Mmu.SetAlignmentCheck(s, c);
            if (!done)
                return null;
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, result.GetUpper(), 1);
            TForm.Store(s, op->Destination, result.GetLower());
            return op[1].Handler(s, op + 1, c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryLoad<T>(CpuState* s, MicroOp* op, VirtualCpu* c, uint mask, T* result)
        where T : unmanaged
    {
        ulong address = BaseAddress.Of(s, op);
        for (; mask != 0; mask &= mask - 1)
        {
            int at = BitOperations.TrailingZeroCount(mask);
            byte* place = Access.Read(s, op, c, address + ((ulong)at * (ulong)sizeof(T)), sizeof(T));
            if (place == null)
                return false;
            result[at] = *(T*)place;
        }
        return true;
    }

    private readonly struct Store<T> : IVectorHandler
        where T : unmanaged
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            SuspendAlignmentCheck(c);
            bool done = TryStore<T>(s, op, c, SignsOf<TForm, T>(s, op->Source), (T*)Access.Register(s, op->Destination));
            Mmu.SetAlignmentCheck(s, c);
            return done ? op[1].Handler(s, op + 1, c) : null;
        }
    }

    // The elements lie in two pages at most: the first and the last are known to be writable before any is written.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryStore<T>(CpuState* s, MicroOp* op, VirtualCpu* c, uint mask, T* source)
        where T : unmanaged
    {
        ulong address = BaseAddress.Of(s, op);
        if (mask == 0)
            return true;
        ulong first = (ulong)BitOperations.TrailingZeroCount(mask) * (ulong)sizeof(T), last = (ulong)BitOperations.Log2(mask) * (ulong)sizeof(T);
        if (Access.Write(s, op, c, address + first, sizeof(T)) == null || Access.Write(s, op, c, address + last, sizeof(T)) == null)
            return false;
        for (; mask != 0; mask &= mask - 1)
        {
            int at = BitOperations.TrailingZeroCount(mask);
            byte* place = Access.Write(s, op, c, address + ((ulong)at * (ulong)sizeof(T)), sizeof(T));
            if (place == null)
                return false;
            *(T*)place = source[at];
            Access.Commit(c, place);
        }
        return true;
    }
}
