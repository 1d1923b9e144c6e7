using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>How a narrow value becomes a wide one.</summary>
internal interface IExtension
{
    /// <summary>Extends a zero-extended value of the source's width.</summary>
    static abstract ulong Apply<TSource>(ulong value)
        where TSource : struct, IWidth;
}

/// <summary>With zeros.</summary>
internal readonly struct ZeroExtend : IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSource>(ulong value)
        where TSource : struct, IWidth => value;
}

/// <summary>With the sign.</summary>
internal readonly struct SignExtend : IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSource>(ulong value)
        where TSource : struct, IWidth => TSource.Bits switch
        {
            8 => (ulong)(sbyte)value,
            16 => (ulong)(short)value,
            32 => (ulong)(int)value,
            _ => value,
        };
}

/// <summary>MOVZX, MOVSX, MOVSXD; CBW, CWDE, CDQE; CWD, CDQ, CQO. Intel SDM vol. 2.</summary>
internal static unsafe class Extension
{
    /// <summary>Zero-extends a register of so many bytes to a quadword.</summary>
    public static Handler ZeroExtendFrom(int size) => Select.Width<FromRegister<ZeroExtend, W64>>(size);

    /// <summary>MOVZX, MOVSX, MOVSXD.</summary>
    public static void Bind<TExtension>(BlockBuilder b, in Instruction i)
        where TExtension : struct, IExtension
    {
        int from = Operands.Size(i, 1), to = Operands.Size(i);
        ushort destination = Reg.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
        {
            b.Emit(to switch
            {
                2 => Select.Width<FromRegister<TExtension, W16>>(from),
                4 => Select.Width<FromRegister<TExtension, W32>>(from),
                _ => Select.Width<FromRegister<TExtension, W64>>(from),
            }, destination, Reg.Offset(i.Op1Register));
            b.MarkPure();
            return;
        }
        AddressForm form = b.Lower(i);
        b.EmitMemory(to switch
        {
            2 => Select.Memory<FromMemory<TExtension, W16>>(from, form),
            4 => Select.Memory<FromMemory<TExtension, W32>>(from, form),
            _ => Select.Memory<FromMemory<TExtension, W64>>(from, form),
        }, destination);
    }

    /// <summary>CBW, CWDE, CDQE: the accumulator within itself.</summary>
    public static void Accumulator(BlockBuilder b, in Instruction i)
    {
        Handler handler = i.Mnemonic switch
        {
            Mnemonic.Cbw => &FromRegister<SignExtend, W16>.Run<W8>,
            Mnemonic.Cwde => &FromRegister<SignExtend, W32>.Run<W16>,
            _ => &FromRegister<SignExtend, W64>.Run<W32>,
        };
        b.Emit(handler, Reg.Rax, Reg.Rax);
    }

    /// <summary>CWD, CDQ, CQO: the accumulator's sign into the data register.</summary>
    public static void AccumulatorSign(BlockBuilder b, in Instruction i) => b.Emit(i.Mnemonic switch
    {
        Mnemonic.Cwd => Select.Width<SignToData>(2),
        Mnemonic.Cdq => Select.Width<SignToData>(4),
        _ => Select.Width<SignToData>(8),
    });

    private readonly struct FromRegister<TExtension, TDestination> : IWidthHandler
        where TExtension : struct, IExtension
        where TDestination : struct, IWidth
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TDestination>(s, op->Destination, TExtension.Apply<TWidth>(Access.Get<TWidth>(s, op->Source)));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct FromMemory<TExtension, TDestination> : IMemoryHandler
        where TExtension : struct, IExtension
        where TDestination : struct, IWidth
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => MemoryStep.Load<LoadExtended<TExtension, TDestination, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct LoadExtended<TExtension, TDestination, TSource> : IMemoryStep
        where TExtension : struct, IExtension
        where TDestination : struct, IWidth
        where TSource : struct, IWidth
    {
        public static int Bytes => TSource.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => Access.Set<TDestination>(s, op->Destination, TExtension.Apply<TSource>(TSource.Load(place)));
    }

    private readonly struct SignToData : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong value = Access.Get<TWidth>(s, Reg.Rax);
            Access.Set<TWidth>(s, Reg.Rdx, (value >> (TWidth.Bits - 1)) == 0 ? 0 : ulong.MaxValue);
            return op[1].Handler(s, op + 1, c);
        }
    }
}
