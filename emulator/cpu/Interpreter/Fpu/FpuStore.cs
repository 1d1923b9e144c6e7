using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>FST, FSTP, FIST, FISTP, FISTTP and FBSTP. Intel SDM vol. 2A.</summary>
internal static unsafe class FpuStore
{
    private const ulong Pops = 1;

    /// <summary>FST and FSTP: to memory or a register.</summary>
    public static void Real(BlockBuilder b, in Instruction i)
    {
        ulong pops = i.Mnemonic == Mnemonic.Fst ? 0 : Pops;
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(i.Mnemonic == Mnemonic.Fstpnce ? &Copy : &ToRegister, FpuArithmetic.Index(i.Op0Register), immediate: pops);
            return;
        }
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Float32 => Select.Address<ToMemory<Single>>(form),
            MemorySize.Float64 => Select.Address<ToMemory<Double>>(form),
            _ => Select.Address<ToMemory<Extended>>(form),
        }, immediate: pops);
    }

    /// <summary>FIST and FISTP.</summary>
    public static void Integer(BlockBuilder b, in Instruction i)
    {
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Int16 => Select.Address<ToMemory<Int16>>(form),
            MemorySize.Int32 => Select.Address<ToMemory<Int32>>(form),
            _ => Select.Address<ToMemory<Int64>>(form),
        }, immediate: i.Mnemonic == Mnemonic.Fist ? 0 : Pops);
    }

    /// <summary>FISTTP.</summary>
    public static void Truncated(BlockBuilder b, in Instruction i)
    {
        AddressForm form = b.Lower(i);
        b.EmitMemory(i.MemorySize switch
        {
            MemorySize.Int16 => Select.Address<ToMemory<Truncated16>>(form),
            MemorySize.Int32 => Select.Address<ToMemory<Truncated32>>(form),
            _ => Select.Address<ToMemory<Truncated64>>(form),
        }, immediate: Pops);
    }

    /// <summary>FBSTP.</summary>
    public static void Decimal(BlockBuilder b, in Instruction i) =>
        b.EmitMemory(Select.Address<ToMemory<PackedDecimal>>(b.Lower(i)), immediate: Pops);

    // What is stored: up to 80 bits, low part first.
    private interface IStored
    {
        static abstract int Bytes { get; }

        static abstract UInt128 Convert(Float80 value, ref X87Context context);

        /// <summary>The masked answer to an empty register.</summary>
        static virtual UInt128 Indefinite<TSelf>()
            where TSelf : struct, IStored
        {
            X87Context context = new(X87Status.Exceptions);
            return TSelf.Convert(Float80.Indefinite, ref context);
        }
    }

    private readonly struct Single : IStored
    {
        public static int Bytes => 4;

        public static UInt128 Convert(Float80 value, ref X87Context context) => X87Math.StoreSingle(value, ref context);
    }

    private readonly struct Double : IStored
    {
        public static int Bytes => 8;

        public static UInt128 Convert(Float80 value, ref X87Context context) => X87Math.StoreDouble(value, ref context);
    }

    private readonly struct Extended : IStored
    {
        public static int Bytes => 10;

        public static UInt128 Convert(Float80 value, ref X87Context context) => new(value.SignExponent, value.Significand);
    }

    private readonly struct Int16 : IStored
    {
        public static int Bytes => 2;

        public static UInt128 Convert(Float80 value, ref X87Context context) => (ushort)X87Math.StoreInt16(value, ref context);
    }

    private readonly struct Int32 : IStored
    {
        public static int Bytes => 4;

        public static UInt128 Convert(Float80 value, ref X87Context context) => (uint)X87Math.StoreInt32(value, ref context);
    }

    private readonly struct Int64 : IStored
    {
        public static int Bytes => 8;

        public static UInt128 Convert(Float80 value, ref X87Context context) => (ulong)X87Math.StoreInt64(value, ref context);
    }

    private readonly struct Truncated16 : IStored
    {
        public static int Bytes => 2;

        public static UInt128 Convert(Float80 value, ref X87Context context) => (ushort)X87Math.TruncateInt16(value, ref context);
    }

    private readonly struct Truncated32 : IStored
    {
        public static int Bytes => 4;

        public static UInt128 Convert(Float80 value, ref X87Context context) => (uint)X87Math.TruncateInt32(value, ref context);
    }

    private readonly struct Truncated64 : IStored
    {
        public static int Bytes => 8;

        public static UInt128 Convert(Float80 value, ref X87Context context) => (ulong)X87Math.TruncateInt64(value, ref context);
    }

    private readonly struct PackedDecimal : IStored
    {
        public static int Bytes => 10;

        public static UInt128 Convert(Float80 value, ref X87Context context)
        {
            (ulong low, ushort high) = X87Math.StoreDecimal(value, ref context);
            return new UInt128(high, low);
        }
    }

    private readonly struct ToMemory<TStored> : IAddressHandler
        where TStored : struct, IStored
    {
        public static Block* Run<TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TAddress : struct, IAddress =>
            Run(s, op, c, TAddress.Of(s, op), TAddress.Immediate(op)) ? op[1].Handler(s, op + 1, c) : null;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Run(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ulong pops)
        {
            if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
                return false;
            byte* place = Access.Write(s, op, c, address, TStored.Bytes);
            if (place == null)
                return false;
            UInt128 value;
            if (f.TryRead(0, out Float80 top))
            {
                value = TStored.Convert(top, ref f.Context);
            }
            else
            {
                f.Underflow();
                value = TStored.Indefinite<TStored>();
            }
            if (!f.IsSuppressed)
            {
                new ReadOnlySpan<byte>(&value, TStored.Bytes).CopyTo(new Span<byte>(place, TStored.Bytes));
                Access.Commit(c, place);
            }
            if (pops == Pops)
                f.Pop();
            return f.End(op, c, address);
        }
    }

    private static Block* Copy(CpuState* s, MicroOp* op, VirtualCpu* c) => RunCopy(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    // FSTPNCE does not check the stack: an empty register is not copied, and popped all the same.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunCopy(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        if (f.TryRead(0, out Float80 value))
            f.Write(op->Destination, value);
        f.Pop();
        return f.End(op, c);
    }

    private static Block* ToRegister(CpuState* s, MicroOp* op, VirtualCpu* c) => RunToRegister(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunToRegister(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        if (!FpuInstruction.TryBegin(s, op, c, out FpuInstruction f))
            return false;
        f.Write(op->Destination, f.TryRead(0, out Float80 value) ? value : f.Underflow());
        if (op->Immediate == Pops)
            f.Pop();
        return f.End(op, c);
    }
}
